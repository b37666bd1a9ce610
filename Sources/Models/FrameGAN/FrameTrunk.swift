import NN
import Torch

/// What encoder and critic have in common: convolutions from the full grid to the coarsest one.
///
/// *Shapes*: [N, C, D, H, W] to [N, flat], in the order depth, height, width, channel (Keras' flattening).
public final class FrameTrunk: Module {
  /// Pre-residual: the convolution before the blocks.
  public let input: Conv3d?
  /// Pre-residual blocks, all but the last halve the grid.
  public let blocks: [ShrinkingBlock]
  /// Classic: convolutions, all but the last halve the grid.
  public let convs: [Conv3d]
  /// Classic: after every convolution but the last. Pre-residual: after the last block.
  public let norms: [FrameNormalization]

  init(_ configuration: FrameGAN.Configuration, channels: Int, norm kind: FrameNorm, generator: Generator) {
    func norm(_ channels: Int) -> FrameNormalization {
      FrameNormalization(
        kind, channels: channels, slope: 0.3, dropout: configuration.dropout,
        momentum: configuration.normalizationMomentum)
    }
    let size = configuration.kernelSize
    let stages = Array(configuration.strides.enumerated())
    switch configuration.variant {
    case .preres:
      input = .frame(channels, configuration.width(stage: -1), kernelSize: size, generator: generator)
      blocks = stages.map { stage, stride in
        let inputs = configuration.width(stage: stage - 1)
        return ShrinkingBlock(
          inputs: inputs, outputs: configuration.width(stage: stage), stride: stride, kernelSize: size,
          norm: norm(inputs), generator: generator)
      }
      convs = []
      norms = [norm(configuration.baseWidth)]
    case .classic:
      (input, blocks) = (nil, [])
      convs = stages.map { stage, stride in
        .frame(
          stage == 0 ? channels : configuration.width(stage: stage - 1), configuration.width(stage: stage),
          kernelSize: size, stride: stride, generator: generator)
      }
      norms = stages.dropLast().map { stage, _ in norm(configuration.width(stage: stage)) }
    }
  }

  /// Numbers of the coarsest grid, flattened.
  public func callAsFunction(_ volumes: Tensor, mode: Mode, precision: Precision) -> Tensor {
    var features = input?(volumes, precision: precision) ?? volumes
    for block in blocks { features = block(features, mode: mode, precision: precision) }
    for (index, conv) in convs.enumerated() {
      features = conv(features, precision: precision)
      if index < norms.count { features = norms[index](features, mode: mode) }
    }
    if convs.isEmpty, let last = norms.last { features = last(features, mode: mode) }
    return features.permuted([0, 2, 3, 4, 1]).flattened(from: 1)
  }
}

/// From a frame to its code.
///
/// *Shapes*: [N, 1, D, H, W] to [N, Z].
public final class FrameEncoder: Module {
  /// Convolutions with batch normalisation.
  public let trunk: FrameTrunk
  /// To the code.
  public let dense: Linear

  init(_ configuration: FrameGAN.Configuration, generator: Generator) {
    trunk = FrameTrunk(configuration, channels: 1, norm: .batch, generator: generator)
    dense = Linear(
      inputs: configuration.flatSize, outputs: configuration.latentSize, weightInitializer: .glorotUniform,
      biasInitializer: .zeros, generator: generator)
  }

  /// Whose running statistics training moves.
  public var batchNorms: [BatchNorm] { (trunk.blocks.map(\.norm) + trunk.norms).compactMap(\.batch) }

  /// Codes of frames.
  public func callAsFunction(_ frames: Tensor, mode: Mode, precision: Precision = .float32) -> Tensor {
    dense(trunk(frames, mode: mode, precision: precision), precision: precision)
  }
}

/// How likely a frame beside its condition looks: a score without bounds.
///
/// *Shapes*: frames and conditions [N, 1, D, H, W] to [N, 1].
public final class FrameCritic: Module {
  /// Convolutions with layer normalisation.
  public let trunk: FrameTrunk
  /// To the score.
  public let dense: Linear

  init(_ configuration: FrameGAN.Configuration, generator: Generator) {
    trunk = FrameTrunk(configuration, channels: 2, norm: .layer, generator: generator)
    dense = Linear(
      inputs: configuration.flatSize, outputs: 1, weightInitializer: .glorotUniform, biasInitializer: .zeros,
      generator: generator)
  }

  /// Scores of frames; without a condition its channel is zero.
  public func callAsFunction(
    _ frames: Tensor, condition: Tensor?, mode: Mode, precision: Precision = .float32
  ) -> Tensor {
    let pair = Tensor.concatenated([frames, condition ?? .zeros(like: frames)], dim: 1)  // [N, 2, D, H, W]
    return dense(trunk(pair, mode: mode, precision: precision), precision: precision)
  }
}
