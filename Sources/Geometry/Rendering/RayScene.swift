import CEmbree

/// The surfaces of a scene in Embree, ready to be asked by many threads at once.
///
/// `@unchecked Sendable`: Embree allows concurrent queries of a committed scene, and nothing changes it afterwards.
final class RayScene: @unchecked Sendable {
  /// What a ray meets first.
  struct Hit {
    var distance: Float
    var object: Int
    var face: Int
    /// Weights of the second and third corner.
    var u, v: Float
    /// Geometric normal, not of unit length.
    var normal: SIMD3<Float>
  }

  private let device: RTCDevice
  private let scene: RTCScene

  /// Builds the search tree over corner lists, [3 F] each.
  ///
  /// The tree is built by one thread: its shape decides which of two faces at the same distance is met, and so must not
  /// depend on the machine's load.
  init(_ objects: [UnsafeMutableBufferPointer<SIMD3<Float>>]) throws(PictureError) {
    guard let device = rtcNewDevice("threads=1") else {
      throw PictureError("The ray tracing library Embree could not start (error \(rtcGetDeviceError(nil).rawValue)).")
    }
    guard let scene = rtcNewScene(device) else {
      rtcReleaseDevice(device)
      throw PictureError("The ray tracing library Embree could not make a scene; free some memory.")
    }
    (self.device, self.scene) = (device, scene)
    // Robust: no ray slips through between two faces that share an edge.
    rtcSetSceneFlags(scene, RTC_SCENE_FLAG_ROBUST)
    for (index, corners) in objects.enumerated() where !corners.isEmpty {
      try Self.attach(corners, as: UInt32(index), to: scene, of: device)
    }
    rtcCommitScene(scene)
    let status = rtcGetDeviceError(device)
    guard status == RTC_ERROR_NONE else {
      throw PictureError("The ray tracing library Embree could not take the scene (error \(status.rawValue)).")
    }
  }

  deinit {
    rtcReleaseScene(scene)
    rtcReleaseDevice(device)
  }

  private static func attach(
    _ corners: UnsafeMutableBufferPointer<SIMD3<Float>>, as index: UInt32, to scene: RTCScene, of device: RTCDevice
  ) throws(PictureError) {
    let geometry = rtcNewGeometry(device, RTC_GEOMETRY_TYPE_TRIANGLE)
    defer { rtcReleaseGeometry(geometry) }
    let vertices = rtcSetNewGeometryBuffer(
      geometry, RTC_BUFFER_TYPE_VERTEX, 0, RTC_FORMAT_FLOAT3, MemoryLayout<SIMD3<Float>>.stride, corners.count)
    let faces = rtcSetNewGeometryBuffer(
      geometry, RTC_BUFFER_TYPE_INDEX, 0, RTC_FORMAT_UINT3, 3 * MemoryLayout<UInt32>.stride, corners.count / 3)
    guard let vertices, let faces, let source = corners.baseAddress else {
      throw PictureError("There is not enough memory to draw \(corners.count / 3) faces.")
    }
    vertices.copyMemory(from: source, byteCount: corners.count * MemoryLayout<SIMD3<Float>>.stride)
    let indices = faces.bindMemory(to: UInt32.self, capacity: corners.count)
    for corner in 0..<corners.count { indices[corner] = UInt32(corner) }
    rtcCommitGeometry(geometry)
    rtcAttachGeometryByID(scene, geometry, index)
  }

  /// The first hit along a ray of unit direction.
  @inline(__always) func firstHit(_ origin: SIMD3<Float>, _ direction: SIMD3<Float>) -> Hit? {
    var query = RTCRayHit()
    query.ray = Self.ray(origin, direction, near: 0, far: .infinity)
    guard formcast_intersect(scene, &query, true) else { return nil }
    return Hit(
      distance: query.ray.tfar, object: Int(query.hit.geomID), face: Int(query.hit.primID), u: query.hit.u,
      v: query.hit.v, normal: SIMD3(query.hit.Ng_x, query.hit.Ng_y, query.hit.Ng_z))
  }

  /// Whether anything lies on a ray within a distance.
  @inline(__always) func isBlocked(_ origin: SIMD3<Float>, _ direction: SIMD3<Float>, within far: Float) -> Bool {
    var query = Self.ray(origin, direction, near: 0, far: far)
    return formcast_occluded(scene, &query)
  }

  @inline(__always)
  private static func ray(_ origin: SIMD3<Float>, _ direction: SIMD3<Float>, near: Float, far: Float) -> RTCRay {
    RTCRay(
      org_x: origin.x, org_y: origin.y, org_z: origin.z, tnear: near, dir_x: direction.x, dir_y: direction.y,
      dir_z: direction.z, time: 0, tfar: far, mask: .max, id: 0, flags: 0)
  }
}
