/// What the renderer needs to know of the place where a ray meets a surface.
struct SurfacePoint {
  var position: SIMD3<Float>
  /// Where rays to lamps start: off the flat face, on the rounded surface that the normals suggest.
  var rayOrigin: SIMD3<Float>
  /// Unit shading normal towards the viewer.
  var normal: SIMD3<Float>
  /// Unit face normal towards the viewer.
  var faceNormal: SIMD3<Float>
  var albedo: SIMD3<Float>

  /// The point of a hit. `offset` is the distance that keeps rays from meeting the face that they start on;
  /// `footprint` the size of a pixel at the hit, in scene units.
  @inline(__always)
  init(_ hit: RayScene.Hit, on object: PreparedObject, along direction: SIMD3<Float>, offset: Float, footprint: Float) {
    let base = hit.face * 3
    let (a, b, c) = (object.corners[base], object.corners[base + 1], object.corners[base + 2])
    let weight = SIMD3(1 - hit.u - hit.v, hit.u, hit.v)
    position = a * weight.x + b * weight.y + c * weight.z
    var flat = CornerNormals.direction(hit.normal)
    if flat.dot(direction) > 0 { flat = -flat }
    faceNormal = flat
    normal = flat
    var lift = SIMD3<Float>.zero
    if let normals = object.normals {
      let (na, nb, nc) = (normals[base], normals[base + 1], normals[base + 2])
      let mean = na * weight.x + nb * weight.y + nc * weight.z
      let side: Float = mean.dot(flat) < 0 ? -1 : 1
      normal = Self.visible(mean * side, along: direction, fallback: flat)
      // Coarse meshes shade as if round but cast shadows as they are, which shows as dark teeth. Starting from the
      // point's projections onto the corners' tangent planes removes them (J. Hanika, Ray Tracing Gems II, chapter 4).
      lift =
        Self.rise(position - a, na * side) * weight.x + Self.rise(position - b, nb * side) * weight.y
        + Self.rise(position - c, nc * side) * weight.z
    }
    rayOrigin = position + lift + flat * offset
    if let colors = object.colors {
      albedo = colors[base] * weight.x + colors[base + 1] * weight.y + colors[base + 2] * weight.z
    } else {
      albedo = object.color
    }
    if let lines = object.gridLines { albedo *= lines.factor(at: position, normal: flat, footprint: footprint) }
  }

  @inline(__always) private static func rise(_ offset: SIMD3<Float>, _ normal: SIMD3<Float>) -> SIMD3<Float> {
    normal * -min(offset.dot(normal), 0)
  }

  /// A normal that faces the viewer, bent as little as needed.
  @inline(__always)
  private static func visible(
    _ normal: SIMD3<Float>, along direction: SIMD3<Float>, fallback: SIMD3<Float>
  ) -> SIMD3<Float> {
    let length = normal.length
    guard length > 1e-6 else { return fallback }
    let unit = normal / length
    let facing = -unit.dot(direction)
    guard facing < 0.01 else { return unit }
    return (unit - direction * (0.01 - facing)).normalized
  }
}
