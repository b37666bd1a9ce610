import Foundation

/// The lamps of a picture, placed relative to the viewer: a warm key light, a cool fill light and light from all around.
struct Lighting: Sendable {
  let key, fill, up: SIMD3<Float>
  /// Two unit vectors across the key light, for the extent of the lamp.
  private let keySide, keyRise: SIMD3<Float>

  private static let keyColor = SIMD3<Float>(1.02, 0.985, 0.93) * 0.86
  private static let fillColor = SIMD3<Float>(0.90, 0.96, 1.06) * 0.13
  private static let skyColor = SIMD3<Float>(0.97, 1.0, 1.05) * 0.36
  private static let floorColor = SIMD3<Float>(1.04, 1.0, 0.95) * 0.15
  /// Radius of the lamp over its distance.
  private static let keyRadius: Float = 0.14

  /// Lamps for a camera in a scene with the given up axis.
  init(_ camera: Camera, upAxis: UpAxis) {
    up = upAxis.up
    // Towards the viewer along the ground; well defined even from straight above, where `forward` has no such part.
    let near = camera.right.cross(up)
    key = (camera.right * -0.72 + up * 1.0 + near * 0.48).normalized
    fill = (camera.right * 0.85 + up * 0.25 + near * 0.55).normalized
    (keySide, keyRise) = Self.frame(around: key)
  }

  /// A direction to a point of the lamp; `place` is in the unit disk, zero is the middle.
  @inline(__always) func keyDirection(_ place: SIMD2<Float>) -> SIMD3<Float> {
    (key + (keySide * place.x + keyRise * place.y) * Self.keyRadius).normalized
  }

  /// Light that leaves a surface towards the viewer: what the key light gives where nothing blocks it, and the rest.
  @inline(__always)
  func shade(
    albedo: SIMD3<Float>, normal: SIMD3<Float>, toViewer: SIMD3<Float>
  ) -> (direct: SIMD3<Float>, ambient: SIMD3<Float>) {
    let facing = max(normal.dot(key), 0)
    let viewing = max(normal.dot(toViewer), 0)
    let sky = Self.floorColor + (Self.skyColor - Self.floorColor) * (0.5 + 0.5 * normal.dot(up))
    let filling = 0.5 + 0.5 * normal.dot(fill)
    // Outlines darken a little, which sets light surfaces off from a white page.
    let edge = 1 - viewing
    let outline = 1 - 0.40 * edge * edge * edge
    let half = (key + toViewer).normalized
    let shine = max(normal.dot(half), 0)
    let gloss = facing > 0 ? 0.07 * power32(shine) * min(facing * 4, 1) : 0
    let direct = (albedo * facing * outline + SIMD3(repeating: gloss)) * Self.keyColor
    let ambient = albedo * (sky + Self.fillColor * (filling * filling)) * outline
    return (direct, ambient)
  }

  /// Two unit vectors that are orthogonal to a unit vector and to each other.
  ///
  /// *Reference*: T. Duff et al., Building an orthonormal basis, revisited, JCGT 6(1), 2017.
  @inline(__always) static func frame(around normal: SIMD3<Float>) -> (SIMD3<Float>, SIMD3<Float>) {
    let sign: Float = normal.z >= 0 ? 1 : -1
    let a = -1 / (sign + normal.z)
    let b = normal.x * normal.y * a
    return (
      SIMD3(1 + sign * normal.x * normal.x * a, sign * b, -sign * normal.x),
      SIMD3(b, sign + normal.y * normal.y * a, -normal.y)
    )
  }

  /// Rolls highlights off softly instead of cutting them.
  @inline(__always) static func tone(_ light: SIMD3<Float>) -> SIMD3<Float> {
    SIMD3(shoulder(light.x), shoulder(light.y), shoulder(light.z))
  }

  @inline(__always) private static func shoulder(_ value: Float) -> Float {
    let knee: Float = 0.7
    guard value > knee else { return value }
    let over = (value - knee) / (1 - knee)
    return knee + (1 - knee) * over / (1 + over)
  }

  @inline(__always) private func power32(_ value: Float) -> Float {
    let two = value * value
    let four = two * two
    let eight = four * four
    let sixteen = eight * eight
    return sixteen * sixteen
  }
}
