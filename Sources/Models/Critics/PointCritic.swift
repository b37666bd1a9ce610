import NN
import Torch

/// A critic of clouds of points with distances: features of each point, their maximum over a cloud, and a score of it.
///
/// *Shapes*: rows [x, y, z, distance]; clouds of a batch may have different numbers of points.
/// *Reference*: Qi et al. 2017 (PointNet), arXiv 1612.00593, without its transformers and norms, as published with Kleineberg, Fey,
/// Weichert 2020, arXiv 2002.00349: 337,601 parameters.
public final class PointCritic: Module {
  /// What the network is made of.
  public struct Configuration: Codable, Sendable, Equatable {
    /// Features of a point, layer by layer.
    public var pointWidths = [64, 128, 256, 512]
    /// Features of a cloud, layer by layer; a score follows.
    public var cloudWidths = [256, 128]

    /// The published network.
    public init() {}

    /// Throws, naming the field, unless a network can be made of it.
    public func validate() throws {
      for (name, widths) in [("pointWidths", pointWidths), ("cloudWidths", cloudWidths)] {
        try InvalidModel.require(
          (1...16).contains(widths.count) && widths.allSatisfy { (1...8192).contains($0) },
          "critic.\(name) must name 1 to 16 widths from 1 to 8192")
      }
    }
  }

  /// Clouds of a batch, one behind the other.
  public struct Clouds {
    /// Positions [R, 3].
    public var points: Tensor
    /// Distances [R].
    public var distances: Tensor
    /// Rows of each cloud; their sum is R and none is zero.
    public var counts: [Int]

    /// A batch of clouds of these sizes.
    public init(points: Tensor, distances: Tensor, counts: [Int]) {
      precondition(
        counts.reduce(0, +) == points.shape[0] && counts.allSatisfy { $0 > 0 },
        "clouds of \(counts) points in \(points.shape[0]) rows")
      (self.points, self.distances, self.counts) = (points, distances, counts)
    }

    /// Clouds of equally many points, [N, P, 3] and [N, P].
    public init(points: Tensor, distances: Tensor) {
      let (count, size) = (points.shape[0], points.shape[1])
      self.init(
        points: points.reshaped([count * size, 3]), distances: distances.reshaped([count * size]),
        counts: Array(repeating: size, count: count))
    }

    /// The same points with other distances [R].
    public func with(_ distances: Tensor) -> Clouds { Clouds(points: points, distances: distances, counts: counts) }
  }

  /// What it is made of.
  public let configuration: Configuration
  /// Layers for each point.
  public let point: [Linear]
  /// Layers for the cloud.
  public let cloud: [Linear]

  /// A network with random weights: PyTorch's, as published.
  public init(_ configuration: Configuration = .init(), generator: Generator) {
    self.configuration = configuration
    func layers(_ widths: [Int]) -> [Linear] {
      zip(widths, widths.dropFirst()).map { Linear(inputs: $0, outputs: $1, generator: generator) }
    }
    point = layers([4] + configuration.pointWidths)
    cloud = layers([configuration.pointWidths[configuration.pointWidths.count - 1]] + configuration.cloudWidths + [1])
  }

  /// Scores [N] of clouds.
  public func callAsFunction(_ clouds: Clouds, precision: Precision = .float32) -> Tensor {
    var features = Tensor.concatenated([clouds.points, clouds.distances.unsqueezed(1)], dim: 1)
    for (index, layer) in point.enumerated() {
      features = layer(features, precision: index == 0 ? .float32 : precision)
      if index < point.count - 1 { features = features.relu() }
    }
    var summary = Self.maxima(features, clouds.counts)
    for (index, layer) in cloud.enumerated() {
      summary = layer(summary)
      if index < cloud.count - 1 { summary = summary.relu() }
    }
    return summary.squeezed(1)
  }

  /// The largest value of each feature in each cloud, [N, F].
  private static func maxima(_ features: Tensor, _ counts: [Int]) -> Tensor {
    if counts.allSatisfy({ $0 == counts[0] }) {
      return features.reshaped([counts.count, counts[0], features.shape[1]]).max(dim: 1).values
    }
    var start = 0
    return Tensor.stacked(
      counts.map { count in
        defer { start += count }
        return features.narrowed(0, start, count).max(dim: 0).values
      })
  }
}
