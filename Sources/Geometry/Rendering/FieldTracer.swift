import Foundation

/// Draws a field without making a mesh of it, by walking along a ray for every sample of the picture: what is seen is the
/// field itself at the picture's resolution.
///
/// The picture is framed by the surface's bounds on a coarse grid, as that of its mesh would be. Rays walk within these
/// bounds and a little beyond.
///
/// *Reference*: the ray marcher of Kleineberg et al. 2020, arXiv:2002.00349: steps of at most 0.02, a hit within 0.0005,
/// two by two samples, a hard shadow, light of 0.5 ambient, 0.5 diffuse, 0.3 highlight (power 20) and 0.3 rim (power 4).
/// Differs: crossed surfaces are found by bisection, and fields that promise true distances take their full steps.
///
/// *Limits*: a part that is thinner than a cell of 1/64 of the region and stands apart from all others can be missed, and
/// where a network is far from a distance, rays may leap over parts thinner than the longest step.
public struct FieldTracer: Sendable {
  /// How it is drawn.
  public let options: FieldTraceOptions
  /// Which axis points up.
  public let upAxis: UpAxis
  /// What the surface fills, found on a coarse grid.
  public let bounds: Bounds
  private let field: any ScalarField

  /// Samples along every axis of the coarse grid.
  private static let coarseResolution = 64
  /// Samples that are drawn together.
  private static let tileSize = 1 << 17
  /// Hit distances by which rays start off a surface.
  private static let liftFactor: Float = 10

  /// Looks where the surface of a field is.
  ///
  /// *Throws*: `PictureError` if the level is nowhere crossed, saying what the values are, and what the field throws.
  public init(_ field: some ScalarField, upAxis: UpAxis = .y, options: FieldTraceOptions) throws {
    try options.validate()
    let region = options.region
    let spacing = SIMD3<Double>(region.extent) / Double(Self.coarseResolution - 1)
    let extraction = SparseSurfaceExtraction(
      SurfaceExtraction(level: options.level, inside: .below), shape: .init(cube: Self.coarseResolution),
      frame: GridFrame(origin: SIMD3<Double>(region.lower), spacing: spacing))
    guard let found = try extraction.surface(of: field).mesh.bounds else {
      throw try Self.nothingThere(field, options)
    }
    let room = SIMD3<Float>(3 * spacing)
    (self.field, self.upAxis, bounds) = (field, upAxis, found)
    var options = options
    options.region = Bounds(
      lower: pointwiseMax(found.lower - room, region.lower), upper: pointwiseMin(found.upper + room, region.upper))
    self.options = options
  }

  private static func nothingThere(_ field: some ScalarField, _ options: FieldTraceOptions) throws -> PictureError {
    let side = 24
    let region = options.region
    let points = (0..<side * side * side).map { index in
      let place = SIMD3<Float>(Float(index / (side * side)), Float(index / side % side), Float(index % side))
      return region.lower + region.extent * place / Float(side - 1)
    }
    let values = try field.samples(at: points, withGradients: false).distances
    let (least, most) = (values.min() ?? .nan, values.max() ?? .nan)
    return PictureError(
      "Nothing is solid at level \(options.level): the field's values are from \(least) to \(most); choose another level."
    )
  }

  /// Draws the field from a direction, framed by its bounds.
  ///
  /// *Parameters*: `progress` is told the number of rows done.
  public func image(from view: ViewDirection = ViewDirection(), progress: (Int) -> Void = { _ in }) throws -> Image {
    let aspect = Float(options.width) / Float(options.height)
    let camera = try Camera(framing: bounds, from: view, upAxis: upAxis, aspect: aspect)
    return try image(through: camera, progress: progress)
  }

