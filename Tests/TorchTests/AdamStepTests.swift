import Testing
import Torch

/// The equations of Kingma and Ba (2014), in double precision, one element after the other.
private struct ReferenceAdam {
  var parameter: [Double]
  var first: [Double]
  var second: [Double]

  init(_ parameter: [Double]) {
    self.parameter = parameter
    first = parameter.map { _ in 0 }
    second = first
  }

  mutating func step(_ gradient: [Double], options: AdamStep, number: Int) {
    let firstCorrection = 1 - power(options.firstDecay, number)
    let secondCorrection = 1 - power(options.secondDecay, number)
    for index in parameter.indices {
      if options.isDecoupled { parameter[index] *= 1 - options.learningRate * options.weightDecay }
      let slope = gradient[index] + (options.isDecoupled ? 0 : options.weightDecay * parameter[index])
      first[index] = options.firstDecay * first[index] + (1 - options.firstDecay) * slope
      second[index] = options.secondDecay * second[index] + (1 - options.secondDecay) * slope * slope
      let root = (second[index] / secondCorrection).squareRoot()
      parameter[index] -= options.learningRate * first[index] / firstCorrection / (root + options.epsilon)
    }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }
}

/// libtorch's fused kernel walks through memory and takes no notice of strides; the shim has to.
@Suite("A step of Adam does not depend on how tensors lie in memory")
struct AdamStepTests {
  enum Layout: String, CaseIterable { case rowMajor, channelsLast, transposed, slice }

  /// The values of `tensor` in another layout.
  private func laidOut(_ tensor: Tensor, _ layout: Layout) -> Tensor {
    switch layout {
    case .rowMajor: tensor
    case .channelsLast: tensor.channelsLast3d()
    case .transposed: tensor.transposed(0, 4).contiguous().transposed(0, 4)
    case .slice: Tensor.concatenated([tensor, tensor * 7], dim: 1).narrowed(1, 0, tensor.shape[1])
    }
  }

  // Float64 differs from the equations by rounding alone; the bias correction of the fused kernel takes the step as float32,
  // which holds small whole numbers exactly.
  @Test("Three steps equal the equations", arguments: Layout.allCases, [false, true])
  func equations(layout: Layout, isDecoupled: Bool) {
    let shape = [4, 3, 2, 5, 3]
    let generator = Generator(seed: 8)
    let parameter = Tensor.normal(shape, generator: generator, dtype: .float64)
    let (first, second) = (Tensor.zeros(like: parameter), Tensor.zeros(like: parameter))
    var reference = ReferenceAdam(parameter.array())
    var options = AdamStep()
    (options.weightDecay, options.isDecoupled, options.epsilon) = (0.1, isDecoupled, 1e-3)
    for number in 1...3 {
      let values = Tensor.normal(shape, generator: generator, dtype: .float64)
      let gradient = laidOut(values, layout)
      #expect(gradient.isContiguous() == (layout == .rowMajor))
      options.apply(
        to: [parameter], gradients: [gradient], firstMoments: [first], secondMoments: [second], step: number)
      reference.step(values.array(), options: options, number: number)
    }
    expectClose(parameter.array(), reference.parameter, tolerance: 1e-12, "parameter")
    expectClose(first.array(), reference.first, tolerance: 1e-12, "first moment")
    expectClose(second.array(), reference.second, tolerance: 1e-12, "second moment")
  }

  @Test("A layout of the gradient changes not one bit in float32", arguments: Layout.allCases)
  func bits(layout: Layout) {
    let shape = [8, 2, 5, 5, 5]
    let results = [Layout.rowMajor, layout].map { layout in
      let generator = Generator(seed: 3)
      let parameter = Tensor.normal(shape, generator: generator)
      let gradient = laidOut(Tensor.normal(shape, generator: generator), layout)
      AdamStep().apply(
        to: [parameter], gradients: [gradient], firstMoments: [.zeros(shape)], secondMoments: [.zeros(shape)], step: 1)
      return parameter.array(of: Float.self)
    }
    #expect(results[0] == results[1])
  }

  @Test("Moments that lie otherwise than their parameter are refused")
  func refusal() {
    let parameter = Tensor.zeros([2, 3, 2, 2, 2])
    let error = #expect(throws: TorchError.self) {
      try withTorchErrors {
        AdamStep().apply(
          to: [parameter], gradients: [parameter], firstMoments: [parameter.clone().channelsLast3d()],
          secondMoments: [parameter.clone()], step: 1)
      }
    }
    #expect(error?.message.contains("lies otherwise in memory") == true)
  }
}
