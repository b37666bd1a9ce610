import NN
import Torch

/// A critic of grids of distances that grows: each stage looks at grids twice as fine as the one before.
///
/// *Shapes*: stage s takes [N, R, R, R] with R = coarsest * 2^s and gives [N]. Level i halves a grid of that stage; what it makes are the
/// features of level i - 1. A volume enters a level as its first channel, the others are zero.
/// *Reference*: Kleineberg, Fey, Weichert 2020, arXiv 2002.00349, and its published code: four stages from 8 to 64, 4,852,449
/// parameters, of which stages 0 to 3 use 4,194,817, 4,719,233, 4,850,369 and all.
public final class VoxelCritic: Module {
  /// What the network is made of.
  public struct Configuration: Codable, Sendable, Equatable {
    /// Edge of the grids of the first stage; a power of two, at least 4.
    public var coarsest = 8
    /// Channels that enter each level, the coarsest first; the last is 1 in the published network, which nothing finer feeds.
    public var features = [128, 64, 32, 1]
    /// Channels that the coarsest level makes.
    public var finalFeatures = 256
    /// Width of the layer between these and the score.
    public var hidden = 128
    /// How a grid is brought to that of the stage before while a new stage fades in.
    public var fading = GridHalving.strided

    /// The published network.
    public init() {}

    /// Stages, one for each level.
    public var stageCount: Int { features.count }

    /// Edge of the grids of a stage.
    public func resolution(stage: Int) -> Int { coarsest << stage }

    /// Throws, naming the field, unless a network can be made of it.
    public func validate() throws {
      try InvalidModel.require(
        (4...256).contains(coarsest) && coarsest & (coarsest - 1) == 0,
        "critic.coarsest must be a power of two from 4 to 256")
      try InvalidModel.require((1...6).contains(features.count), "critic.features must name 1 to 6 levels")
      let widths = features + [finalFeatures, hidden]
      try InvalidModel.require(
        widths.allSatisfy { (1...4096).contains($0) },
        "critic.features, critic.finalFeatures and critic.hidden must lie between 1 and 4096")
    }
  }

  /// What it is made of.
  public let configuration: Configuration
  /// A convolution for each level, the coarsest first.
  public let level: [Conv3d]
  /// From the coarsest features.
  public let first: Linear
  /// To the score.
  public let last: Linear

  /// A network with random weights: PyTorch's, as published.
  public init(_ configuration: Configuration = .init(), generator: Generator) {
    self.configuration = configuration
    let features = configuration.features
    level = features.indices.map { index in
      Conv3d(
        inputChannels: features[index], outputChannels: index == 0 ? configuration.finalFeatures : features[index - 1],
        kernelSize: 4, options: .init(stride: 2, padding: .explicit(1)), generator: generator)
    }
    let edge = configuration.coarsest / 2
    first = Linear(
      inputs: configuration.finalFeatures * edge * edge * edge, outputs: configuration.hidden, generator: generator)
    last = Linear(inputs: configuration.hidden, outputs: 1, generator: generator)
  }

  /// Parameters that a stage uses, by name.
  public func parameters(stage: Int) -> [(key: String, parameter: Parameter)] {
    let unused = level.indices.dropFirst(stage + 1).map { "level.\($0)." }
    return parameters().filter { entry in !unused.contains { entry.key.hasPrefix($0) } }
  }

  /// Scores of grids [N, R, R, R]; `share` below 1 fades the stage in over the one before.
  public func callAsFunction(
    _ grids: Tensor, stage: Int, share: Double = 1, precision: Precision = .float32
  ) -> Tensor {
    let edge = configuration.resolution(stage: stage)
    precondition(
      level.indices.contains(stage) && grids.rank == 4 && grids.shape.suffix(3).allSatisfy { $0 == edge },
      "stage \(stage) takes [N, \(edge), \(edge), \(edge)], not \(grids.shape)")
    var features = entered(grids, level: stage, precision)
    if stage > 0 {
      if share < 1 {
        let coarse = volume(configuration.fading(grids), channels: features.shape[1])
        features = features * share + coarse * (1 - share)
      }
      for index in (0..<stage).reversed() { features = Self.slope(level[index](features, precision: precision)) }
    }
    let hidden = Self.slope(first(features.flattened(from: 1), precision: precision))
    return last(hidden).squeezed(1)
  }

  private static func slope(_ features: Tensor) -> Tensor { features.leakyReLU(0.2) }

  /// The features that a level makes of grids; its other channels, which are zero, are not made.
  private func entered(_ grids: Tensor, level index: Int, _ precision: Precision) -> Tensor {
    Self.slope(level[index].ofLeadingChannels(grids.unsqueezed(1), precision: precision))
  }

  /// Grids as the first of so many channels.
  private func volume(_ grids: Tensor, channels: Int) -> Tensor {
    let first = grids.unsqueezed(1)
    guard channels > 1 else { return first }
    let shape = [grids.shape[0], channels - 1] + grids.shape.suffix(3)
    return Tensor.concatenated([first, .zeros(shape, device: grids.device)], dim: 1)
  }
}

/// How a grid over [-1, 1]^3 becomes one with half as many samples along each axis.
public enum GridHalving: String, Codable, Sendable, CaseIterable {
  /// Every second sample, as published: the last one lies at 1 - 2 / (R - 1), and not at 1 where the coarser grid ends.
  case strided
  /// Linear interpolation at the samples of the coarser grid, whose corners are those of the finer one.
  case aligned

  /// *Shapes*: [N, R, R, R] to [N, R / 2, R / 2, R / 2].
  public func callAsFunction(_ grids: Tensor) -> Tensor {
    switch self {
    case .strided:
      return (1...3).reduce(grids) { $0.sliced($1, start: 0, end: $0.shape[$1], step: 2) }
    case .aligned:
      let matrix = Self.interpolation(from: grids.shape[3], to: grids.shape[3] / 2, device: grids.device)
      // The last axis is interpolated and moved to the front three times, so that the order is the old one again.
      return (0..<3).reduce(grids) { grid, _ in grid.linear(matrix).permuted([0, 3, 1, 2]) }
    }
  }

  /// Rows of two weights each, [to, from].
  private static func interpolation(from: Int, to: Int, device: Device) -> Tensor {
    var values = [Float](repeating: 0, count: from * to)
    for row in 0..<to {
      let place = Double(row) * Double(from - 1) / Double(max(to - 1, 1))
      let lower = min(Int(place), from - 2)
      values[row * from + lower] = Float(1 - (place - Double(lower)))
      values[row * from + lower + 1] = Float(place - Double(lower))
    }
    return Tensor(values, shape: [to, from], device: device)
  }
}
