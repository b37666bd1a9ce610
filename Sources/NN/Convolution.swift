import Torch

/// 3D convolution, of the input itself or of the input enlarged (`upsampling`).
///
/// Which method computes it (direct, a matrix product, the frequency domain) is the planner's choice unless the options say it;
/// results agree up to rounding. Volumes may lie channels last or first; channels last saves copies.
///
/// *Shapes*: input [N, C, D, H, W]; weight [outputs, C / groups, kernel D, H, W]; bias [outputs].
public final class Conv3d: Module {
  /// The kernels.
  public let weight: Parameter
  /// Added to every voxel, if there is one.
  public let bias: Parameter?
  /// Everything that does not follow from the weight.
  public let options: ConvolutionOptions
  private let kernels = SpectralKernelCache()

  /// A layer with random weights; traps if the groups do not divide the channels.
  public init(
    inputChannels: Int, outputChannels: Int, kernelSize: Extent, options: ConvolutionOptions = .init(),
    generator: Generator
  ) {
    options.check(inputChannels, outputChannels)
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
    var convolution = LayerConvolution(
      weight: weight.value, bias: bias?.value, options: options, isTransposed: false, precision: precision)
    convolution.kernels = options.keepsTransforms ? kernels : nil
    return convolution(input, staysReduced: staysReduced)
  }

  /// Convolves an input of which only the first channels are given and the others are zero, without making these.
  public func ofLeadingChannels(_ input: Tensor, precision: Precision = .float32) -> Tensor {
    let channels = input.shape[1]
    let kernel = channels == weight.value.shape[1] ? weight.value : weight.value.narrowed(1, 0, channels)
    return LayerConvolution(
      weight: kernel, bias: bias?.value, options: options, isTransposed: false, precision: precision
    )(input, staysReduced: false)
  }
}

/// Transposed 3D convolution: the map that a convolution's gradient applies.
///
/// 'Same' padding makes the output exactly stride times as large as the input; the kernel is not flipped. Methods and
/// upsampling as in ``Conv3d``.
///
/// *Shapes*: input [N, C, D, H, W]; weight [C, outputs / groups, kernel D, H, W]; bias [outputs].
public final class ConvTranspose3d: Module {
  /// The kernels.
  public let weight: Parameter
  /// Added to every voxel, if there is one.
  public let bias: Parameter?
  /// Everything that does not follow from the weight.
  public let options: ConvolutionOptions
  private let kernels = SpectralKernelCache()

  /// A layer with random weights; traps if the groups do not divide the channels.
  public init(
    inputChannels: Int, outputChannels: Int, kernelSize: Extent, options: ConvolutionOptions = .init(),
    generator: Generator
  ) {
    options.check(inputChannels, outputChannels)
    let shape = [inputChannels, outputChannels / options.groupCount] + kernelSize.axes
    let fan = Fan(weightShape: shape)
    self.options = options
    weight = Parameter(options.weightInitializer.tensor(shape: shape, fan: fan, generator: generator))
    bias = options.bias(outputChannels, fan: fan, generator: generator)
  }

  /// Convolves; `precision` and `staysReduced` as in `Conv3d`.
  public func callAsFunction(_ input: Tensor, precision: Precision = .float32, staysReduced: Bool = false) -> Tensor {
    var convolution = LayerConvolution(
      weight: weight.value, bias: bias?.value, options: options, isTransposed: true, precision: precision)
    convolution.kernels = options.keepsTransforms ? kernels : nil
    return convolution(input, staysReduced: staysReduced)
  }
}
