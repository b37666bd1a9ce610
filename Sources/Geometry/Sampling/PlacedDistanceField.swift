/// The signed distances of a mesh for points in any frame, answered in its unit sphere, where single precision is best used.
///
/// *Units and frame*: points, distances and nearest points are in the frame of the given normalisation.
public struct PlacedDistanceField: Sendable {
  /// The field in the unit sphere.
  public let field: MeshDistanceField
  /// From the frame of the points to that of `field`.
  public let placement: UnitFrame
  /// From the frame of the points to mesh units.
  public let toMesh: UnitFrame

  /// Most points that are asked for at once.
  private static let batchSize = 1 << 18

  /// Builds the search structures for a mesh.
  ///
  /// *Throws*: `SamplingError` and `MeshError` for a mesh that has no faces, no extent or is broken.
  public init(
    _ mesh: Mesh, _ normalization: MeshNormalization, sign: SignMethod = .auto, threadCount: Int? = nil
  ) throws {
    let sphere = try NormalizedMesh(mesh, .sphere)
    field = try MeshDistanceField(sphere.mesh, sign: sign, threadCount: threadCount)
    toMesh = try UnitFrame(of: mesh, normalization)
    placement = toMesh.relative(to: sphere.toMesh)
  }

  /// Signed distances of points, and what else is wanted; nan for a point that is not finite.
  ///
  /// *Parameters*: `progress` is told the number of points answered, after each batch.
  public func query(
    _ points: [SIMD3<Double>], wants: MeshDistances.Wants = [], progress: (Int) -> Void = { _ in }
  ) -> MeshDistances {
    var result = MeshDistances()
    for start in stride(from: 0, to: points.count, by: Self.batchSize) {
      let end = min(points.count, start + Self.batchSize)
      let answer = field.query(points[start..<end].map { SIMD3<Float>(placement.outer($0)) }, wants: wants)
      result.distances += answer.distances.map { Float(Double($0) / placement.unitLength) }
      result.closestPoints += answer.closestPoints.map { SIMD3<Float>(placement.inner(SIMD3<Double>($0))) }
      result.faces += answer.faces
      result.gradients += answer.gradients
      result.ambiguousCount += answer.ambiguousCount
      progress(end)
    }
    return result
  }
}
