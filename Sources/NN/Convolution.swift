import Torch

/// What a convolution layer has besides channels and kernel size.
public struct ConvolutionOptions: Sendable, Equatable {
  /// Step between kernel positions.
  public var stride: Extent
  /// Border treatment.
  public var padding: Padding
  /// Distance between kernel elements.
  public var dilation: Extent = 1
  /// Groups of channels that do not see each other.
  public var groupCount = 1
  /// Extra size behind each axis of a transposed convolution whose padding is not 'same'.
  public var outputPadding: Extent = 0
  /// Whether a bias is added.
  public var hasBias: Bool
  /// How the weight starts.
  public var weightInitializer: Initializer = .inverseRootUniform
  /// How the bias starts.
  public var biasInitializer: Initializer = .inverseRootUniform

  /// Stride 1, 'same' padding, a bias and PyTorch's initialization unless said otherwise.
  public init(stride: Extent = 1, padding: Padding = .same, hasBias: Bool = true) {
    (self.stride, self.padding, self.hasBias) = (stride, padding, hasBias)
  }

  /// These options with other initializers.
  public func initialized(weight: Initializer, bias: Initializer) -> Self {
    var copy = self
    (copy.weightInitializer, copy.biasInitializer) = (weight, bias)
    return copy
  }

  fileprivate func checkGroups(_ inputChannels: Int, _ outputChannels: Int) {
    guard groupCount > 0, inputChannels % groupCount == 0, outputChannels % groupCount == 0 else {
      fatalError("\(groupCount) groups do not divide both \(inputChannels) and \(outputChannels) channels")
    }
  }

  fileprivate func bias(_ channels: Int, fan: Fan, generator: Generator) -> Parameter? {
    hasBias ? Parameter(biasInitializer.tensor(shape: [channels], fan: fan, generator: generator)) : nil
  }
}

/// 3D convolution.
///
/// *Shapes*: input [N, C, D, H, W]; weight [outputs, C / groups, kernel D, H, W]; bias [outputs].
public final class Conv3d: Module {
  /// The kernels.
  public let weight: Parameter
  /// Added to every voxel, if there is one.
  public let bias: Parameter?
  /// Everything that does not follow from the weight.
  public let options: ConvolutionOptions

  /// A layer with random weights; traps if the groups do not divide the channels.
  public init(
    inputChannels: Int, outputChannels: Int, kernelSize: Extent, options: ConvolutionOptions = .init(),
    generator: Generator
  ) {
    options.checkGroups(inputChannels, outputChannels)
    let shape = [outputChannels, inputChannels / options.groupCount] + kernelSize.axes
    let fan = Fan(weightShape: shape)
    self.options = options
    weight = Parameter(options.weightInitializer.tensor(shape: shape, fan: fan, generator: generator))
    bias = options.bias(outputChannels, fan: fan, generator: generator)
  }

  /// Convolves.
  ///
  /// *Parameters*: `precision` is that of the products; `staysReduced` leaves a bfloat16 result as it is.
  public func callAsFunction(_ input: Tensor, precision: Precision = .float32, staysReduced: Bool = false) -> Tensor {
    guard input.rank == 5 else { fatalError("a 3D convolution needs [N, C, D, H, W], not \(input.shape)") }
    if precision.isUnsafe(forKernel: weight.value.shape.suffix(3), over: input.shape.suffix(3)) {
      let result = callAsFunction(input.to(dtype: .float32))
      return staysReduced ? result.to(dtype: .bfloat16) : result
    }
    let kernel = weight.value.shape.suffix(3)
    let reach = zip(kernel, options.dilation.axes).map { ($0 - 1) * $1 + 1 }
    let (before, after) = options.padding.amounts(
      size: Array(input.shape.suffix(3)), reach: reach, stride: options.stride.axes)
    var (x, symmetric) = (precision.input(input), before)
    if OneChannelConvolution.isFaster(x, weight: weight.value, options: options) {
      let sums = OneChannelConvolution(weight: weight.value)(x, weight: weight.value)
      let result = (bias?.value).map { sums + $0 } ?? sums
      return result.to(dtype: staysReduced ? x.dtype : .float32)
    }
    if before != after {
      x = x.padded([(before[0], after[0]), (before[1], after[1]), (before[2], after[2])])
      symmetric = [0, 0, 0]
    }
    let result = x.conv3d(
      precision.input(weight.value), bias: (bias?.value).map(precision.input), stride: options.stride,
      padding: symmetric, dilation: options.dilation, groups: options.groupCount)
    return precision.output(result, staysReduced: staysReduced)
  }
}

/// Transposed 3D convolution: the map that a convolution's gradient applies.
///
/// 'Same' padding makes the output exactly stride times as large as the input; the kernel is not flipped.
///
/// *Shapes*: input [N, C, D, H, W]; weight [C, outputs / groups, kernel D, H, W]; bias [outputs].
public final class ConvTranspose3d: Module {
  /// The kernels.
  public let weight: Parameter
  /// Added to every voxel, if there is one.
  public let bias: Parameter?
  /// Everything that does not follow from the weight.
  public let options: ConvolutionOptions

  /// A layer with random weights; traps if the groups do not divide the channels.
  public init(
    inputChannels: Int, outputChannels: Int, kernelSize: Extent, options: ConvolutionOptions = .init(),
    generator: Generator
  ) {
    options.checkGroups(inputChannels, outputChannels)
    let shape = [inputChannels, outputChannels / options.groupCount] + kernelSize.axes
    let fan = Fan(weightShape: shape)
    self.options = options
    weight = Parameter(options.weightInitializer.tensor(shape: shape, fan: fan, generator: generator))
    bias = options.bias(outputChannels, fan: fan, generator: generator)
  }

  /// Convolves; `precision` and `staysReduced` as in `Conv3d`.
  public func callAsFunction(_ input: Tensor, precision: Precision = .float32, staysReduced: Bool = false) -> Tensor {
    guard input.rank == 5 else { fatalError("a 3D convolution needs [N, C, D, H, W], not \(input.shape)") }
    if precision.isUnsafe(forKernel: weight.value.shape.suffix(3), over: input.shape.suffix(3)) {
      let result = callAsFunction(input.to(dtype: .float32))
      return staysReduced ? result.to(dtype: .bfloat16) : result
    }
    let (padding, extra, surplus) = geometry
    var result = precision.input(input).convTranspose3d(
      precision.input(weight.value), bias: (bias?.value).map(precision.input), stride: options.stride,
      padding: padding, outputPadding: extra, dilation: options.dilation, groups: options.groupCount)
    for axis in 0..<3 where surplus[axis] > 0 {
      result = result.narrowed(axis + 2, start: 0, length: result.shape[axis + 2] - surplus[axis])
    }
    return precision.output(result, staysReduced: staysReduced)
  }

  /// Zeros to take off both sides, to add behind, and what has to be cut off behind afterwards.
  private var geometry: (padding: [Int], extra: [Int], surplus: [Int]) {
    switch options.padding {
    case .valid: return ([0, 0, 0], options.outputPadding.axes, [0, 0, 0])
    case .explicit(let extent): return (extent.axes, options.outputPadding.axes, [0, 0, 0])
    case .same:
      let kernel = weight.value.shape.suffix(3)
      let excess = zip(zip(kernel, options.dilation.axes), options.stride.axes).map { ($0.0 - 1) * $0.1 + 1 - $1 }
      return (excess.map { max($0, 0) / 2 }, excess.map { max(-$0, 0) }, excess.map { max($0, 0) % 2 })
    }
  }
}
