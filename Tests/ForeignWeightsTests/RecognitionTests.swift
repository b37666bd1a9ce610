import ForeignWeights
import Foundation
import Testing

@Suite("Recognising the forecaster")
struct RecognitionTests {
  private typealias Activation = KerasConvLSTM.RecurrentActivation

  @Test(
    "A gate function's name means what it meant in the version that wrote it",
    arguments: [
      (nil, 2, "hardSigmoid"), ("hard_sigmoid", 2, "hardSigmoid"), ("sigmoid", 2, "sigmoid"), (nil, 3, "sigmoid"),
      ("hard_sigmoid", 3, "hardSigmoidSixth"), ("sigmoid", 3, "sigmoid"), ("tanh", 2, nil), ("gelu", 3, nil),
    ] as [(String?, Int, String?)])
  func gates(name: String?, generation: Int, meaning: String?) {
    #expect(Activation.resolve(name, kerasGeneration: generation)?.rawValue == meaning)
  }

  @Test("The three gate functions differ where they should")
  func gateValues() {
    #expect(abs(Activation.sigmoid(1) - 0.731_058_578_630_005) < 1e-12)
    #expect(abs(Activation.hardSigmoid(1) - 0.7) < 1e-12)
    #expect(abs(Activation.hardSigmoidSixth(1) - 2.0 / 3) < 1e-12)
    #expect(Activation.hardSigmoid(2.5) == 1 && Activation.hardSigmoid(-3) == 0)
    #expect(Activation.hardSigmoidSixth(2.5) < 1 && Activation.hardSigmoidSixth(-3) == 0)
  }

  @Test(
    "The version decides when the file states no gate function",
    arguments: [("2.10.0", "hardSigmoid"), ("2.15.0-tf", "hardSigmoid"), ("3.0.5", "sigmoid"), ("3.15.1", "sigmoid")])
  func defaults(version: String, meaning: String) throws {
    var model = try sample()
    model.kerasVersion = version
    for index in model.layers.indices { set("recurrent_activation", nil, in: &model.layers[index]) }
    #expect(try KerasConvLSTM(model).cells.map(\.recurrentActivation.rawValue) == [meaning, meaning, meaning])
  }

  @Test("A function that is stated as an object is read by its name")
  func activationObject() throws {
    var model = try sample()
    set("activation", .object(["class_name": .string("function"), "config": .string("relu")]), in: &model.layers[1])
    #expect(try KerasConvLSTM(model).cells.count == 3)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let layer: Int, key: String, value: JSONValue?, line: String
    var testDescription: String { "\(key) of layer \(layer)" }
  }

  @Test(
    "A layer that differs is named, with what it has",
    arguments: [
      Case(
        layer: 1, key: "padding", value: .string("valid"),
        line: "layer conv_lstm3d (ConvLSTM3D) has padding valid, not same"),
      Case(layer: 1, key: "activation", value: .string("tanh"), line: "has activation tanh, not relu"),
      Case(
        layer: 3, key: "activation", value: nil, line: "layer conv_lstm3d_1 (ConvLSTM3D) has activation tanh, not relu"),
      Case(layer: 1, key: "recurrent_activation", value: .string("tanh"), line: "has recurrent activation tanh"),
      Case(layer: 1, key: "recurrent_activation", value: .number(3), line: "recurrent_activation that cannot be read"),
      Case(layer: 1, key: "return_sequences", value: .bool(false), line: "has return_sequences false, not true"),
      Case(layer: 1, key: "go_backwards", value: .bool(true), line: "has go_backwards true, not false"),
      Case(layer: 1, key: "stateful", value: .bool(true), line: "has stateful true, not false"),
      Case(layer: 1, key: "dropout", value: .number(0.1), line: "has dropout 0.1, not 0.0"),
      Case(layer: 1, key: "data_format", value: .string("channels_first"), line: "has data_format channels_first"),
      Case(
        layer: 1, key: "strides", value: .array([1, 2, 1].map { .number($0) }), line: "has strides [1, 2, 1], not 1"),
      Case(layer: 1, key: "dilation_rate", value: .number(2), line: "has dilation_rate [2], not 1"),
      Case(
        layer: 1, key: "kernel_size", value: .array([5, 5, 3].map { .number($0) }),
        line: "kernel size [5, 5, 3], not a cube"),
      Case(layer: 1, key: "kernel_size", value: .number(4), line: "kernel size [4, 4, 4], not a cube of odd edge"),
      Case(
        layer: 1, key: "kernel_size", value: .number(3),
        line: "has kernel of shape [5, 5, 5, 1, 32], not [3, 3, 3, 1, 32]"),
      Case(
        layer: 1, key: "filters", value: .number(16), line: "has kernel of shape [5, 5, 5, 1, 32], not [5, 5, 5, 1, 64]"
      ),
      Case(layer: 1, key: "filters", value: .number(1e18), line: "states no usable number of filters"),
      Case(layer: 1, key: "filters", value: .number(-1), line: "states no usable number of filters"),
      Case(layer: 2, key: "axis", value: .array([.number(1)]), line: "does not normalise the last axis"),
      Case(layer: 2, key: "epsilon", value: .number(-1), line: "has epsilon -1.0"),
      Case(layer: 2, key: "renorm", value: .bool(true), line: "has renorm true, not false"),
      Case(
        layer: 6, key: "activation", value: .string("tanh"),
        line: "layer conv3d (Conv3D) has activation tanh, not sigmoid"),
      Case(layer: 6, key: "activation", value: .string("linear"), line: "has no sigmoid activation"),
      Case(layer: 6, key: "groups", value: .number(2), line: "has groups 2.0, not 1.0"),
      Case(layer: 6, key: "filters", value: .number(2), line: "has 2 filters, not 1"),
      Case(layer: 0, key: "batch_input_shape", value: .array([.null, .number(16)]), line: "takes 2 axes"),
      Case(
        layer: 0, key: "batch_input_shape",
        value: .array([.null, .null, .number(16), .number(16), .number(16), .number(3)]),
        line: "takes 3 channels, not 1"),
    ])
  func settings(_ wrong: Case) throws {
    var model = try sample()
    set(wrong.key, wrong.value, in: &model.layers[wrong.layer])
    expectRefusal(model, wrong.line)
  }

