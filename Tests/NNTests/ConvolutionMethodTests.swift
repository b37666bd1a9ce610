import NN
import Testing
import Torch

/// A convolution layer in float64 for the comparison of its methods.
struct MethodCase: Sendable, CustomTestStringConvertible {
  var input: [Int]
  var outputs: Int
  var kernel: Extent
  var stride: Extent = 1
  var padding: Padding = .same
  var upsampling: Extent = 1
  var isTransposed = false
  var tiles = [1, 1, 1]

  var testDescription: String {
    "\(isTransposed ? "transposed " : "")\(input) -> \(outputs), kernel \(kernel.axes), stride \(stride.axes), \(padding), "
      + "upsampling \(upsampling.axes), tiles \(tiles)"
  }

  /// The layer's operands: input, weight and bias.
  func leaves() -> [Tensor] {
    let generator = Generator(seed: 21)
    let channels = isTransposed ? [input[1], outputs] : [outputs, input[1]]
    return [
      randomLeaf(input, generator), randomLeaf(channels + kernel.axes, generator), randomLeaf([outputs], generator),
    ]
  }

  /// The layer with some of its options changed, as a function of its operands.
  func layer(_ change: (inout ConvolutionOptions) -> Void) -> (Tensor, Tensor, Tensor) -> Tensor {
    var options = ConvolutionOptions(stride: stride, padding: padding)
    options.upsampling = upsampling
    change(&options)
    return { [options, isTransposed] x, weight, bias in
      LayerConvolution(weight: weight, bias: bias, options: options, isTransposed: isTransposed, precision: .float32)(
        x, staysReduced: false)
    }
  }

  /// Value, gradients and second-order gradients of two functions agree to 1e-12 of the largest element.
  func expectEqual(
    _ function: (Tensor, Tensor, Tensor) -> Tensor, _ reference: (Tensor, Tensor, Tensor) -> Tensor,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let leaves = leaves()
    let shape = withoutGradient { reference(leaves[0], leaves[1], leaves[2]).shape }
    let weights = Tensor.normal(shape, generator: Generator(seed: 22), dtype: .float64)
    let operands = leaves.map { $0.detached() } + [weights]
    let parts = zip(SpectralOutcome(of: function, operands).parts, SpectralOutcome(of: reference, operands).parts)
    for (name, (found, wanted)) in zip(SpectralOutcome.names, parts) {
      expectClose(found, wanted, 1e-12, name, sourceLocation: sourceLocation)
    }
  }
}

@Suite("Convolution layers by every method")
struct ConvolutionMethodTests {
  static let unit: [MethodCase] = [
    MethodCase(input: [2, 3, 5, 4, 6], outputs: 4, kernel: 3),
    MethodCase(input: [1, 4, 6, 6, 6], outputs: 2, kernel: 5),
    MethodCase(input: [2, 2, 3, 5, 4], outputs: 3, kernel: [2, 4, 3]),
    MethodCase(input: [2, 2, 7, 6, 5], outputs: 3, kernel: [3, 1, 4], padding: .valid),
    MethodCase(input: [1, 3, 4, 5, 6], outputs: 2, kernel: 3, padding: .explicit([2, 0, 4])),
    MethodCase(input: [2, 3, 9, 8, 10], outputs: 2, kernel: 3, tiles: [2, 1, 3]),
    MethodCase(input: [2, 3, 5, 4, 6], outputs: 4, kernel: 3, isTransposed: true),
    MethodCase(input: [2, 2, 3, 5, 4], outputs: 3, kernel: [2, 4, 3], isTransposed: true),
    MethodCase(input: [1, 3, 4, 5, 6], outputs: 2, kernel: [3, 4, 5], padding: .valid, isTransposed: true),
    MethodCase(input: [1, 3, 4, 5, 6], outputs: 2, kernel: 5, padding: .explicit([2, 0, 1]), isTransposed: true),
    MethodCase(input: [2, 3, 9, 8, 7], outputs: 2, kernel: 3, isTransposed: true, tiles: [2, 2, 1]),
  ]

  @Test("Stride 1: spectral equals direct", arguments: unit)
  func spectral(item: MethodCase) {
    item.expectEqual(item.layer { $0.method = .spectral(tiles: item.tiles) }, item.layer { $0.method = .direct })
  }

