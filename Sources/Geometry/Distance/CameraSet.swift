import CMeshQueries
import Foundation

/// Cameras round a mesh, all looking at its middle.
public struct CameraSet: Sendable, Equatable, Codable {
  /// Where the cameras are, in mesh units; nil for the published set.
  public var positions: [[Float]]?
  /// Number of cameras of the published set.
  public var count = 100

  /// The published set: directions along a golden-angle spiral, at twice the radius of the bounding sphere (1.1 times the
  /// farthest vertex), with a field of view of 60 degrees, in which the sphere exactly fits.
  ///
  /// *Reference*: mesh_to_sdf 0.0.15, `get_equidistant_camera_angles` (facts of its behaviour only).
  public static func published(count: Int = 100) -> CameraSet {
    var set = CameraSet()
    set.count = count
    return set
  }

  /// Cameras at given places that see in all directions, for example inside a room.
  public static func at(_ positions: [SIMD3<Float>]) -> CameraSet {
    var set = CameraSet()
    set.positions = positions.map { [$0.x, $0.y, $0.z] }
    return set
  }

  private init() {}

  /// The cameras in the frame of a tree.
  func cameras(for faces: FaceTree) -> [mq_camera] {
    if let positions {
      return positions.map { position in
        let place = faces.local(SIMD3(position[0], position[1], position[2]))
        return Self.camera(at: place, lookingAt: faces.bounds.center, halfExtent: .infinity)
      }
    }
    let center = faces.bounds.center
    let radius = 1.1 * Self.radius(of: faces, around: center)
    return (0..<count).map { index in
      let longitude = Double(index) * .pi * (3 - 5.0.squareRoot())
      let latitude = asin(count > 1 ? -1 + 2 * Double(index) / Double(count - 1) : 0)
      let direction = SIMD3<Double>(cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude))
      let place = center + 2 * radius * SIMD3<Float>(direction)
      return Self.camera(at: place, lookingAt: center, halfExtent: Float(tan(Double.pi / 6)))
    }
  }

  private static func radius(of faces: FaceTree, around center: SIMD3<Float>) -> Float {
    var squared: Float = 0
    for corner in 0..<(3 * faces.faceCount) {
      let c = faces.corners + 3 * corner
      let offset = SIMD3(c[0], c[1], c[2]) - center
      squared = max(squared, (offset * offset).sum())
    }
    return squared.squareRoot()
  }

  private static func camera(
    at place: SIMD3<Float>, lookingAt target: SIMD3<Float>, halfExtent: Float
  ) -> mq_camera {
    let offset = target - place
    let forward = offset.length > 0 ? offset.normalized : SIMD3<Float>(0, 0, 1)
    let helper: SIMD3<Float> = abs(forward.z) < 0.9 ? [0, 0, 1] : [0, 1, 0]
    let right = forward.cross(helper).normalized
    let up = right.cross(forward)
    return mq_camera(
      position: (place.x, place.y, place.z), forward: (forward.x, forward.y, forward.z),
      right: (right.x, right.y, right.z), up: (up.x, up.y, up.z), half_extent: halfExtent)
  }
}
