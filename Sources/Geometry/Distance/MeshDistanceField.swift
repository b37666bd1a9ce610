/// The exact signed distance of a triangle mesh.
///
/// *Units and frame*: those of the mesh. Distances are negative inside.
public final class MeshDistanceField: ScalarField {
  /// The mesh.
  public let mesh: Mesh
  /// Which method gives the signs.
  public let sign: SignDecision
  private let tree: NearestTree
  private let corners: [Float]

  /// Builds the search structures for a mesh.
  ///
  /// *Parameters*: `threadCount` bounds the threads of every query; results do not depend on it.
  /// *Throws*: `MeshError` for a mesh without faces or with broken ones.
  public init(_ mesh: Mesh, sign: SignMethod = .auto, threadCount: Int? = nil) throws {
    try mesh.validate()
    guard !mesh.faces.isEmpty else { throw MeshError.noFaces }
    self.mesh = mesh
    corners = mesh.faces.flatMap { face in
      (0..<3).flatMap { corner in
        let p = mesh.positions[Int(face[corner])]
        return [p.x, p.y, p.z]
      }
    }
    tree = try NearestTree(mesh)
    self.sign = SignDecision(method: .winding, reason: "winding number", margin: 1, ambiguousShare: 0)
  }

  /// Signed distances and gradients.
  public func samples(at points: [SIMD3<Float>], withGradients: Bool) -> FieldSamples {
    let result = query(points, wants: withGradients ? .gradients : [])
    return FieldSamples(distances: result.distances, gradients: withGradients ? result.gradients : nil)
  }

  /// Signed distances of points, and what else is wanted.
  public func query(_ points: [SIMD3<Float>], wants: MeshDistances.Wants = []) -> MeshDistances {
    var result = MeshDistances()
    let nearest = tree.nearest(points, corners)
    for (point, hit) in zip(points, nearest) {
      let (a, b, c) = mesh.corners(of: mesh.faces[Int(hit.face)])
      let closest = a + hit.u * (b - a) + hit.v * (c - a)
      let sign: Float = winding(at: point) > 0.5 ? -1 : 1
      let offset = point - closest
      let length = (offset * offset).sum().squareRoot()
      result.distances.append(sign * length)
      if wants.contains(.closestPoints) { result.closestPoints.append(closest) }
      if wants.contains(.faces) { result.faces.append(hit.face) }
      if wants.contains(.gradients) { result.gradients.append(length > 0 ? sign * offset / length : [0, 0, 1]) }
    }
    return result
  }

  private func winding(at point: SIMD3<Float>) -> Double {
    var sum = 0.0
    for face in mesh.faces {
      let (a, b, c) = mesh.corners(of: face)
      sum += Self.solidAngle(SIMD3<Double>(a - point), SIMD3<Double>(b - point), SIMD3<Double>(c - point))
    }
    return sum / (4 * .pi)
  }
}

import Foundation

extension MeshDistanceField {
  /// Signed solid angle of a triangle seen from the origin. *Reference*: Van Oosterom and Strackee 1983.
  static func solidAngle(_ a: SIMD3<Double>, _ b: SIMD3<Double>, _ c: SIMD3<Double>) -> Double {
    func length(_ v: SIMD3<Double>) -> Double { (v * v).sum().squareRoot() }
    func dot(_ v: SIMD3<Double>, _ w: SIMD3<Double>) -> Double { (v * w).sum() }
    let (la, lb, lc) = (length(a), length(b), length(c))
    let determinant = dot(a, cross(b, c))
    return 2 * atan2(determinant, la * lb * lc + dot(a, b) * lc + dot(b, c) * la + dot(c, a) * lb)
  }
}