  static let single: [MethodCase] = [
    MethodCase(input: [2, 3, 4, 2, 3], outputs: 5, kernel: 1),
    MethodCase(input: [3, 1, 2, 2, 2], outputs: 4, kernel: 1),
    MethodCase(input: [2, 3, 2, 3, 4], outputs: 2, kernel: 1, padding: .explicit([1, 0, 2])),
    MethodCase(input: [2, 3, 4, 2, 3], outputs: 5, kernel: 1, isTransposed: true),
    MethodCase(input: [2, 3, 5, 4, 6], outputs: 2, kernel: 1, padding: .explicit([1, 0, 2]), isTransposed: true),
  ]

  @Test("Kernels of one voxel: a matrix product equals direct, channels last and first", arguments: single)
  func matrixProduct(item: MethodCase) {
    let product = item.layer { $0.method = .matrixProduct }
    let direct = item.layer { $0.method = .direct }
    item.expectEqual(product, direct)
    item.expectEqual({ product($0.channelsLast3d(), $1, $2) }, direct)
  }

  static let strided: [MethodCase] = [
    MethodCase(input: [2, 3, 16, 6, 7], outputs: 4, kernel: 5, stride: 2),
    MethodCase(input: [2, 2, 8, 8, 8], outputs: 3, kernel: 5, stride: 2),
    MethodCase(input: [1, 2, 7, 9, 5], outputs: 2, kernel: [4, 3, 2], stride: [2, 3, 1]),
    MethodCase(input: [1, 2, 9, 8, 10], outputs: 2, kernel: 3, stride: [2, 4, 3], padding: .valid),
    MethodCase(input: [1, 2, 8, 7, 6], outputs: 2, kernel: 4, stride: 2, padding: .explicit(1)),
    MethodCase(input: [2, 2, 5, 6, 4], outputs: 2, kernel: 2, stride: 3),
    MethodCase(input: [2, 2, 16, 12, 9], outputs: 2, kernel: 5, stride: 2, tiles: [2, 1, 2]),
    MethodCase(input: [2, 3, 4, 5, 3], outputs: 2, kernel: 5, stride: 2, isTransposed: true),
    MethodCase(input: [1, 2, 3, 4, 5], outputs: 3, kernel: [4, 3, 2], stride: [2, 3, 1], isTransposed: true),
    MethodCase(input: [1, 2, 3, 4, 5], outputs: 3, kernel: 4, stride: 2, padding: .explicit(1), isTransposed: true),
    MethodCase(input: [1, 2, 3, 2, 4], outputs: 3, kernel: 5, stride: 3, padding: .valid, isTransposed: true),
  ]

  @Test("Strides: spectral over phases equals direct", arguments: strided)
  func strides(item: MethodCase) {
    item.expectEqual(item.layer { $0.method = .spectral(tiles: item.tiles) }, item.layer { $0.method = .direct })
  }

  static let enlarging: [MethodCase] = [
    MethodCase(input: [2, 3, 4, 4, 4], outputs: 2, kernel: 5, upsampling: 2),
    MethodCase(input: [2, 2, 3, 4, 5], outputs: 3, kernel: 3, upsampling: 2),
    MethodCase(input: [1, 3, 4, 3, 2], outputs: 2, kernel: 4, upsampling: 2),
    MethodCase(input: [1, 2, 3, 2, 4], outputs: 2, kernel: 2, upsampling: 3),
    MethodCase(input: [1, 2, 2, 3, 2], outputs: 2, kernel: 7, upsampling: [2, 3, 1]),
    MethodCase(input: [2, 1, 3, 3, 2], outputs: 2, kernel: [5, 1, 4], upsampling: [1, 4, 2]),
    MethodCase(input: [2, 2, 1, 2, 3], outputs: 1, kernel: 5, upsampling: 4),
    MethodCase(input: [2, 3, 2, 3, 4], outputs: 2, kernel: 1, upsampling: 2),
    MethodCase(input: [1, 2, 4, 3, 5], outputs: 2, kernel: [5, 3, 4], padding: .valid, upsampling: 2),
    MethodCase(input: [1, 2, 3, 3, 3], outputs: 2, kernel: 3, padding: .explicit([4, 0, 2]), upsampling: [2, 2, 3]),
    MethodCase(input: [2, 3, 4, 4, 4], outputs: 2, kernel: 5, upsampling: 2, isTransposed: true),
    MethodCase(input: [2, 2, 3, 4, 5], outputs: 3, kernel: [3, 4, 2], upsampling: 2, isTransposed: true),
    MethodCase(input: [1, 2, 3, 2, 4], outputs: 2, kernel: [6, 7, 3], upsampling: [3, 1, 2], isTransposed: true),
    MethodCase(input: [1, 2, 3, 2, 4], outputs: 2, kernel: 3, padding: .valid, upsampling: 2, isTransposed: true),
    MethodCase(
      input: [1, 2, 4, 4, 4], outputs: 2, kernel: 3, padding: .explicit(3), upsampling: 2, isTransposed: true),
    MethodCase(input: [1, 2, 3, 3, 3], outputs: 2, kernel: 3, stride: [3, 2, 1], upsampling: 2),
  ]

