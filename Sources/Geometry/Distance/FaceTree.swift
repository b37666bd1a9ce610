import CMeshQueries
import Foundation

/// The faces of a mesh, ready to be asked for nearest points and winding numbers, in a frame of their own: scaled by a
/// power of two so that they have about unit size, and moved along those axes only on which they lie far from the origin
/// (there numbers are so close to each other that their difference is exact). Both are exact for the mesh's own positions, so that no digit is lost and no size of mesh is too small or too large for Embree. Vertices
/// without a face do not count.
///
/// `@unchecked Sendable`: nothing changes after `init`, and the structures allow concurrent queries.
final class FaceTree: @unchecked Sendable {
  /// Number of faces.
  let faceCount: Int
  /// Nine numbers a face, in this frame.
  let corners: UnsafeMutablePointer<Float>
  /// The search structures.
  let tree: OpaquePointer
  /// Mesh units to units of this frame.
  let scale: Float
  private let origin: SIMD3<Float>
  /// Box of the mesh in this frame.
  let bounds: Bounds

  /// Builds the tree of a mesh that has been validated and has faces.
  ///
  /// *Throws*: `MeshError.noMemory`.
  init(_ mesh: Mesh) throws {
    guard let box = Self.box(of: mesh) else { throw MeshError.noFaces }
    (scale, origin) = Self.frame(of: box)
    let (origin, scale) = (origin, scale)
    func local(_ position: SIMD3<Float>) -> SIMD3<Float> { (position - origin) * scale }
    (faceCount, bounds) = (mesh.faces.count, Bounds(lower: local(box.lower), upper: local(box.upper)))
    corners = .allocate(capacity: 9 * mesh.faces.count)
    for (index, face) in mesh.faces.enumerated() {
      for corner in 0..<3 {
        let position = local(mesh.positions[Int(face[corner])])
        for axis in 0..<3 { corners[9 * index + 3 * corner + axis] = position[axis] }
      }
    }
    guard let tree = mq_tree_create(corners, faceCount) else {
      corners.deallocate()
      throw MeshError.noMemory(faces: mesh.faces.count)
    }
    self.tree = tree
  }

  deinit {
    mq_tree_free(tree)
    corners.deallocate()
  }

  private static func box(of mesh: Mesh) -> Bounds? {
    guard let first = mesh.faces.first else { return nil }
    var (lower, upper) = (mesh.positions[Int(first.x)], mesh.positions[Int(first.x)])
    for face in mesh.faces {
      for corner in 0..<3 {
        let position = mesh.positions[Int(face[corner])]
        (lower, upper) = (pointwiseMin(lower, position), pointwiseMax(upper, position))
      }
    }
    return Bounds(lower: lower, upper: upper)
  }

  private static func frame(of box: Bounds) -> (scale: Float, origin: SIMD3<Float>) {
    let (lower, upper) = (SIMD3<Double>(box.lower), SIMD3<Double>(box.upper))
    let size = (upper - lower).max()
    let exponent = size > 0 ? min(120, max(-120, -size.exponent)) : 0
    let center = lower + (upper - lower) / 2
    var origin = SIMD3<Float>.zero
    for axis in 0..<3 where abs(center[axis]) > 4 * size { origin[axis] = Float(center[axis]) }
    return (Float(sign: .plus, exponent: Int(exponent), significand: 1), origin)
  }

  /// A position of the mesh's frame in this one.
  @inline(__always) func local(_ position: SIMD3<Float>) -> SIMD3<Float> { (position - origin) * scale }

  /// A position of this frame in the mesh's.
  @inline(__always) func global(_ position: SIMD3<Float>) -> SIMD3<Float> { position / scale + origin }

  /// Unit normal of a face; zero for one without area.
  func normal(of face: Int) -> SIMD3<Float> {
    let c = corners + 9 * face
    let u = SIMD3<Double>(Double(c[3]) - Double(c[0]), Double(c[4]) - Double(c[1]), Double(c[5]) - Double(c[2]))
    let v = SIMD3<Double>(Double(c[6]) - Double(c[0]), Double(c[7]) - Double(c[1]), Double(c[8]) - Double(c[2]))
    let normal = cross(u, v)
    let length = (normal * normal).sum().squareRoot()
    return length > 0 ? SIMD3<Float>(normal / length) : .zero
  }
}

/// The faces of a `FaceTree` once more, ready to be hit by rays.
///
/// `@unchecked Sendable`: nothing changes after `init`, and Embree allows concurrent queries.
final class FaceRays: @unchecked Sendable {
  /// The search structure.
  let rays: OpaquePointer

  /// *Throws*: `MeshError.noMemory`.
  init(_ faces: FaceTree) throws {
    guard let rays = mq_rays_create(faces.corners, faces.faceCount) else {
      throw MeshError.noMemory(faces: faces.faceCount)
    }
    self.rays = rays
  }

  deinit { mq_rays_free(rays) }
}