  /// Draws the field through a camera of your own; the sides of the picture should have the camera's ratio.
  public func image(through camera: Camera, progress: (Int) -> Void = { _ in }) throws -> Image {
    var canvas = Canvas(width: options.width, height: options.height, isOpaque: true)
    let perPixel = options.supersampling * options.supersampling
    let rows = max(1, Self.tileSize / (options.width * perPixel))
    for start in stride(from: 0, to: options.height, by: rows) {
      let part = start..<min(options.height, start + rows)
      let light = try light(of: rays(of: part, camera), camera)
      for index in 0..<part.count * options.width {
        let sum = light[index * perPixel..<(index + 1) * perPixel].reduce(.zero, +)
        canvas.pixels[start * options.width + index] = SIMD4(sum / Float(perPixel), 1)
      }
      progress(part.upperBound)
    }
    return canvas.image()
  }

  /// The first surfaces along rays of unit direction; nil where there is none.
  public func hits(from origins: [SIMD3<Float>], along directions: [SIMD3<Float>]) throws -> [FieldHit?] {
    let rays = zip(origins, directions).map { FieldRays.Ray(origin: $0, direction: $1) }
    return try FieldRays(field, options).hits(along: rays, stepCount: options.stepCount)
  }

  /// The rays of rows of the picture, those of a pixel together.
  private func rays(of rows: Range<Int>, _ camera: Camera) -> [FieldRays.Ray] {
    let count = options.supersampling
    return rows.flatMap { y in
      (0..<options.width).flatMap { x in
        (0..<count * count).map { sample in
          let (across, down) = (
            (Float(sample % count) + 0.5) / Float(count), (Float(sample / count) + 0.5) / Float(count)
          )
          let ray = camera.ray(
            (Float(x) + across) / Float(options.width) * 2 - 1, 1 - (Float(y) + down) / Float(options.height) * 2)
          return FieldRays.Ray(origin: ray.origin, direction: ray.direction)
        }
      }
    }
  }

  /// Linear light along rays.
  private func light(of rays: [FieldRays.Ray], _ camera: Camera) throws -> [SIMD3<Float>] {
    let walk = FieldRays(field, options)
    let look = FieldLook(look: options.look, color: options.color, lighting: Lighting(camera, upAxis: upAxis))
    let hits = try walk.hits(along: rays, stepCount: options.stepCount)
    let lift = Self.liftFactor * options.hitDistance
    let key = look.lighting.key
    let starts = rays.indices.map { index -> SIMD3<Float>? in
      guard let hit = hits[index] else { return ground(of: rays[index], lift, camera) }
      return hit.normal.dot(key) > 0 ? rays[index].point(hit.distance) + lift * hit.normal : nil
    }
    let isBlocked = try shadows(starts, key, walk)
    let (open, shadow) = (options.background.linear, look.shadow(on: options.background))
    return rays.indices.map { index in
      guard let hit = hits[index] else { return isBlocked[index] ? shadow : open }
      return look.light(
        normal: hit.normal, toViewer: -rays[index].direction, isLit: starts[index] != nil && !isBlocked[index])
    }
  }

  /// Where a ray meets the ground under the solid.
  private func ground(of ray: FieldRays.Ray, _ lift: Float, _ camera: Camera) -> SIMD3<Float>? {
    let up = upAxis.up
    let height = bounds.lower.dot(up)
    let slope = ray.direction.dot(up)
    guard options.hasGround, slope < -1e-4, camera.position.dot(up) > height else { return nil }
    return ray.point((height - ray.origin.dot(up)) / slope) + up * lift
  }

  /// Whether the solid stands between places and the lamp.
  private func shadows(
    _ starts: [SIMD3<Float>?], _ key: SIMD3<Float>, _ walk: FieldRays
  ) throws -> [Bool] {
    var result = [Bool](repeating: false, count: starts.count)
    guard options.hasShadows else { return result }
    let asked = starts.indices.filter { starts[$0] != nil }
    let rays = asked.map { FieldRays.Ray(origin: starts[$0] ?? .zero, direction: key) }
    let distances = try walk.distances(along: rays, stepCount: options.shadowStepCount, isCoarse: true)
    for (index, distance) in zip(asked, distances) { result[index] = !distance.isNaN }
    return result
  }
}
