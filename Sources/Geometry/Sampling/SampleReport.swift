/// What is worth knowing about the samples of a mesh; equal samples have equal reports.
public struct SampleReport: Sendable, Codable, Equatable {
  /// A test of one of the published systems.
  public struct Verdict: Sendable, Codable, Equatable {
    /// What was tested.
    public var test: String
    /// What was found.
    public var value: Double
    /// What it is held against.
    public var limit: Double
    /// Whether the mesh passes.
    public var passed: Bool
  }

  /// How the points were drawn.
  public var plan: SamplePlan
  /// The seed of their random numbers.
  public var seed: UInt64
  /// How the mesh was normalised.
  public var normalization: MeshNormalization
  /// Points near the surface, the first rows.
  public var nearCount = 0
  /// Points of the region, the last rows.
  public var uniformCount = 0
  /// Points inside.
  public var insideCount = 0
  /// Share of the uniform points that are inside; nil without any.
  public var uniformInsideShare: Double?
  /// Share of all points whose sign is not sure.
  public var ambiguousShare = 0.0
  /// How inside and outside were told apart, and why so.
  public var sign: SignDecision
  /// Whether the distances fit together on a grid; nil if it was not asked.
  public var continuity: GridContinuity?
  /// The tests for bad meshes; none stops anything here.
  public var verdicts: [Verdict] = []

  /// The mesh passes all tests.
  public var isAccepted: Bool { verdicts.allSatisfy(\.passed) }

  /// The tests that the mesh does not pass, in words.
  public var objections: [String] {
    verdicts.filter { !$0.passed }.map { "\($0.test) is \(Self.rounded($0.value)), limit \(Self.rounded($0.limit))" }
  }

  init(_ plan: SamplePlan, seed: UInt64, normalization: MeshNormalization, sign: SignDecision) {
    (self.plan, self.seed, self.normalization, self.sign) = (plan, seed, normalization, sign)
  }

  private static func rounded(_ value: Double) -> Double { (value * 1e4).rounded() / 1e4 }

  /// Fills in what the distances say.
  mutating func count(_ distances: [Float], ambiguousCount: Int) {
    (nearCount, uniformCount) = (plan.nearCount, plan.uniformCount)
    insideCount = distances.count { $0 < 0 }
    ambiguousShare = Double(ambiguousCount) / Double(max(1, distances.count))
    guard uniformCount > 0 else { return }
    let share = Double(distances.suffix(uniformCount).count { $0 < 0 }) / Double(uniformCount)
    uniformInsideShare = share
    verdicts.append(
      Verdict(
        test: "share of uniform points inside", value: share, limit: plan.minimumInsideShare,
        passed: share >= plan.minimumInsideShare))
  }

  /// Adds a grid's verdict.
  mutating func judge(_ continuity: GridContinuity) {
    self.continuity = continuity
    verdicts.append(
      Verdict(
        test: "largest drop between neighbours of a \(continuity.side)^3 grid", value: continuity.largestDrop,
        limit: continuity.limit, passed: continuity.passes))
  }
}

/// Whether the distances of a grid over -1 to 1 fall no faster from sample to sample than distances can.
///
/// Where a sign is wrong, they jump. The published test looks at falling values only, so it misses every jump upward;
/// `jumpCount` counts both.
public struct GridContinuity: Sendable, Codable, Equatable {
  /// Samples along an axis.
  public var side: Int
  /// The largest difference from a sample to the next along an axis, the last plane of the other axes left out.
  public var largestDrop: Double
  /// What it must stay under: 2 / side * sqrt(3) * 1.1.
  public var limit: Double
  /// Pairs of neighbours that differ by more than their distance from each other and a thousandth.
  public var jumpCount: Int
  /// The published verdict.
  public var passes: Bool { largestDrop < limit }

  private enum CodingKeys: String, CodingKey { case side, largestDrop, limit, jumpCount }

  /// Looks at the values of a cubic grid that covers -1 to 1 in every direction, before any clipping.
  ///
  /// *Reference*: check_voxels of mesh_to_sdf (M. Kleineberg, 2020, MIT).
  public init(_ grid: ScalarGrid) {
    side = grid.shape.depth
    limit = 2 / Double(side) * 3.0.squareRoot() * 1.1
    let step = Float(2 / Double(max(2, side) - 1) * 1.001)
    let strides = SIMD3<Int>(side * side, side, 1)
    var drop = -Float.infinity
    var jumps = 0
    for i in 0..<side {
      for j in 0..<side {
        for k in 0..<side {
          let place = SIMD3<Int>(i, j, k)
          let index = (i * side + j) * side + k
          let isInner = place.max() < side - 1
          for axis in 0..<3 where place[axis] < side - 1 {
            let difference = grid.values[index] - grid.values[index + strides[axis]]
            if abs(difference) > step { jumps += 1 }
            if isInner { drop = max(drop, difference) }
          }
        }
      }
    }
    largestDrop = side > 1 ? Double(drop) : 0
    jumpCount = jumps
  }
}
