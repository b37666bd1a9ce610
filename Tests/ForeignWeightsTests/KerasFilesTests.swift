import ForeignWeights
import Foundation
import Testing
import Volumes

@Suite("Files that Keras saved")
struct KerasFilesTests {
  private static let names = ["lstm1", "bn1", "lstm2", "bn2", "lstm3", "conv"]

  @Test(
    "Every weight equals the one that was saved, bit for bit",
    arguments: [
      ("convlstm8_keras2.h5", "2.10.0"), ("convlstm8_keras3.h5", "3.15.1"), ("convlstm8_keras3.keras", "3.15.1"),
    ])
  func weights(file: String, version: String) throws {
    let model = try KerasModel(contentsOf: Fixtures.keras(file))
    #expect(model.kerasVersion == version)
    let saved = try NpzArchive(Fixtures.folder.appending(path: "convlstm_keras.npz").path)
    let layers = model.layers.filter { !$0.weights.isEmpty }
    #expect(layers.count == Self.names.count)
    for (layer, name) in zip(layers, Self.names) {
      let expected = saved.names.filter { $0.hasPrefix("w.\(name).") }
      #expect(Set(expected) == Set(layer.weights.map { "w.\(name).\($0.name)" }))
      for weight in layer.weights {
        let array = try saved.array("w.\(name).\(weight.name)")
        #expect(array.shape == weight.shape)
        #expect(array.floats() == weight.values, "\(name).\(weight.name)")
      }
    }
  }

  @Test("The forecaster in a file has the layers, sizes and gate functions of the saved one")
  func forecaster() throws {
    let second = try KerasConvLSTM(KerasModel(contentsOf: Fixtures.keras("convlstm8_keras2.h5")))
    let third = try KerasConvLSTM(KerasModel(contentsOf: Fixtures.keras("convlstm8_keras3.h5")))
    let zipped = try KerasConvLSTM(KerasModel(contentsOf: Fixtures.keras("convlstm8_keras3.keras")))
    #expect(third == zipped)
    #expect(second.cells.map(\.recurrentActivation) == [.hardSigmoid, .hardSigmoid, .hardSigmoid])
    #expect(third.cells.map(\.recurrentActivation) == [.sigmoid, .sigmoid, .sigmoid])
    for model in [second, third] {
      #expect(model.cells.map(\.kernelSize) == [5, 3, 1])
      #expect(model.cells.map(\.filters) == [8, 8, 8])
      #expect(model.cells.map(\.inputChannels) == [1, 8, 8])
      #expect(model.cells.map { $0.normalization?.epsilon } == [1e-3, 1e-3, nil])
      #expect(model.cells.map { $0.normalization?.momentum } == [0.99, 0.99, nil])
      #expect(model.grid == [16, 16, 16])
      #expect(model.output.kernelSize == 5)
    }
    #expect(second.cells.map(\.kernel) == third.cells.map(\.kernel))
  }

  @Test("Kernels in PyTorch's order are those of Keras with the axes 4, 3, 0, 1, 2")
  func kernelOrder() throws {
    let model = try KerasConvLSTM(KerasModel(contentsOf: Fixtures.keras("convlstm8_keras2.h5")))
    let kernels = model.cells.flatMap { [$0.kernel, $0.recurrentKernel] } + [model.output.kernel]
    for kernel in kernels {
      let (depth, height, width) = (kernel.kerasShape[0], kernel.kerasShape[1], kernel.kerasShape[2])
      let (inputs, outputs) = (kernel.kerasShape[3], kernel.kerasShape[4])
      #expect(kernel.shape == [outputs, inputs, depth, height, width])
      var differing = 0
      for (index, value) in kernel.values.enumerated() {
        let (x, rest) = (index % width, index / width)
        let (y, z) = (rest % height, rest / height % depth)
        let (input, output) = (rest / height / depth % inputs, rest / height / depth / inputs)
        let keras = (((z * height + y) * width + x) * inputs + input) * outputs + output
        if kernel.kerasValues[keras] != value { differing += 1 }
      }
      #expect(differing == 0)
      #expect(kernel.values.count == kernel.kerasValues.count)
    }
  }

  @Test(
    "Sequential models, models with names and without biases, and compiled ones are read as Keras gives their weights",
    arguments: ["sequential_k3", "named_k3", "sequential_k2", "named_k2"], ["h5", "keras"])
  func variants(name: String, suffix: String) throws {
    let file = Fixtures.keras("variants/\(name).\(suffix)")
    let model = try KerasModel(contentsOf: file)
    let read = model.layers.flatMap(\.weights)
    let saved = try NpzArchive(Fixtures.keras("variants/\(name).npz").path)
    // get_weights lists them in the order of the layers, trained weights of a layer before its running statistics.
    #expect(read.count == saved.names.count)
    for (index, weight) in read.enumerated() {
      let array = try saved.array("\(index)")
      #expect(array.shape == weight.shape)
      #expect(array.floats() == weight.values, "\(name) \(weight.name)")
    }
    let forecaster = try KerasConvLSTM(model)
    #expect(forecaster.cells.map(\.filters) == [2, 3])
    #expect(forecaster.cells.map(\.kernelSize) == [3, 1])
    let isNamed = name.hasPrefix("named")
    #expect(forecaster.cells.map(\.name) == (isNamed ? ["zeta", "alpha"] : ["conv_lstm3d", "conv_lstm3d_1"]))
    let gates: KerasConvLSTM.RecurrentActivation =
      name.hasSuffix("k2") ? .hardSigmoid : isNamed ? .hardSigmoidSixth : .sigmoid
    #expect(forecaster.cells.map(\.recurrentActivation) == [gates, gates])
    #expect(forecaster.cells[0].bias.allSatisfy { $0 == 0 } == isNamed)
  }

  @Test(
    "The published T80 network is read",
    .enabled(if: Fixtures.hasPublished, "skipped: the published weights are not beside the repository"))
  func published() throws {
    let model = try KerasModel(contentsOf: Fixtures.published)
    #expect(model.kerasVersion == "2.10.0")
    let forecaster = try KerasConvLSTM(model)
    #expect(forecaster.trainableParameterCount == 761_889)
    #expect(forecaster.cells.map(\.kernelSize) == [5, 3, 1])
    #expect(forecaster.cells.map(\.recurrentActivation) == [.hardSigmoid, .hardSigmoid, .hardSigmoid])
    #expect(forecaster.cells.map { $0.normalization == nil } == [false, false, true])
  }
}
