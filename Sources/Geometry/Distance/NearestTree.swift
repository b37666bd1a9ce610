import CEmbree
import CMeshQueries

/// The faces of a mesh in Embree's tree, for nearest points.
///
/// `@unchecked Sendable`: Embree allows concurrent queries of a committed scene, and nothing changes it afterwards.
final class NearestTree: @unchecked Sendable {
  private let scene: RTCScene
  private let device: RTCDevice

  init(_ mesh: Mesh) throws {
    device = rtcNewDevice("threads=1")
    scene = rtcNewScene(device)
    let geometry = rtcNewGeometry(device, RTC_GEOMETRY_TYPE_TRIANGLE)
    defer { rtcReleaseGeometry(geometry) }
    let vertices = rtcSetNewGeometryBuffer(
      geometry, RTC_BUFFER_TYPE_VERTEX, 0, RTC_FORMAT_FLOAT3, MemoryLayout<SIMD3<Float>>.stride, mesh.positions.count)
    let faces = rtcSetNewGeometryBuffer(
      geometry, RTC_BUFFER_TYPE_INDEX, 0, RTC_FORMAT_UINT3, 12, mesh.faces.count)
    mesh.positions.withUnsafeBytes { vertices?.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    let indices = faces!.bindMemory(to: UInt32.self, capacity: 3 * mesh.faces.count)
    for (index, face) in mesh.faces.enumerated() {
      for corner in 0..<3 { indices[3 * index + corner] = face[corner] }
    }
    rtcCommitGeometry(geometry)
    rtcAttachGeometry(scene, geometry)
    rtcCommitScene(scene)
  }

  deinit {
    rtcReleaseScene(scene)
    rtcReleaseDevice(device)
  }

  func nearest(_ points: [SIMD3<Float>], _ corners: [Float]) -> [mq_nearest] {
    let flat = points.flatMap { [$0.x, $0.y, $0.z] }
    return [mq_nearest](unsafeUninitializedCapacity: points.count) { buffer, count in
      mq_nearest_points(UnsafeMutableRawPointer(scene), corners, flat, points.count, buffer.baseAddress)
      count = points.count
    }
  }
}