  @Test("Upsampling within the layer equals upsampling before it", arguments: enlarging)
  func upsampling(item: MethodCase) {
    let plain = item.layer { ($0.method, $0.upsampling) = (.direct, 1) }
    let pair = { (x: Tensor, weight: Tensor, bias: Tensor) in
      plain(UpsampleNearest(scale: item.upsampling)(x), weight, bias)
    }
    item.expectEqual(item.layer { $0.method = nil }, pair)
    item.expectEqual(item.layer { $0.method = .direct }, pair)
    item.expectEqual(item.layer { $0.method = .spectral(tiles: item.tiles) }, pair)
  }

  @Test(
    "bfloat16 comes back as asked for and close to float32, whatever the method", arguments: unit + strided + enlarging)
  func halfPrecision(item: MethodCase) {
    for method: ConvolutionMethod in [.direct, .spectral(tiles: item.tiles)] {
      let results = [(Precision.float32, false), (.bfloat16, false), (.bfloat16, true)].map {
        item.reduced(method, precision: $0.0, staysReduced: $0.1)
      }
      #expect(results.map(\.dtype) == [.float32, .float32, .bfloat16])
      expectClose(results[1], results[0], 0.03)
      expectClose(results[2], results[0], 0.03)
    }
  }

  @Test("A method that cannot be traps")
  func misuse() async {
    await #expect(processExitsWith: .failure) {
      var options = ConvolutionOptions()
      (options.dilation, options.method) = (2, .spectral(tiles: [1, 1, 1]))
      _ = Conv3d(inputChannels: 1, outputChannels: 1, kernelSize: 3, options: options, generator: Generator(seed: 1))
    }
    await #expect(processExitsWith: .failure) {
      var options = ConvolutionOptions()
      options.method = .matrixProduct
      _ = Conv3d(inputChannels: 1, outputChannels: 1, kernelSize: 3, options: options, generator: Generator(seed: 1))(
        .zeros([1, 1, 4, 4, 4]))
    }
    await #expect(processExitsWith: .failure) {
      var options = ConvolutionOptions(stride: 2)
      options.method = .matrixProduct
      _ = Conv3d(inputChannels: 1, outputChannels: 1, kernelSize: 3, options: options, generator: Generator(seed: 1))(
        .zeros([1, 1, 4, 4, 4]))
    }
  }
}

extension MethodCase {
  /// The result in float32 or bfloat16 for the same operands.
  fileprivate func reduced(_ method: ConvolutionMethod, precision: Precision, staysReduced: Bool) -> Tensor {
    var options = ConvolutionOptions(stride: stride, padding: padding)
    (options.upsampling, options.method) = (upsampling, method)
    let x = Tensor.normal(input, generator: Generator(seed: 23))
    let generator = Generator(seed: 24)
    return withoutGradient {
      if isTransposed {
        return ConvTranspose3d(
          inputChannels: input[1], outputChannels: outputs, kernelSize: kernel, options: options, generator: generator)(
            x, precision: precision, staysReduced: staysReduced)
      }
      return Conv3d(
        inputChannels: input[1], outputChannels: outputs, kernelSize: kernel, options: options, generator: generator)(
          x, precision: precision, staysReduced: staysReduced)
    }
  }
}
