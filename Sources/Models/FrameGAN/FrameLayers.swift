import NN
import Torch

/// Which normalisation the stages of a network have.
enum FrameNorm {
  /// Over samples and voxels of each channel, with running statistics.
  case batch
  /// Over the channels of each voxel, so that samples stay apart, as the gradient penalty needs.
  case layer
}

/// Normalisation of either kind with Keras' numbers, then an activation, then dropout.
///
/// *Shapes*: [N, C, D, H, W] to the same.
public final class FrameNormalization: Module {
  /// Of encoder and generator.
  public let batch: BatchNorm?
  /// Of the critic.
  public let layer: LayerNorm?
  private let activation: DroppedActivation

  /// *Parameters*: the activation is a ReLU with this slope below zero.
  init(_ kind: FrameNorm, channels: Int, slope: Double, dropout: Double, momentum: Double) {
    let options = BatchNorm.Options(momentum: 1 - momentum, epsilon: 1e-3, varianceCorrection: .unbiased)
    batch = kind == .batch ? BatchNorm(channels: channels, options: options) : nil
    layer = kind == .layer ? LayerNorm(.channels(channels), epsilon: 1e-3) : nil
    activation = DroppedActivation(slope: slope, rate: dropout)
  }

  /// Normalises, activates, drops.
  public func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
    let normalized = batch?(input, mode: mode) ?? layer?(input) ?? input
    return activation(normalized, mode: mode)
  }
}

/// A block of encoder or critic: shortcut plus normalised, activated and convolved input.
///
/// *Shapes*: [N, C, D, H, W] to [N, C', D / stride, ...].
public final class ShrinkingBlock: Module {
  /// Of the channels, after pooling; every block changes their number.
  public let skip: Conv3d
  /// Before the convolution.
  public let norm: FrameNormalization
  /// With the block's stride.
  public let conv: Conv3d
  private let pool: AveragePool3d?

  init(inputs: Int, outputs: Int, stride: Int, kernelSize: Int, norm: FrameNormalization, generator: Generator) {
    skip = .frame(inputs, outputs, kernelSize: 1, generator: generator)
    conv = .frame(inputs, outputs, kernelSize: kernelSize, stride: stride, norm: norm, generator: generator)
    self.norm = norm
    pool = stride > 1 ? AveragePool3d(kernelSize: Extent(stride)) : nil
  }

  /// Computes the block.
  public func callAsFunction(_ input: Tensor, mode: Mode, precision: Precision) -> Tensor {
    let shortcut = skip(pool?(input) ?? input, precision: precision)
    return shortcut + conv(norm(input, mode: mode), precision: precision)
  }
}

/// A block of the generator: shortcut plus normalised, activated, enlarged and convolved input.
///
/// *Shapes*: [N, C, D, H, W] to [N, C', scale D, ...].
public final class GrowingBlock: Module {
  /// Of the channels; every block changes their number.
  public let skip: Conv3d
  /// Before the convolution.
  public let norm: FrameNormalization
  /// On the enlarged grid, computed on the small one.
  public let conv: ConvTranspose3d

  init(inputs: Int, outputs: Int, scale: Int, kernelSize: Int, norm: FrameNormalization, generator: Generator) {
    skip = .frame(inputs, outputs, kernelSize: 1, upsampling: scale, generator: generator)
    conv = .frame(inputs, outputs, kernelSize: kernelSize, upsampling: scale, generator: generator)
    self.norm = norm
  }

  /// Computes the block.
  public func callAsFunction(_ input: Tensor, mode: Mode, precision: Precision) -> Tensor {
    skip(input, precision: precision) + conv(norm(input, mode: mode), precision: precision)
  }
}

extension ConvolutionOptions {
  /// Keras' 'same' padding, Glorot weights and zero bias.
  fileprivate static func frame(stride: Int, upsampling: Int, keepsTransforms: Bool = false) -> Self {
    var options = ConvolutionOptions(stride: Extent(stride)).initialized(weight: .glorotUniform, bias: .zeros)
    options.upsampling = Extent(upsampling)
    options.keepsTransforms = keepsTransforms
    return options
  }
}

extension Conv3d {
  /// A critic's kernels, which are those behind a layer norm, serve several passes of a step.
  static func frame(
    _ inputs: Int, _ outputs: Int, kernelSize: Int, stride: Int = 1, upsampling: Int = 1,
    norm: FrameNormalization? = nil, generator: Generator
  ) -> Conv3d {
    Conv3d(
      inputChannels: inputs, outputChannels: outputs, kernelSize: Extent(kernelSize),
      options: .frame(stride: stride, upsampling: upsampling, keepsTransforms: norm?.layer != nil),
      generator: generator)
  }
}

extension ConvTranspose3d {
  static func frame(
    _ inputs: Int, _ outputs: Int, kernelSize: Int, upsampling: Int = 1, generator: Generator
  ) -> ConvTranspose3d {
    ConvTranspose3d(
      inputChannels: inputs, outputChannels: outputs, kernelSize: Extent(kernelSize),
      options: .frame(stride: 1, upsampling: upsampling), generator: generator)
  }
}
