/// Points with their signed distances, as shapes are learned from.
///
/// *Units and frame*: the frame that `transform` leads back from.
public struct SampleSet: Sendable, Equatable {
  /// The points, [P]: near the surface first, then uniform.
  public var points: [SIMD3<Float>] = []
  /// Their signed distances, [P].
  public var distances: [Float] = []
  /// Row i is near the surface point that is nearest to point i; empty unless the plan pairs.
  public var pairedPoints: [SIMD3<Float>] = []
  /// Signed distances of the paired points.
  public var pairedDistances: [Float] = []
  /// From the frame of the points to the units of the mesh; distances scale with its `unitLength`.
  public var transform: UnitFrame
  /// How they came about.
  public var report: SampleReport

  /// A set of samples.
  public init(
    points: [SIMD3<Float>] = [], distances: [Float] = [], pairedPoints: [SIMD3<Float>] = [],
    pairedDistances: [Float] = [], transform: UnitFrame, report: SampleReport
  ) {
    (self.points, self.distances) = (points, distances)
    (self.pairedPoints, self.pairedDistances) = (pairedPoints, pairedDistances)
    (self.transform, self.report) = (transform, report)
  }
}

/// Draws points round a mesh by a plan and finds their signed distances.
///
/// The result depends on mesh, plan and seed alone, not on the number of threads.
public struct SignedDistanceSampler: Sendable {
  /// How many points are drawn where.
  public var plan: SamplePlan
  /// The frame of the points. If it is `none` they are drawn as for the sphere and then brought to mesh units.
  public var normalization: MeshNormalization
  /// How inside and outside are told apart.
  public var sign = SignMethod.auto
  /// The seed of all random numbers.
  public var seed: UInt64
  /// Bounds the threads; nil takes all.
  public var threadCount: Int?
  /// The side of the grid on which the distances are tested for jumps; nil for no test.
  public var continuitySide: Int?

  /// Most points that are asked for at once.
  private static let batchSize = 1 << 18

  /// A sampler.
  public init(_ plan: SamplePlan, normalization: MeshNormalization = .sphere, seed: UInt64 = 1) {
    (self.plan, self.normalization, self.seed) = (plan, normalization, seed)
  }

  /// Samples a mesh.
  ///
  /// *Throws*: `SamplingError`, `MeshError` or `SurfaceSamplingError` for a mesh or a plan that cannot be sampled.
  public func samples(of mesh: Mesh) throws -> SampleSet {
    try plan.validate()
    let normalized = try NormalizedMesh(mesh, normalization, margin: plan.margin)
    let field = try MeshDistanceField(normalized.mesh, sign: sign, threadCount: threadCount)
    return try samples(of: field, in: normalized)
  }

  /// Samples a mesh whose search structures are there already; `willContinue` is asked between batches and ends the work
  /// with an error of its own.
  public func samples(
    of field: MeshDistanceField, in normalized: NormalizedMesh, willContinue: () throws -> Void = {}
  ) throws -> SampleSet {
    try plan.validate()
    var report = SampleReport(plan, seed: seed, normalization: normalization, sign: field.sign)
    var set = SampleSet(transform: normalized.toMesh, report: report)
    set.points = try draw(on: normalized)
    let found = try distances(of: set.points, field, wantsClosest: plan.pairedDeviation != nil, willContinue)
    set.distances = found.distances
    var ambiguousCount = found.ambiguousCount
    report.count(set.distances, ambiguousCount: ambiguousCount)
    if let deviation = plan.pairedDeviation {
      set.pairedPoints = partners(of: found.closestPoints, deviation * normalized.unit.unitLength)
      let paired = try distances(of: set.pairedPoints, field, wantsClosest: false, willContinue)
      set.pairedDistances = paired.distances
      ambiguousCount += paired.ambiguousCount
      report.ambiguousShare = Double(ambiguousCount) / Double(2 * max(1, set.points.count))
    }
    if let side = continuitySide {
      let grid = try DistanceGridSampler(side: side, placement: normalized.unit).sample(field) { _ in try willContinue()
      }
      report.judge(GridContinuity(grid.grid))
    }
    set.report = report
    return set
  }

  /// Samples a solid of the unit frame whose field gives true distances, so that every sign is sure; `surface` says where
  /// points near it are drawn.
  ///
  /// *Throws*: `SamplingError`, `MeshError` or `SurfaceSamplingError` for a surface or a plan that cannot be sampled, and
  /// what the field throws.
  public func samples(ofExact field: some ScalarField, surface: Mesh) throws -> SampleSet {
    try plan.validate()
    let sign = SignDecision(
      method: .winding, reason: "exact distances of the solid itself", margin: 1, ambiguousShare: 0)
    var set = SampleSet(
      transform: .identity, report: SampleReport(plan, seed: seed, normalization: normalization, sign: sign))
    set.points = try draw(on: NormalizedMesh(inUnitFrame: surface))
    let wantsClosest = plan.pairedDeviation != nil
    let found = try field.samples(at: set.points, withGradients: wantsClosest)
    set.distances = found.distances
    set.report.count(set.distances, ambiguousCount: 0)
    if let deviation = plan.pairedDeviation, let gradients = found.gradients {
      // Against the gradient and as far as the distance: the nearest point of the surface.
      let closest = set.points.indices.map { set.points[$0] - set.distances[$0] * gradients[$0] }
      set.pairedPoints = partners(of: closest, deviation)
      set.pairedDistances = try field.samples(at: set.pairedPoints, withGradients: false).distances
    }
    return set
  }

  /// All points of the plan, in the frame of the mesh.
  private func draw(on normalized: NormalizedMesh) throws -> [SIMD3<Float>] {
    let drawing = PointDrawing(seed: seed, threadCount: threadCount)
    var points: [SIMD3<Float>] = []
    points.reserveCapacity(plan.count)
    if plan.originCount > 0 {
      let origins = try SurfaceSampler(normalized.mesh).points(
        count: plan.originCount, seed: seed, threadCount: threadCount)
      let noise = drawing.normals(count: plan.nearCount, .noise)
      for (round, deviation) in plan.deviations.enumerated() {
        let scale = deviation * normalized.unit.unitLength
        for (index, origin) in origins.enumerated() {
          let moved = SIMD3<Double>(origin.position) + scale * noise[round * origins.count + index]
          points.append(SIMD3<Float>(moved))
        }
      }
    }
    for point in drawing.points(count: plan.uniformCount, region: plan.region, radius: plan.radius) {
      points.append(SIMD3<Float>(normalized.unit.outer(point)))
    }
    return points
  }

  /// Surface points with noise.
  private func partners(of closest: [SIMD3<Float>], _ deviation: Double) -> [SIMD3<Float>] {
    let noise = PointDrawing(seed: seed, threadCount: threadCount).normals(count: closest.count, .partners)
    return zip(closest, noise).map { SIMD3<Float>(SIMD3<Double>($0) + deviation * $1) }
  }

  private func distances(
    of points: [SIMD3<Float>], _ field: MeshDistanceField, wantsClosest: Bool, _ willContinue: () throws -> Void
  ) throws -> MeshDistances {
    var result = MeshDistances()
    for start in stride(from: 0, to: points.count, by: Self.batchSize) {
      try willContinue()
      let batch = Array(points[start..<min(points.count, start + Self.batchSize)])
      let answer = field.query(batch, wants: wantsClosest ? .closestPoints : [])
      result.distances += answer.distances
      result.closestPoints += answer.closestPoints
      result.ambiguousCount += answer.ambiguousCount
    }
    return result
  }
}
