import CMeshQueries

/// Signs by a vote of normals, as published: of the eleven points nearest to a query in a cloud that cameras scanned from
/// outside, each with the normal of its face on the camera's side, more than half must have the query behind them.
///
/// Here for comparison: where a surface is thin or bent, neighbours from elsewhere vote too.
///
/// *Reference*: mesh_to_sdf 0.0.15, sign method `normal`. Differs: pictures of 200 x 200 rays instead of 400 x 400
/// pixels; normals are not rounded to eight bits; distances are to the faces and not to the cloud.
struct NormalVote: InsideTest {
  private static let voterCount = 11
  private let cloud: PointCloudTree
  private let normals: [SIMD3<Float>]

  /// Scans a mesh.
  ///
  /// *Throws*: `MeshError.noMemory`, and `MeshError.nothingInSight` if no camera sees a face.
  init(_ faces: FaceTree, cameras: CameraSet, pictureSide: Int = 200) throws {
    let rays = try FaceRays(faces)
    var (points, normals): ([SIMD3<Float>], [SIMD3<Float>]) = ([], [])
    var hits = [UInt32](repeating: 0, count: pictureSide * pictureSide)
    var hitPoints = [Float](repeating: 0, count: 3 * hits.count)
    for var camera in cameras.cameras(for: faces) {
      if camera.half_extent.isInfinite { camera.half_extent = 1 }
      mq_scan(rays.rays, &camera, pictureSide, &hits, &hitPoints)
      let place = SIMD3(camera.position.0, camera.position.1, camera.position.2)
      for (pixel, face) in hits.enumerated() where face != .max {
        let point = SIMD3(hitPoints[3 * pixel], hitPoints[3 * pixel + 1], hitPoints[3 * pixel + 2])
        let normal = faces.normal(of: Int(face))
        points.append(point)
        normals.append(normal.dot(place - point) < 0 ? -normal : normal)
      }
    }
    guard !points.isEmpty else { throw MeshError.nothingInSight }
    (cloud, self.normals) = (try PointCloudTree(points), normals)
  }

  func margins(of block: QueryBlock, into margins: UnsafeMutablePointer<Float>) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: Self.voterCount) { voters in
      for index in 0..<block.count {
        let query = block.point(index)
        let count = cloud.nearest(to: query, into: voters)
        let votes = voters[..<count].count { (query - cloud.points[$0]).dot(normals[$0]) < 0 }
        margins[index] = (2 * Float(votes) - Float(count)) / Float(max(1, count))
      }
    }
  }
}
