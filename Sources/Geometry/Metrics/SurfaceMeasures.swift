/// Distances of the samples of one shape to another.
public struct DistanceSummary: Sendable, Codable, Equatable {
  /// Mean distance.
  public var mean: Double
  /// Mean of the squared distances.
  public var meanSquare: Double
  /// The distance that half of the samples keep.
  public var median: Double
  /// The largest distance: the one-sided Hausdorff distance, from below, because only samples are looked at.
  public var maximum: Double

  /// The summary of distances; traps if there are none.
  public init(_ distances: [Double]) {
    precondition(!distances.isEmpty, "no distances to summarize")
    let count = Double(distances.count)
    mean = distances.reduce(0, +) / count
    meanSquare = distances.reduce(0) { $0 + $1 * $1 } / count
    let sorted = distances.sorted()
    median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    maximum = sorted[sorted.count - 1]
  }
}

/// The Chamfer distance in the conventions that are in use.
public struct ChamferDistance: Sendable, Codable, Equatable {
  /// Mean squared distance one way plus mean squared distance the other way.
  ///
  /// *Reference*: Achlioptas et al. 2018, arXiv:1707.02392; Park et al. 2019 (DeepSDF), arXiv:1901.05103.
  public var squared: Double
  /// Half the sum of the mean distances both ways.
  ///
  /// *Reference*: Mescheder et al. 2019 (Occupancy Networks), arXiv:1812.03828: "Chamfer-L1".
  public var l1: Double
  /// The sum of the mean distances both ways: twice `l1`.
  public var l1Sum: Double

  /// From the distances both ways.
  public init(_ first: DistanceSummary, _ second: DistanceSummary) {
    squared = first.meanSquare + second.meanSquare
    l1Sum = first.mean + second.mean
    l1 = l1Sum / 2
  }

  /// Between two clouds, point to point.
  public init(between first: PointCloudTree, and second: PointCloudTree, threadCount: Int? = nil) {
    let there = second.nearest(to: first.points, threadCount: threadCount).map(\.distance)
    let back = first.nearest(to: second.points, threadCount: threadCount).map(\.distance)
    self.init(DistanceSummary(there), DistanceSummary(back))
  }
}

/// The Hausdorff distance of samples: never more than that of the surfaces.
public struct HausdorffDistance: Sendable, Codable, Equatable {
  /// The largest distance of a sample of the shape to the reference.
  public var toReference: Double
  /// The largest distance of a sample of the reference to the shape.
  public var fromReference: Double
  /// The larger of both.
  public var symmetric: Double

  init(_ there: DistanceSummary, _ back: DistanceSummary) {
    (toReference, fromReference) = (there.maximum, back.maximum)
    symmetric = max(there.maximum, back.maximum)
  }
}

/// How well normals agree with those of the nearest places of the other shape: 1 is parallel.
public struct NormalConsistency: Sendable, Codable, Equatable {
  /// Mean |n . n'| over the samples of the shape.
  public var toReference: Double
  /// Mean |n . n'| over the samples of the reference.
  public var fromReference: Double
  /// The mean of both.
  public var mean: Double

  init(toReference: Double, fromReference: Double) {
    (self.toReference, self.fromReference) = (toReference, fromReference)
    mean = (toReference + fromReference) / 2
  }

  /// The mean cosine of the angle between lines along two lists of unit vectors.
  static func agreement(_ first: [SIMD3<Float>], _ second: [SIMD3<Float>]) -> Double {
    let sum = zip(first, second).reduce(0.0) { sum, pair in
      sum + abs((SIMD3<Double>(pair.0) * SIMD3<Double>(pair.1)).sum())
    }
    return sum / Double(max(first.count, 1))
  }
}

/// How many samples lie within a distance of the other shape.
///
/// *Reference*: Knapitsch et al. 2017 (Tanks and Temples), doi:10.1145/3072959.3073599.
public struct FScore: Sendable, Codable, Equatable {
  /// The distance; samples count if they are nearer than this.
  public var threshold: Double
  /// Share of the samples of the shape that are near the reference.
  public var precision: Double
  /// Share of the samples of the reference that are near the shape.
  public var recall: Double
  /// The harmonic mean of both.
  public var fScore: Double

  init(threshold: Double, _ there: [Double], _ back: [Double]) {
    self.threshold = threshold
    precision = Double(there.count { $0 < threshold }) / Double(max(there.count, 1))
    recall = Double(back.count { $0 < threshold }) / Double(max(back.count, 1))
    fScore = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
  }
}

/// The overlap of two solids, estimated by random points.
public struct VolumeOverlap: Sendable, Codable, Equatable {
  /// Volume inside both over volume inside either.
  public var iou: Double
  /// Standard error of `iou`.
  public var standardError: Double
  /// Points in the joint box, points inside both and points inside at least one.
  public var sampleCount, insideBoth, insideEither: Int
  /// Points whose sign a method is not sure of.
  public var ambiguousCount: Int

  /// Nil if no point is inside either.
  init?(sampleCount: Int, insideBoth: Int, insideEither: Int, ambiguousCount: Int) {
    guard insideEither > 0 else { return nil }
    (self.sampleCount, self.insideBoth, self.insideEither) = (sampleCount, insideBoth, insideEither)
    self.ambiguousCount = ambiguousCount
    // Of the points inside either, the number inside both is binomial.
    iou = Double(insideBoth) / Double(insideEither)
    standardError = (iou * (1 - iou) / Double(insideEither)).squareRoot()
  }
}
