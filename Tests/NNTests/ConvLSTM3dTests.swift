import NN
import Testing
import Torch

/// A layer, its input and what is expected of it.
struct RecurrentCase: CustomTestStringConvertible, Sendable {
  /// [T, N, C, D, H, W].
  var shape: [Int]
  var filters: Int
  var kernelSize: Int
  var gate = ConvLSTM3d.GateActivation.hardSigmoid
  var cell = ConvLSTM3d.CellActivation.relu

  var testDescription: String { "\(shape) to \(filters), kernel \(kernelSize), \(gate.rawValue), \(cell.rawValue)" }

  func layer(seed: UInt64 = 4) -> ConvLSTM3d {
    let configuration = ConvLSTM3d.Configuration(
      inputChannels: shape[2], filters: filters, kernelSize: kernelSize, gateActivation: gate, cellActivation: cell)
    return ConvLSTM3d(configuration, generator: Generator(seed: seed))
  }

  /// Every pair of activations on one shape.
  static let activations: [RecurrentCase] = ConvLSTM3d.GateActivation.allCases.flatMap { gate in
    ConvLSTM3d.CellActivation.allCases.map { cell in
      RecurrentCase(shape: [3, 2, 2, 3, 4, 2], filters: 5, kernelSize: 3, gate: gate, cell: cell)
    }
  }

  /// Grids that are no cubes, single frames, all kernels, filters that fill vector registers and that do not.
  static let shapes: [RecurrentCase] = [
    RecurrentCase(shape: [3, 2, 1, 4, 5, 3], filters: 4, kernelSize: 5),
    RecurrentCase(shape: [4, 2, 3, 3, 4, 6], filters: 5, kernelSize: 3, gate: .sigmoid, cell: .tanh),
    RecurrentCase(shape: [3, 1, 2, 4, 4, 4], filters: 16, kernelSize: 1, gate: .hardSigmoidSixth),
    RecurrentCase(shape: [1, 3, 2, 2, 3, 4], filters: 3, kernelSize: 3, cell: .tanh),
    RecurrentCase(shape: [1, 1, 1, 1, 1, 1], filters: 1, kernelSize: 5, gate: .sigmoid, cell: .tanh),
    RecurrentCase(shape: [5, 2, 1, 5, 2, 7], filters: 20, kernelSize: 3, gate: .sigmoid),
    RecurrentCase(shape: [2, 2, 2, 6, 4, 5], filters: 33, kernelSize: 5, gate: .hardSigmoidSixth, cell: .tanh),
    RecurrentCase(shape: [2, 2, 1, 12, 11, 13], filters: 17, kernelSize: 3),
  ]
}

/// Hidden states and the gradients of frames, kernel, recurrent kernel and bias.
private struct Passed {
  var hidden: Tensor
  var gradients: [Tensor]

  init(
    _ layer: ConvLSTM3d, _ frames: Tensor, precision: Precision = .float32, _ implementation: ConvLSTM3d.Implementation
  ) {
    let input = frames.detached().requiringGradient()
    hidden = layer(input, precision: precision, implementation: implementation)
    let weights = Tensor.normal(hidden.shape, generator: Generator(seed: 11)).to(dtype: hidden.dtype)
    gradients = gradient(
      of: (hidden * weights).to(dtype: frames.dtype).sum(),
      withRespectTo: [input, layer.kernel.value, layer.recurrentKernel.value, layer.bias.value])
  }
}

/// The Euclidean norm of the difference relative to that of the reference.
private func distance(_ tensor: Tensor, _ reference: Tensor) -> Double {
  let (a, b) = (tensor.array(of: Double.self), reference.array(of: Double.self))
  let difference = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  return (difference / max(b.reduce(0) { $0 + $1 * $1 }, 1e-300)).squareRoot()
}

@Suite("Convolutional LSTM: the fused recurrence and its laws")
struct ConvLSTM3dTests {
  static let names = ["frames", "kernel", "recurrent kernel", "bias"]

  private func frames(_ item: RecurrentCase, dtype: DType = .float32) -> Tensor {
    Tensor.normal(item.shape, generator: Generator(seed: 2), dtype: dtype)
  }

