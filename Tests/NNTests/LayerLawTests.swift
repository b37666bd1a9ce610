import NN
import Testing
import Torch

@Suite("Laws that hold for every layer")
struct LayerLawTests {
  static let names = LayerCase.all.map(\.name)

  private struct Prepared {
    let layer: any Module
    let generator: Generator
    let input: Tensor
    var inputs: [Tensor] { [input] + layer.parameters().map(\.parameter.value) }
  }

  /// A layer in float64 whose parameters and statistics are all non-trivial.
  private func prepare(_ item: LayerCase) throws -> Prepared {
    let generator = Generator(seed: 5)
    let layer = item.make(generator)
    layer.convert(to: .float64)
    var state: [String: Tensor] = [:]
    for (key, value) in layer.state() {
      state[key] = .uniform(value.shape, in: 0.3...1.5, generator: generator, dtype: .float64)
    }
    try layer.load(state)
    return Prepared(layer: layer, generator: generator, input: randomLeaf(item.inputShape, generator))
  }

  /// A smooth scalar of the output in which every element counts differently.
  private func scalar(_ output: Tensor) -> Tensor {
    let weights = Tensor.normal(output.shape, generator: Generator(seed: 9), dtype: .float64)
    return ((output + output.squared() * 0.3) * weights).sum()
  }

  @Test("Its parameters are found and counted", arguments: names)
  func discovery(name: String) {
    let item = LayerCase.named(name)
    let layer = item.make(Generator(seed: 1))
    #expect(layer.parameterCount == item.parameterCount)
    #expect(layer.parameters().allSatisfy { $0.parameter.value.requiresGradient && $0.parameter.value.isLeaf })
    #expect(layer.buffers().allSatisfy { !$0.buffer.value.requiresGradient })
    #expect(Set(layer.state().keys) == Set(layer.parameters().map(\.key) + layer.buffers().map(\.key)))
  }

  @Test("Its gradients equal finite differences, first and second order", arguments: names)
  func gradients(name: String) throws {
    let item = LayerCase.named(name)
    let prepared = try prepare(item)
    for isTraining in [false, true] {
      // A new generator each time, so that the same elements are dropped.
      let function = {
        let mode = isTraining ? Mode.training(Generator(seed: 3)) : .inference
        return self.scalar(item.apply(prepared.layer, prepared.input, mode))
      }
      let what = "\(name), \(isTraining ? "training" : "inference")"
      expectGradient(of: function, prepared.inputs, generator: prepared.generator, what)
      expectSecondGradient(of: function, prepared.inputs, generator: prepared.generator, what)
    }
  }

  @Test("A sample's result does not depend on the others of its batch", arguments: names)
  func batchIndependence(name: String) throws {
    let item = LayerCase.named(name)
    let prepared = try prepare(item)
    let whole = item.apply(prepared.layer, prepared.input, .inference)
    for sample in 0..<item.inputShape[0] {
      let alone = item.apply(prepared.layer, prepared.input.narrowed(0, sample, 1), .inference)
      expectClose(alone, whole.narrowed(0, sample, 1), 1e-13, name)
    }
  }

  @Test("A batch norm in training sees its batch, the others do not", arguments: names)
  func mixing(name: String) throws {
    let item = LayerCase.named(name)
    guard item.name != "Dropout" else { return }
    let prepared = try prepare(item)
    let whole = item.apply(prepared.layer, prepared.input, .training(Generator(seed: 3))).narrowed(0, 0, 2)
    let part = item.apply(prepared.layer, prepared.input.narrowed(0, 0, 2), .training(Generator(seed: 3)))
    let differs = (whole - part).abs().max().item() > 1e-6
    #expect(differs == (item.mixesInTraining && item.inputShape[0] > 2))
  }

  @Test("The same seed gives the same layer, another seed another one")
  func seeds() {
    let layers = [7, 7, 8].map { Linear(inputs: 3, outputs: 4, generator: Generator(seed: $0)) }
    let values = layers.map { $0.weight.value.array(of: Float.self) }
    #expect(values[0] == values[1])
    #expect(values[0] != values[2])
  }
}
