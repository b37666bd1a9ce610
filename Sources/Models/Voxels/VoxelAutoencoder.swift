import NN
import Torch

/// From grids of distances of 32^3 to codes and back, as autoencoder or variational.
///
/// *Shapes*: grids [N, 1, 32, 32, 32]; codes [N, L].
/// *Reference*: the published code of Kleineberg, Fey, Weichert 2020, arXiv 2002.00349: 3,954,289 parameters, variational 3,987,569, with
/// codes of 128.
public final class VoxelAutoencoder: Module {
  /// What the network is made of.
  public struct Configuration: Codable, Sendable, Equatable {
    /// Length of a code.
    public var latentSize = 128
    /// Channels from the finest grid to the coarsest; the last are the features that codes are made of.
    public var widths = [24, 48, 96, 256]
    /// Whether codes are drawn from a normal distribution whose mean and variance the encoder gives.
    public var isVariational = true

    /// The published variational network.
    public init() {}

    /// Throws, naming the field, unless a network can be made of it.
    public func validate() throws {
      try InvalidModel.require((1...65536).contains(latentSize), "model.latentSize must lie between 1 and 65536")
      try InvalidModel.require(
        widths.count == 4 && widths.allSatisfy { (1...4096).contains($0) },
        "model.widths must be four numbers from 1 to 4096")
    }
  }

  /// What the encoder says of grids.
  public struct Encoding {
    /// Mean codes [N, L].
    public var mean: Tensor
    /// Logarithms of the variances [N, L]; nil for a plain autoencoder.
    public var logVariance: Tensor?

    /// What these numbers say.
    public init(mean: Tensor, logVariance: Tensor? = nil) { (self.mean, self.logVariance) = (mean, logVariance) }

    /// Half of the mean of -1 - log variance + mean^2 + variance: how far the distribution is from the standard normal one, per
    /// number of a code. Zero for a plain autoencoder.
    public var divergence: Tensor {
      guard let logVariance else { return mean.sum() * 0 }
      return (mean.squared() + logVariance.exp() - logVariance - 1).mean() * 0.5
    }
  }

  /// What it is made of.
  public let configuration: Configuration
  /// Three halvings, and one from 4^3 to a single voxel.
  public let encoding: [Conv3d]
  /// One behind each of them.
  public let encodingNorm: [BatchNorm]
  /// From features to codes.
  public let code: Linear
  /// Variational: before mean and variance.
  public let codeNorm: BatchNorm?
  /// Variational: the mean.
  public let mean: Linear?
  /// Variational: the logarithm of the variance.
  public let logVariance: Linear?
  /// From codes to features.
  public let features: Linear
  /// Behind it.
  public let featuresNorm: BatchNorm
  /// The way back.
  public let decoding: [ConvTranspose3d]
  /// Behind each but the last.
  public let decodingNorm: [BatchNorm]

  /// A network with random weights: PyTorch's, as published.
  public init(_ configuration: Configuration = .init(), generator: Generator) {
    self.configuration = configuration
    let (widths, size) = (configuration.widths, configuration.latentSize)
    let inputs = [1] + widths.dropLast()
    encoding = widths.indices.map { index in
      Conv3d(
        inputChannels: inputs[index], outputChannels: widths[index], kernelSize: 4,
        options: VoxelLayers.options(isLast: index == widths.count - 1), generator: generator)
    }
    encodingNorm = widths.map { BatchNorm(channels: $0) }
    code = Linear(inputs: widths[widths.count - 1], outputs: size, generator: generator)
    let isVariational = configuration.isVariational
    codeNorm = isVariational ? BatchNorm(channels: size) : nil
    mean = isVariational ? Linear(inputs: size, outputs: size, generator: generator) : nil
    logVariance = isVariational ? Linear(inputs: size, outputs: size, generator: generator) : nil
    features = Linear(inputs: size, outputs: widths[widths.count - 1], generator: generator)
    featuresNorm = BatchNorm(channels: widths[widths.count - 1])
    let outputs = Array(inputs.reversed())
    decoding = widths.indices.map { index in
      ConvTranspose3d(
        inputChannels: widths[widths.count - 1 - index], outputChannels: outputs[index], kernelSize: 4,
        options: VoxelLayers.options(isLast: index == 0), generator: generator)
    }
    decodingNorm = outputs.dropLast().map { BatchNorm(channels: $0) }
  }

  /// Codes of grids, or what they are drawn from.
  public func encode(_ grids: Tensor, mode: Mode, precision: Precision = .float32) -> Encoding {
    var values = grids
    for (layer, norm) in zip(encoding, encodingNorm) {
      values = VoxelLayers.slope(norm(layer(values, precision: precision), mode: mode))
    }
    let codes = code(values.flattened(from: 1))
    guard let codeNorm, let mean, let logVariance else { return Encoding(mean: codes, logVariance: nil) }
    let hidden = VoxelLayers.slope(codeNorm(codes, mode: mode))
    return Encoding(mean: mean(hidden), logVariance: logVariance(hidden))
  }

  /// A code of each: drawn in training, the mean otherwise.
  public func sample(_ encoding: Encoding, mode: Mode) -> Tensor {
    guard case .training(let generator) = mode, let logVariance = encoding.logVariance else { return encoding.mean }
    let noise = Tensor.normal(encoding.mean.shape, mean: 0, standardDeviation: 1, generator: generator)
    return encoding.mean + (logVariance * 0.5).exp() * noise.to(device: encoding.mean.device)
  }

  /// Grids of codes.
  public func decode(_ codes: Tensor, mode: Mode, precision: Precision = .float32) -> Tensor {
    let wide = VoxelLayers.slope(featuresNorm(features(codes), mode: mode))
    var values = wide.reshaped(wide.shape + [1, 1, 1])
    for (index, layer) in decoding.enumerated() {
      values = layer(values, precision: precision)
      if index < decodingNorm.count { values = VoxelLayers.slope(decodingNorm[index](values, mode: mode)) }
    }
    return values
  }
}

/// What the convolutions of the published voxel networks have in common: kernel 4, halving or doubling, LeakyReLU 0.2.
enum VoxelLayers {
  static func slope(_ values: Tensor) -> Tensor { values.leakyReLU(0.2) }

  /// Between a grid of 4^3 and a single voxel (`isLast`), or between a grid and one of half its edge.
  static func options(isLast: Bool) -> ConvolutionOptions {
    .init(stride: isLast ? 1 : 2, padding: isLast ? .valid : .explicit(1))
  }
}
