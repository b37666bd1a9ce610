import NN
import Torch

/// The generator of the 3D GAN: grids of distances of 32^3, between -1 and 1, from codes.
///
/// *Shapes*: [N, L] to [N, 1, 32, 32, 32].
/// *Reference*: Wu et al. 2016, arXiv 1610.07584, as the published code of Kleineberg, Fey, Weichert 2020 has it: 4,724,033 parameters
/// with codes of 128.
public final class VoxelGenerator: Module {
  /// What the network is made of.
  public struct Configuration: Codable, Sendable, Equatable {
    /// Length of a code.
    public var latentSize = 128
    /// Channels from the coarsest grid to the finest.
    public var widths = [256, 128, 64]

    /// The published network.
    public init() {}

    /// Throws, naming the field, unless a network can be made of it.
    public func validate() throws {
      try InvalidModel.require((1...65536).contains(latentSize), "model.latentSize must lie between 1 and 65536")
      try InvalidModel.require(
        widths.count == 3 && widths.allSatisfy { (1...4096).contains($0) },
        "model.widths must be three numbers from 1 to 4096")
    }
  }

  /// What it is made of.
  public let configuration: Configuration
  /// From a single voxel to 4^3, and three doublings.
  public let layer: [ConvTranspose3d]
  /// Behind each but the last.
  public let norm: [BatchNorm]

  /// A network with random weights: PyTorch's, as published.
  public init(_ configuration: Configuration = .init(), generator: Generator) {
    self.configuration = configuration
    let channels = [configuration.latentSize] + configuration.widths + [1]
    layer = zip(channels, channels.dropFirst()).enumerated().map { index, pair in
      ConvTranspose3d(
        inputChannels: pair.0, outputChannels: pair.1, kernelSize: 4,
        options: VoxelLayers.options(isLast: index == 0), generator: generator)
    }
    norm = configuration.widths.map { BatchNorm(channels: $0) }
  }

  /// Grids of codes.
  public func callAsFunction(_ codes: Tensor, mode: Mode, precision: Precision = .float32) -> Tensor {
    var values = codes.reshaped(codes.shape + [1, 1, 1])
    for (index, layer) in layer.enumerated() {
      values = layer(values, precision: precision)
      if index < norm.count { values = VoxelLayers.slope(norm[index](values, mode: mode)) }
    }
    return values.tanh()
  }
}

/// The discriminator of the 3D GAN, and of the hybrid ones that generate with a network of distances.
///
/// *Shapes*: [N, 1, 32, 32, 32] to scores without bounds [N]; a sigmoid makes them probabilities, which a critic leaves out.
/// *Reference*: as ``VoxelGenerator``; 2,642,369 parameters.
public final class VoxelDiscriminator: Module {
  /// Three halvings, and one from 4^3 to a single voxel.
  public let layer: [Conv3d]

  /// A network with random weights: PyTorch's, as published.
  public init(widths: [Int] = [64, 128, 256], generator: Generator) {
    let channels = [1] + widths + [1]
    layer = zip(channels, channels.dropFirst()).enumerated().map { index, pair in
      Conv3d(
        inputChannels: pair.0, outputChannels: pair.1, kernelSize: 4,
        options: VoxelLayers.options(isLast: index == widths.count), generator: generator)
    }
  }

  /// Scores of grids.
  public func callAsFunction(_ grids: Tensor, precision: Precision = .float32) -> Tensor {
    var values = grids
    for (index, layer) in layer.enumerated() {
      values = layer(values, precision: precision)
      if index < self.layer.count - 1 { values = VoxelLayers.slope(values) }
    }
    return values.reshaped([-1])
  }
}

/// Which category a grid of distances of 32^3 belongs to.
///
/// *Shapes*: [N, 1, 32, 32, 32] to logits [N, K].
/// *Reference*: as ``VoxelGenerator``; 89,791 parameters with seven categories. Differs: the published network ends in a softmax, which
/// belongs to the loss here.
public final class ShapeClassifier: Module {
  /// Kernels of 5 without zeros around; the first two are pooled.
  public let layer: [Conv3d]
  /// From the features of the single voxel that is left.
  public let dense: Linear
  private let pool = MaxPool3d(kernelSize: 2)

  /// A network with random weights: PyTorch's, as published.
  public init(categoryCount: Int, generator: Generator) {
    let channels = [1, 12, 16, 32]
    layer = zip(channels, channels.dropFirst()).map { inputs, outputs in
      Conv3d(
        inputChannels: inputs, outputChannels: outputs, kernelSize: 5, options: .init(padding: .valid),
        generator: generator)
    }
    dense = Linear(inputs: 32, outputs: categoryCount, generator: generator)
  }

  /// Logits of grids.
  public func callAsFunction(_ grids: Tensor, precision: Precision = .float32) -> Tensor {
    dense(features(of: grids, precision: precision))
  }

  /// The features that categories are told by, [N, 32].
  public func features(of grids: Tensor, precision: Precision = .float32) -> Tensor {
    var values = grids
    for (index, layer) in layer.enumerated() {
      values = layer(values, precision: precision).relu()
      if index < 2 { values = pool(values) }
    }
    return values.flattened(from: 1)
  }
}
