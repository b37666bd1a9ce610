import CMeshQueries
import Foundation

/// The exact signed distance of a triangle mesh, negative inside.
///
/// The size of the distance is that to the nearest face, found through Embree's tree. Faces are compared in single
/// precision, sixteen at a time, and the distance to the one that is chosen is computed in double precision: the result is
/// never too small, and too large by at most some 1e-7 of the size of the mesh, where faces are equally near but for that.
/// The sign comes from one of four methods (`SignMethod`).
///
/// Queries are brought into spatial order, done in blocks by several threads and given back in their own order; the
/// result does not depend on the number of threads.
///
/// *Units and frame*: those of the mesh.
/// *Limits*: a query that is not finite has the distance nan.
public final class MeshDistanceField: ScalarField {
  /// How a field is made.
  public struct Options: Sendable {
    /// How inside and outside are told apart.
    public var sign = SignMethod.auto
    /// Cameras of the visibility signs and of the scans of the normal vote.
    public var cameras = CameraSet.published()
    /// Greatest number of threads; nil for all processors.
    public var threadCount: Int?

    /// The given sign method, and all else as usual.
    public init(sign: SignMethod = .auto) { self.sign = sign }
  }

  /// The mesh.
  public let mesh: Mesh
  /// The mesh as winding numbers see it: with faces turned to agree, if they did not and that was asked for.
  public let orientedMesh: Mesh
  /// Which method gives the signs, and how sure it is.
  public let sign: SignDecision
  private let faces: FaceTree
  private let test: any InsideTest
  private let threadCount: Int

  /// Builds the search structures for a mesh.
  ///
  /// *Throws*: `MeshError` for a mesh without faces or with broken ones, and where memory ends.
  public convenience init(_ mesh: Mesh, sign: SignMethod = .auto, threadCount: Int? = nil) throws {
    var options = Options(sign: sign)
    options.threadCount = threadCount
    try self.init(mesh, options: options)
  }

  /// Builds the search structures for a mesh.
  ///
  /// *Throws*: `MeshError` for a mesh without faces or with broken ones, and where memory ends.
  public init(_ mesh: Mesh, options: Options) throws {
    try mesh.validate()
    guard !mesh.faces.isEmpty else { throw MeshError.noFaces }
    self.mesh = mesh
    threadCount = max(1, options.threadCount ?? ProcessInfo.processInfo.activeProcessorCount)
    let choice = SignChoice(mesh, options)
    orientedMesh = choice.mesh
    faces = try FaceTree(orientedMesh)
    (test, sign) = try choice.made(faces)
  }

  /// A distance changes by at most as much as the point moves. Where the surface is open its sign may jump; sparse
  /// extraction follows such a jump from the border of the hole, as part of the surface.
  public var slopeBound: Float? { 1 }

  /// Signed distances and gradients.
  public func samples(at points: [SIMD3<Float>], withGradients: Bool) -> FieldSamples {
    let result = query(points, wants: withGradients ? .gradients : [])
    return FieldSamples(distances: result.distances, gradients: withGradients ? result.gradients : nil)
  }

  /// Signed distances of points, and what else is wanted.
  public func query(_ points: [SIMD3<Float>], wants: MeshDistances.Wants = []) -> MeshDistances {
    let pass = QueryPass(points, wants, faces, test)
    // More queries than this are ordered and done one part after the other, so that the order fits into the cache.
    let partSize = 1 << 20
    for begin in stride(from: 0, to: points.count, by: partSize) {
      pass.run(begin..<min(points.count, begin + partSize), threadCount: threadCount)
    }
    return pass.result
  }

  /// The nearest points of the surface alone, without signs: distances are never negative.
  public func unsignedQuery(_ points: [SIMD3<Float>], wants: MeshDistances.Wants = []) -> MeshDistances {
    let pass = QueryPass(points, wants, faces, nil)
    pass.run(0..<points.count, threadCount: threadCount)
    return pass.result
  }
}