  @Test("Layers too many, too few, in another order or branching are refused")
  func architecture() throws {
    var model = try sample()
    model.layers.removeLast()
    expectRefusal(model, "the model ends where Conv3D should follow")

    model = try sample()
    model.layers[1].className = "Conv2D"
    expectRefusal(model, "layer conv_lstm3d (Conv2D) stands where ConvLSTM3D should")

    model = try sample()
    model.layers[5].className = "LayerNormalization"
    expectRefusal(model, "layer conv_lstm3d_2 (LayerNormalization) stands where Conv3D should")

    model = try sample()
    model.layers[3].inputs = ["conv_lstm3d", "batch_normalization"]
    expectRefusal(
      model, "layer conv_lstm3d_1 (ConvLSTM3D) reads conv_lstm3d and batch_normalization, not batch_normalization")

    model = try sample()
    var last = model.layers[6]
    (last.name, last.inputs) = ("again", ["conv3d"])
    model.layers.append(last)
    expectRefusal(model, "layer again (Conv3D) stands where the end of the model should")

    model = try sample()
    model.layers = []
    expectRefusal(model, "the model has no layers")
  }

  @Test("Weights that are missing, of another shape or not finite are refused")
  func weights() throws {
    var model = try sample()
    model.layers[1].weights.removeLast()
    expectRefusal(model, "has no weight bias, only kernel, recurrent_kernel")

    model = try sample()
    model.layers[6].weights[0].values[7] = .nan
    expectRefusal(model, "layer conv3d (Conv3D) has numbers in kernel that are not finite")

    model = try sample()
    model.layers[4].weights[3].values[0] = -1
    expectRefusal(model, "has a negative variance")

    model = try sample()
    model.layers[2].weights[0].shape = [4, 2]
    expectRefusal(model, "has gamma of shape [4, 2], not [8]")
  }

  @Test("Versions that nobody knows are refused", arguments: ["1.2.2", "4.0.0", "", "new"])
  func versions(version: String) throws {
    var model = try sample()
    model.kerasVersion = version
    expectRefusal(model, "only versions 2 and 3 are understood")
  }

  private func sample() throws -> KerasModel { try KerasModel(contentsOf: Fixtures.keras("convlstm8_keras2.h5")) }

  private func set(_ key: String, _ value: JSONValue?, in layer: inout KerasModel.Layer) {
    guard case .object(var settings) = layer.configuration else { return }
    settings[key] = value
    layer.configuration = .object(settings)
  }

  private func expectRefusal(
    _ model: KerasModel, _ line: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: ForeignWeightsError.self, sourceLocation: sourceLocation) { try KerasConvLSTM(model) }
    guard let text = error?.description else { return }
    #expect(text.contains(line), "\(text)", sourceLocation: sourceLocation)
    #expect(!text.contains("\n") && text.hasPrefix("convlstm8_keras2.h5: "), sourceLocation: sourceLocation)
  }
}