  // Both sum up to 4,125 float32 products in different orders, over up to five frames: 1e-6 to be expected, 2e-5 allowed. An
  // error in the equations shows in the first digits.
  @Test("Fused equals composed, forward and all gradients", arguments: RecurrentCase.activations + RecurrentCase.shapes)
  func fusedEqualsComposed(item: RecurrentCase) {
    let (layer, frames) = (item.layer(), frames(item))
    let fused = Passed(layer, frames, .automatic)
    let composed = Passed(layer, frames, .composed)
    expectClose(fused.hidden, composed.hidden, 2e-5, "hidden")
    for (name, (a, b)) in zip(Self.names, zip(fused.gradients, composed.gradients)) {
      // A single frame has no recurrent product: both must say zero.
      let isUnused = name == "recurrent kernel" && item.shape[0] == 1
      #expect((b.abs().max().item() == 0) == isUnused, "\(name)")
      if isUnused { #expect(a.abs().max().item() == 0) } else { expectClose(a, b, 2e-5, name) }
    }
  }

  @Test("Fused float32 equals the definition in float64", arguments: RecurrentCase.shapes)
  func fusedEqualsDouble(item: RecurrentCase) {
    let (layer, exact, frames) = (item.layer(), item.layer(), frames(item))
    exact.convert(to: .float64)
    let fused = Passed(layer, frames, .automatic)
    let reference = Passed(exact, frames.to(dtype: .float64), .composed)
    expectClose(fused.hidden, reference.hidden, 1e-5, "hidden")
    for (name, (a, b)) in zip(Self.names, zip(fused.gradients, reference.gradients)) where b.abs().max().item() > 0 {
      expectClose(a, b, 2e-5, name)
    }
  }

  // bfloat16 keeps eight bits, so each rounding is off by up to 0.4 percent; single gradient elements flip where a
  // pre-activation crosses a kink, so norms are compared.
  @Test("Fused bfloat16 stays near float32", arguments: RecurrentCase.activations + RecurrentCase.shapes)
  func bfloat16(item: RecurrentCase) {
    let (layer, frames) = (item.layer(), frames(item))
    let reduced = Passed(layer, frames, precision: .bfloat16, .automatic)
    let reference = Passed(layer, frames, .composed)
    let isSmall = item.shape.suffix(3).contains { $0 < item.kernelSize }
    #expect(reduced.hidden.dtype == (isSmall ? .float32 : .bfloat16))
    #expect(reduced.gradients.allSatisfy { $0.dtype == .float32 && $0.isFinite() })
    #expect(distance(reduced.hidden, reference.hidden) < 0.03)
    for (name, (a, b)) in zip(Self.names, zip(reduced.gradients, reference.gradients)) where b.abs().max().item() > 0 {
      #expect(distance(a, b) < 0.15, "\(name): \(distance(a, b))")
    }
  }

  @Test("The composed gradient equals finite differences", arguments: RecurrentCase.activations)
  func finiteDifferences(item: RecurrentCase) {
    let layer = item.layer()
    layer.convert(to: .float64)
    let generator = Generator(seed: 6)
    let input = randomLeaf(item.shape, generator)
    let function = {
      let hidden = layer(input)
      let weights = Tensor.normal(hidden.shape, generator: Generator(seed: 9), dtype: .float64)
      return ((hidden + hidden.squared() * 0.3) * weights).sum()
    }
    let inputs = [input, layer.kernel.value, layer.recurrentKernel.value, layer.bias.value]
    expectGradient(of: function, inputs, generator: generator, item.testDescription)
    guard item.gate == .sigmoid, item.cell == .tanh else { return }
    expectSecondGradient(of: function, inputs, generator: generator, item.testDescription)
  }

  @Test(
    "A sample does not see the others of its batch", arguments: RecurrentCase.shapes, [Precision.float32, .bfloat16])
  func batchIndependence(item: RecurrentCase, precision: Precision) {
    let (layer, frames) = (item.layer(), frames(item))
    let whole = layer(frames, precision: precision)
    for sample in 0..<item.shape[1] {
      let alone = layer(frames.narrowed(1, sample, 1), precision: precision)
      // A library may choose another algorithm for another batch size: one rounding of the element type.
      expectClose(alone, whole.narrowed(1, sample, 1), precision == .float32 ? 2e-6 : 2e-2, "sample \(sample)")
    }
  }

  @Test("A hidden state does not see later frames")
  func causality() {
    let item = RecurrentCase(shape: [4, 1, 2, 3, 4, 5], filters: 6, kernelSize: 3)
    let (layer, frames) = (item.layer(), frames(item))
    let whole = layer(frames)
    let early = layer(frames.narrowed(0, 0, 2))
    expectClose(early, whole.narrowed(0, 0, 2), 2e-6)
    #expect(distance(layer(frames * 2).narrowed(0, 3, 1), whole.narrowed(0, 3, 1)) > 0.1)
  }

  @Test("Frames that need no gradient, and none at all, give the same", arguments: [false, true])
  func unneededGradients(isRecorded: Bool) {
    let item = RecurrentCase.shapes[0]
    let (layer, frames) = (item.layer(), frames(item))
    let full = Passed(layer, frames, .automatic)
    guard isRecorded else {
      let hidden = withoutGradient { layer(frames) }
      #expect(!hidden.requiresGradient)
      expectClose(hidden, full.hidden, 2e-6)  // the planner may take another way without gradients
      return
    }
    let hidden = layer(frames)
    let weights = Tensor.normal(hidden.shape, generator: Generator(seed: 11))
    let parameters = [layer.kernel.value, layer.recurrentKernel.value, layer.bias.value]
    for (a, b) in zip(gradient(of: (hidden * weights).sum(), withRespectTo: parameters), full.gradients.dropFirst()) {
      expectClose(a, b, 1e-6)
    }
  }

  @Test("The same input gives the same bits", arguments: [Precision.float32, .bfloat16])
  func repeatability(precision: Precision) {
    let item = RecurrentCase.shapes[7]
    let (layer, frames) = (item.layer(), frames(item))
    let passes = (0..<2).map { _ in Passed(layer, frames, precision: precision, .automatic) }
    #expect(passes[0].hidden.array(of: Float.self) == passes[1].hidden.array(of: Float.self))
    for (a, b) in zip(passes[0].gradients, passes[1].gradients) {
      #expect(a.array(of: Float.self) == b.array(of: Float.self))
    }
  }

  @Test("Parameters are as many as Keras counts, and the forget gate starts open")
  func parameters() {
    let layer = RecurrentCase(shape: [1, 1, 1, 1, 1, 1], filters: 32, kernelSize: 5).layer()
    #expect(layer.parameterCount == 528_128)
    let bias = layer.bias.value.array(of: Float.self)
    #expect(bias == (0..<128).map { (32..<64).contains($0) ? 1 : 0 })
  }
}
