import CMeshQueries

/// Signs by the parity of the faces that a ray passes: a vote of three rays in directions that no grid and no model made
/// by hand has. Exact for closed meshes without faces inside; a hole spoils the rays through it.
struct RayParity: InsideTest {
  private static let directions: [[Float]] = [
    [0.5773, 0.6141, 0.5383], [-0.7213, 0.3307, 0.6086], [0.2141, -0.8821, 0.4196],
  ]
  private let rays: FaceRays

  init(_ faces: FaceTree) throws { rays = try FaceRays(faces) }

  func margins(of block: QueryBlock, into margins: UnsafeMutablePointer<Float>) {
    for index in 0..<block.count { margins[index] = 0 }
    var crossings = [UInt32](repeating: 0, count: block.count)
    for direction in Self.directions {
      mq_count_crossings(rays.rays, block.points, block.count, direction, &crossings)
      for index in 0..<block.count {
        margins[index] += (crossings[index] & 1 == 1 ? 1 : -1) / Float(Self.directions.count)
      }
    }
  }
}
