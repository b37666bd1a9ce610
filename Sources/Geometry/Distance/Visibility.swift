import CMeshQueries

/// Signs by visibility: a point is outside if any camera sees it. Needs no orientation and closes what cannot be seen
/// from outside, hollow spaces too; a camera that sees in through a hole spoils what it sees.
///
/// *Reference*: the rule of DeepSDF (Park et al. 2019) and of mesh_to_sdf's `depth` signs. Differs: sight is a ray and not
/// a pixel of a depth picture, so there is no error of half a pixel; what lies outside the box of the mesh is outside,
/// also where no camera looks.
struct Visibility: InsideTest {
  private let rays: FaceRays
  private let bounds: Bounds
  private let cameras: [mq_camera]
  /// Seen by this many cameras, a point is surely outside; seen by fewer, it may be a glance through a crack.
  private static let enough: UInt32 = 2

  init(_ faces: FaceTree, cameras: CameraSet) throws {
    rays = try FaceRays(faces)
    (bounds, self.cameras) = (faces.bounds, cameras.cameras(for: faces))
  }

  func margins(of block: QueryBlock, into margins: UnsafeMutablePointer<Float>) {
    var views = [UInt32](repeating: 0, count: block.count)
    // What is nearer than this to a point lies on it, as far as single precision can tell.
    let touch = 1e-6 * bounds.extent.max()
    mq_count_views(
      rays.rays, block.points, block.count, cameras, cameras.count,
      min(Self.enough, UInt32(cameras.count)), touch, &views)
    for index in 0..<block.count {
      let point = block.point(index)
      let isBeyond = any((point .< bounds.lower) .| (point .> bounds.upper))
      if isBeyond || views[index] >= Self.enough {
        margins[index] = -1
      } else {
        margins[index] = views[index] == 0 ? 1 : cameras.count == 1 ? -1 : -0.25
      }
    }
  }
}
