import NN
import Torch

/// From codes to a frame.
///
/// *Shapes*: [N, pastFrames * Z] to [N, 1, D, H, W]; between 0 and 1, or -1 and 1 where values are normalised.
public final class FrameGenerator: Module {
  /// To the coarsest grid.
  public let dense: Linear
  /// Pre-residual blocks, all but the first double the grid.
  public let blocks: [GrowingBlock]
  /// Classic: convolutions, all but the first double the grid.
  public let convs: [ConvTranspose3d]
  /// Classic: before the first convolution and after each. Pre-residual: after the last block.
  public let norms: [FrameNormalization]
  /// To the frame.
  public let output: ConvTranspose3d
  private let channels: Int
  private let activation: Activation

  init(_ configuration: FrameGAN.Configuration, generator: Generator) {
    func norm(_ channels: Int) -> FrameNormalization {
      FrameNormalization(
        .batch, channels: channels, slope: 0, dropout: 0, momentum: configuration.normalizationMomentum)
    }
    let (size, halvings) = (configuration.kernelSize, configuration.halvings)
    channels = configuration.baseWidth
    activation = configuration.isNormalized ? .tanh : .sigmoid
    dense = Linear(
      inputs: configuration.latentSize * configuration.pastFrames, outputs: configuration.flatSize,
      weightInitializer: .glorotUniform, biasInitializer: .zeros, generator: generator)
    let stages = Array((0...halvings).map { (index: $0, scale: $0 == 0 ? 1 : 2) })
    switch configuration.variant {
    case .preres:
      blocks = stages.map { stage in
        let inputs = configuration.width(stage: halvings - stage.index)
        return GrowingBlock(
          inputs: inputs, outputs: configuration.width(stage: halvings - stage.index - 1), scale: stage.scale,
          kernelSize: size, norm: norm(inputs), generator: generator)
      }
      convs = []
      norms = [norm(configuration.width(stage: -1))]
      output = .frame(configuration.width(stage: -1), 1, kernelSize: size, generator: generator)
    case .classic:
      blocks = []
      convs = stages.map { stage in
        .frame(
          configuration.width(stage: min(halvings - stage.index + 1, halvings)),
          configuration.width(stage: halvings - stage.index), kernelSize: size, upsampling: stage.scale,
          generator: generator)
      }
      norms = [norm(configuration.baseWidth)] + stages.map { norm(configuration.width(stage: halvings - $0.index)) }
      output = .frame(configuration.width(stage: 0), 1, kernelSize: size, generator: generator)
    }
  }

  /// Whose running statistics training moves.
  public var batchNorms: [BatchNorm] { (blocks.map(\.norm) + norms).compactMap(\.batch) }

  /// Frames of codes.
  public func callAsFunction(_ codes: Tensor, mode: Mode, precision: Precision = .float32) -> Tensor {
    let edge = FrameGAN.Configuration.coarsestEdge
    var features = dense(codes, precision: precision).reshaped([-1, edge, edge, edge, channels])
      .permuted([0, 4, 1, 2, 3])  // [N, C, 4, 4, 4]
    if !convs.isEmpty { features = norms[0](features, mode: mode) }
    for block in blocks { features = block(features, mode: mode, precision: precision) }
    for (index, conv) in convs.enumerated() {
      features = norms[index + 1](conv(features, precision: precision), mode: mode)
    }
    if convs.isEmpty, let last = norms.last { features = last(features, mode: mode) }
    return activation(output(features, precision: precision))
  }
}
