import CEmbree
import CMeshQueries
import Foundation

/// The faces of a mesh in Embree's tree, in a frame of their own: scaled by a power of two so that the mesh has about
/// unit size, and moved to the origin only if it lies far from it. Both are exact for the mesh's own positions, so that no
/// digit is lost and no size of mesh is too small or too large for Embree.
///
/// `@unchecked Sendable`: Embree allows concurrent queries of a committed scene, and nothing changes it afterwards.
final class FaceTree: @unchecked Sendable {
  /// Number of faces.
  let faceCount: Int
  /// Nine numbers a face, in this frame.
  let corners: UnsafeMutablePointer<Float>
  /// A committed scene with one geometry.
  let scene: RTCScene
  private let device: RTCDevice
  /// Mesh units to units of this frame.
  let scale: Float
  private let origin: SIMD3<Float>
  /// Box of the mesh in this frame.
  let bounds: Bounds

  /// Builds the tree of a mesh that has been validated and has faces.
  ///
  /// *Throws*: `MeshError.noMemory`.
  init(_ mesh: Mesh) throws {
    guard let box = mesh.bounds else { throw MeshError.noFaces }
    (scale, origin) = Self.frame(of: box)
    (faceCount, bounds) = (
      mesh.faces.count, Bounds(lower: (box.lower - origin) * scale, upper: (box.upper - origin) * scale)
    )
    // One thread builds: the shape of the tree must not depend on the machine's load.
    guard let device = rtcNewDevice("threads=1") else { throw MeshError.noMemory(faces: faceCount) }
    guard let scene = rtcNewScene(device) else {
      rtcReleaseDevice(device)
      throw MeshError.noMemory(faces: faceCount)
    }
    (self.device, self.scene) = (device, scene)
    corners = .allocate(capacity: 9 * mesh.faces.count)
    for (index, face) in mesh.faces.enumerated() {
      for corner in 0..<3 {
        let position = (mesh.positions[Int(face[corner])] - origin) * scale
        for axis in 0..<3 { corners[9 * index + 3 * corner + axis] = position[axis] }
      }
    }
    try attach(mesh)
  }

  deinit {
    rtcReleaseScene(scene)
    rtcReleaseDevice(device)
    corners.deallocate()
  }

  private static func frame(of box: Bounds) -> (scale: Float, origin: SIMD3<Float>) {
    let (lower, upper) = (SIMD3<Double>(box.lower), SIMD3<Double>(box.upper))
    let size = (upper - lower).max()
    let exponent = size > 0 ? min(120, max(-120, -size.exponent)) : 0
    let center = lower + (upper - lower) / 2
    let isFar = (center * center).sum().squareRoot() > 4 * size
    return (Float(sign: .plus, exponent: Int(exponent), significand: 1), isFar ? SIMD3<Float>(center) : .zero)
  }

  /// Positions are given once a vertex and not once a corner: Embree joins what belongs together.
  private func attach(_ mesh: Mesh) throws {
    let geometry = rtcNewGeometry(device, RTC_GEOMETRY_TYPE_TRIANGLE)
    defer { rtcReleaseGeometry(geometry) }
    let vertices = rtcSetNewGeometryBuffer(
      geometry, RTC_BUFFER_TYPE_VERTEX, 0, RTC_FORMAT_FLOAT3, MemoryLayout<SIMD3<Float>>.stride, mesh.positions.count)
    let faces = rtcSetNewGeometryBuffer(
      geometry, RTC_BUFFER_TYPE_INDEX, 0, RTC_FORMAT_UINT3, 3 * MemoryLayout<UInt32>.stride, mesh.faces.count)
    guard let vertices, let faces else { throw MeshError.noMemory(faces: faceCount) }
    let positions = vertices.bindMemory(to: SIMD3<Float>.self, capacity: mesh.positions.count)
    for (index, position) in mesh.positions.enumerated() { positions[index] = local(position) }
    let indices = faces.bindMemory(to: UInt32.self, capacity: 3 * mesh.faces.count)
    for (index, face) in mesh.faces.enumerated() {
      for corner in 0..<3 { indices[3 * index + corner] = face[corner] }
    }
    rtcCommitGeometry(geometry)
    rtcAttachGeometry(scene, geometry)
    // Robust: no ray slips through between two faces. Filters: rays that count what they pass.
    rtcSetSceneFlags(
      scene, RTCSceneFlags(RTC_SCENE_FLAG_ROBUST.rawValue | RTC_SCENE_FLAG_CONTEXT_FILTER_FUNCTION.rawValue))
    rtcCommitScene(scene)
    guard rtcGetDeviceError(device) == RTC_ERROR_NONE else { throw MeshError.noMemory(faces: faceCount) }
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
