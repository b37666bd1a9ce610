/// What must be known beside the figures of a set to get them again: shapes, clouds and distances.
public struct SetMetricsProtocol: Sendable, Codable, Equatable {
  /// Points of each cloud.
  public var pointCount: Int
  /// What each cloud was scaled by.
  public var normalization: CloudNormalization
  /// The number of generated and of real shapes.
  public var generatedCount, referenceCount: Int
  /// The seed of the shapes and of their points.
  public var seed: UInt64
  /// The level at which surfaces were taken from fields; nil if there were none.
  public var level: Double?
  /// Samples of a field along an axis; nil if there were none.
  public var resolution: Int?
  /// How far a cloud is from another.
  public var distance: CloudDistance
  /// What each number means.
  public var conventions = Self.conventions

  /// The definitions, by the names of the results.
  public static let conventions = [
    "chamferSquared": "mean squared distance both ways, added (Achlioptas 2018, DeepSDF)",
    "chamfer": "mean distance both ways, halved (Occupancy Networks)",
    "earthMover": "mean distance over the best one-to-one assignment, exactly",
    "sinkhorn": "mean distance of a transport with entropy, after a number of iterations",
    "coverage": "share of real shapes nearest to some generated one (COV)",
    "minimumMatchingDistance": "mean distance of the real shapes to their nearest generated one (MMD)",
    "nearestNeighborAccuracy": "share of shapes whose nearest other is of the same set; equally near: generated first",
    "occupancy": "Jensen-Shannon divergence of points on a grid, base 2 (JSD)",
    "intervals": "bootstrap over both sets, percentiles moved by the bias",
  ]

  /// The protocol of figures.
  public init(
    pointCount: Int, normalization: CloudNormalization, setCounts: (generated: Int, reference: Int), seed: UInt64,
    distance: CloudDistance
  ) {
    (self.pointCount, self.normalization, self.seed, self.distance) = (pointCount, normalization, seed, distance)
    (generatedCount, referenceCount) = (setCounts.generated, setCounts.reference)
  }
}
