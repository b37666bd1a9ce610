/// How far a shape is from a reference, with the protocol of the numbers.
///
/// *Units and frame*: those of the files, or of the normalised reference; the protocol says which.
public struct ShapeComparison: Sendable, Codable, Equatable {
  /// How the numbers came about.
  public var `protocol`: ComparisonProtocol
  /// Distances of the samples of the shape to the reference.
  public var toReference: DistanceSummary
  /// Distances of the samples of the reference to the shape.
  public var fromReference: DistanceSummary
  /// The Chamfer distance.
  public var chamfer: ChamferDistance
  /// The Chamfer distance of two independent samplings of the reference: what a perfect shape gets. Nil for clouds.
  public var chamferFloor: ChamferDistance?
  /// The Hausdorff distance of the samples.
  public var hausdorff: HausdorffDistance
  /// Agreement of the normals; nil for clouds.
  public var normalConsistency: NormalConsistency?
  /// Precision and recall at each threshold.
  public var fScores: [FScore]
  /// The overlap of the volumes; nil for clouds, if it was left out, or if no sample is inside either.
  public var overlap: VolumeOverlap?

  /// Compares a mesh with a reference.
  ///
  /// *Throws*: `MeshError`, `SurfaceSamplingError` or `ComparisonError` for meshes or options that cannot be used.
  public init(of mesh: Mesh, to reference: Mesh, options: ComparisonOptions = ComparisonOptions()) throws {
    try options.check()
    try mesh.validate()
    try reference.validate()
    let frame = try options.normalization.frame(of: reference)
    let own = try SampledSurface(frame.map { mesh.transformed(by: $0) } ?? mesh, options, role: 0)
    let other = try SampledSurface(frame.map { reference.transformed(by: $0) } ?? reference, options, role: 1)
    let there = try own.match(to: other, options)
    let back = try other.match(to: own, options)
    self.init(options, there.distances, back.distances, referenceDiagonal: other.diagonal)
    normalConsistency = NormalConsistency(
      toReference: NormalConsistency.agreement(own.normals, there.normals),
      fromReference: NormalConsistency.agreement(other.normals, back.normals))
    if options.target == .points {
      let again = try SampledSurface(other.mesh, options, role: 2)
      chamferFloor = ChamferDistance(between: again.tree, and: other.tree, threadCount: options.threadCount)
    }
    guard options.volumeSampleCount > 0 else { return }
    let estimate = try VolumeEstimate(own.mesh, other.mesh, options)
    overlap = estimate.overlap
    (`protocol`.meshSign, `protocol`.referenceSign) = (estimate.meshSign, estimate.referenceSign)
  }

  /// Compares a cloud of points with a reference cloud, point to point, as they are.
  ///
  /// *Throws*: `ComparisonError` if a cloud is empty or not finite.
  public init(
    of points: [SIMD3<Float>], to reference: [SIMD3<Float>], thresholds: [Double]? = nil, threadCount: Int? = nil
  ) throws {
    var options = ComparisonOptions()
    (options.thresholds, options.volumeSampleCount, options.threadCount) = (thresholds, 0, threadCount)
    try options.check()
    let (own, other) = (try PointCloudTree(points), try PointCloudTree(reference))
    let there = other.nearest(to: points, threadCount: threadCount).map(\.distance)
    let back = own.nearest(to: reference, threadCount: threadCount).map(\.distance)
    self.init(options, there, back, referenceDiagonal: Bounds(reference)?.diagonal ?? 0)
    `protocol`.seed = nil
  }

  /// What follows from distances alone.
  private init(_ options: ComparisonOptions, _ there: [Double], _ back: [Double], referenceDiagonal: Double) {
    (toReference, fromReference) = (DistanceSummary(there), DistanceSummary(back))
    chamfer = ChamferDistance(toReference, fromReference)
    hausdorff = HausdorffDistance(toReference, fromReference)
    `protocol` = ComparisonProtocol(
      options, sampleCounts: (there.count, back.count), referenceDiagonal: referenceDiagonal)
    fScores = `protocol`.thresholds.map { FScore(threshold: $0, there, back) }
  }
}
