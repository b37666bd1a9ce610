/// How far one cloud of points is from another.
public enum CloudDistance: Sendable, Codable, Equatable, CustomStringConvertible {
  /// Mean squared distance to the nearest point both ways, added.
  ///
  /// *Reference*: Achlioptas et al. 2018, arXiv:1707.02392; Park et al. 2019 (DeepSDF), arXiv:1901.05103.
  case chamferSquared
  /// Mean distance to the nearest point both ways, halved.
  ///
  /// *Reference*: Mescheder et al. 2019 (Occupancy Networks), arXiv:1812.03828: "Chamfer-L1".
  case chamfer
  /// Mean distance over the one-to-one assignment that has the least, exactly; for clouds with as many points.
  ///
  /// *Reference*: Rubner et al., "The earth mover's distance as a metric for image retrieval", 2000. The figures of many
  /// papers come from an auction that stops early, and are larger.
  case earthMover
  /// Mean distance of a transport whose entropy has the weight `epsilon`, in units of distance, after a number of
  /// iterations: an approximation of `earthMover`, commonly from above, for clouds of any size. A cloud is not at 0 from
  /// itself, and which cloud comes first matters a little until the iterations have converged.
  ///
  /// *Reference*: Cuturi 2013, arXiv:1306.0895.
  case sinkhorn(epsilon: Double, iterations: Int)

  /// The name, with what belongs to it.
  public var description: String {
    switch self {
    case .chamferSquared: "chamferSquared"
    case .chamfer: "chamfer"
    case .earthMover: "earthMover"
    case .sinkhorn(let epsilon, let iterations): "sinkhorn (epsilon \(epsilon), \(iterations) iterations)"
    }
  }

  /// Points of a cloud whose earth mover's distance is measured at most; it bounds memory, 1 GB for each thread.
  public static let largestAssignment = 16_384

  func check() throws {
    guard case .sinkhorn(let epsilon, let iterations) = self else { return }
    guard epsilon.isFinite, epsilon >= 1e-6 else {
      throw ComparisonError("epsilon of Sinkhorn's distance must be at least 1e-6, not \(epsilon)")
    }
    guard (1...1_000_000).contains(iterations) else {
      throw ComparisonError("Sinkhorn's iterations must be 1 to 1000000, not \(iterations)")
    }
  }
}
