import NN
import Testing
import Torch

@Suite("A convolution to one channel, done as one to many")
struct OneChannelConvolutionTests {
  /// Input [N, C, D, H, W] and kernel edges.
  struct Case: CustomTestStringConvertible, Sendable {
    var input: [Int]
    var edges: [Int]
    var testDescription: String { "\(input), kernel \(edges)" }
  }

  static let cases = [
    Case(input: [2, 3, 4, 5, 6], edges: [5, 5, 5]), Case(input: [1, 2, 3, 1, 2], edges: [3, 5, 3]),
    Case(input: [3, 4, 2, 4, 3], edges: [1, 3, 5]), Case(input: [2, 1, 5, 3, 4], edges: [5, 1, 3]),
    Case(input: [2, 5, 3, 3, 3], edges: [1, 1, 1]),
    // Larger than a piece, so one sample after the other.
    Case(input: [3, 1, 64, 64, 65], edges: [3, 3, 3]),
  ]

  private func weight(_ item: Case, _ generator: Generator) -> Tensor {
    randomLeaf([1, item.input[1]] + item.edges, generator)
  }

  @Test("Values and gradients equal conv3d in float64", arguments: cases)
  func equality(item: Case) {
    let generator = Generator(seed: 3)
    let (input, weight) = (randomLeaf(item.input, generator), weight(item, generator))
    let result = OneChannelConvolution(weight: weight)(input, weight: weight)
    let expected = input.conv3d(weight, padding: item.edges.map { $0 / 2 })
    expectClose(result, expected, 1e-13)
    let weights = Tensor.normal(expected.shape, generator: generator, dtype: .float64)
    let found = gradient(of: (result * weights).sum(), withRespectTo: [input, weight])
    let wanted = gradient(of: (expected * weights).sum(), withRespectTo: [input, weight])
    expectClose(found[0], wanted[0], 1e-13, "input")
    expectClose(found[1], wanted[1], 1e-12, "weight")
  }

  @Test("First and second gradients equal finite differences", arguments: cases.prefix(4))
  func differences(item: Case) {
    let generator = Generator(seed: 4)
    let (input, weight) = (randomLeaf(item.input, generator), weight(item, generator))
    let function = {
      let result = OneChannelConvolution(weight: weight)(input, weight: weight)
      return (result + result.squared() * 0.3).sum()
    }
    expectGradient(of: function, [input, weight], generator: generator)
    expectSecondGradient(of: function, [input, weight], generator: generator)
  }

  // The layer takes this way for float32 and bfloat16; its float64 twin takes the library's.
  @Test("The layer gives the same in every precision", arguments: Precision.allCases, [false, true])
  func layer(precision: Precision, isChannelsLast: Bool) {
    let generator = Generator(seed: 5)
    let make = { Conv3d(inputChannels: 16, outputChannels: 1, kernelSize: 5, generator: Generator(seed: 6)) }
    let (layer, exact) = (make(), make())
    exact.convert(to: .float64)
    let values = Tensor.normal([3, 16, 6, 7, 5], generator: generator)
    let input = (isChannelsLast ? values.channelsLast3d() : values).requiringGradient()
    let double = values.to(dtype: .float64).requiringGradient()
    let (result, expected) = (layer(input, precision: precision), exact(double))
    #expect(result.dtype == .float32)
    expectClose(result, expected, precision == .float32 ? 2e-6 : 2e-2)
    let found = gradient(of: result.squared().sum(), withRespectTo: [input] + layer.parameters().map(\.parameter.value))
    let wanted = gradient(
      of: expected.squared().sum(), withRespectTo: [double] + exact.parameters().map(\.parameter.value))
    // The bias sums 630 values of both signs, so that little is left of their size.
    for (a, b) in zip(found, wanted) { expectClose(a, b, precision == .float32 ? 2e-5 : 4e-2) }
  }

  // The library's own bfloat16 kernel gradient is unset memory on such grids.
  @Test(
    "bfloat16 on a grid smaller than the kernel is right all the same", arguments: [[2, 9, 9], [4, 4, 4], [9, 1, 9]])
  func smallGrids(extents: [Int]) {
    let layer = Conv3d(inputChannels: 4, outputChannels: 16, kernelSize: 5, generator: Generator(seed: 6))
    let input = Tensor.normal([3, 4] + extents, generator: Generator(seed: 5))
    let weights = Tensor.normal([3, 16] + extents, generator: Generator(seed: 7))
    let slopes = Precision.allCases.map { precision in
      gradient(of: (layer(input, precision: precision) * weights).sum(), withRespectTo: [layer.weight.value])[0]
    }
    expectClose(slopes[1], slopes[0], 2e-2)
    #expect(layer(input, precision: .bfloat16, staysReduced: true).dtype == .bfloat16)
  }
}
