import Foundation

/// Draws a field without making a mesh of it, by walking along a ray for every sample of the picture: what is seen is the
/// field itself at the picture's resolution.
///
/// The picture is framed by the surface's bounds on a coarse grid, as that of its mesh would be. Pixels that differ from
/// their neighbours get all their samples, others one.
///
/// *Reference*: the ray marcher of Kleineberg et al. 2020, arXiv:2002.00349: steps of at most 0.02, a hit within 0.0005,
/// two by two samples of every pixel, a hard shadow, light of 0.5 ambient, 0.5 diffuse, 0.3 highlight (power 20) and 0.3 rim (power 4).
/// Differs: crossed surfaces are found by bisection, and fields that promise true distances take their full steps.
///
/// *Limits*: where a network is far from a distance, rays may leap over parts that are thinner than the longest step, and
/// parts that its values do not announce 0.03 before are missed.
public struct FieldTracer: Sendable {
  /// How it is drawn.
  public let options: FieldTraceOptions
  /// Which axis points up.
  public let upAxis: UpAxis
  /// What the surface fills, found on a coarse grid.
  public let bounds: Bounds
  private let field: any ScalarField
  private let shell: FieldShell

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
    guard let found = try Self.coarse(field, options.region, level: options.level).bounds else {
      throw try Self.nothingThere(field, options)
    }
    (self.field, self.upAxis, bounds) = (field, upAxis, found)
    let level = options.level + FieldShell.distance
    shell = try FieldShell(Self.coarse(field, options.region, level: level))
    self.options = options
  }

  /// The surface of a level on a coarse grid.
  private static func coarse(_ field: some ScalarField, _ region: Bounds, level: Float) throws -> Mesh {
    let spacing = SIMD3<Double>(region.extent) / Double(coarseResolution - 1)
    var extraction = SparseSurfaceExtraction(
      SurfaceExtraction(level: level, inside: .below), shape: .init(cube: coarseResolution),
      frame: GridFrame(origin: SIMD3<Double>(region.lower), spacing: spacing))
    // A bound of how steep a network can be would cover the whole grid.
    if field.slopeBound == nil { extraction.slope = .assumed(1) }
    return try extraction.surface(of: field).mesh
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
  /// *Parameters*: `progress` is told the number of rows done, of twice the height: all are looked at once, then edges
  /// with all their samples.
  public func image(from view: ViewDirection = ViewDirection(), progress: (Int) -> Void = { _ in }) throws -> Image {
    let aspect = Float(options.width) / Float(options.height)
    let camera = try Camera(framing: bounds, from: view, upAxis: upAxis, aspect: aspect)
    return try image(through: camera, progress: progress)
  }

  /// Draws the field through a camera of your own; the sides of the picture should have the camera's ratio.
  public func image(through camera: Camera, progress: (Int) -> Void = { _ in }) throws -> Image {
    var canvas = Canvas(width: options.width, height: options.height, isOpaque: true)
    for start in stride(from: 0, to: canvas.pixels.count, by: Self.tileSize) {
      let part = Array(start..<min(canvas.pixels.count, start + Self.tileSize))
      let lights = try light(of: part.map { ray($0, sample: 0, camera) }, camera)
      for (pixel, light) in zip(part, lights) { canvas.pixels[pixel] = SIMD4(light, 1) }
      progress(min(canvas.pixels.count, start + Self.tileSize) / options.width)
    }
    let uneven = options.supersampling == 1 ? [] : canvas.unevenPixels()
    let more = options.supersampling * options.supersampling - 1
    let size = Self.tileSize / max(more, 1)
    for start in stride(from: 0, to: uneven.count, by: size) {
      let part = Array(uneven[start..<min(uneven.count, start + size)])
      let rays = part.flatMap { pixel in (1...more).map { ray(pixel, sample: $0, camera) } }
      let lights = try light(of: rays, camera)
      for (number, pixel) in part.enumerated() {
        let sum = lights[number * more..<(number + 1) * more].reduce(.zero, +)
        canvas.pixels[pixel] = (canvas.pixels[pixel] + SIMD4(sum, Float(more))) / Float(more + 1)
      }
      progress(options.height + (start + part.count) * options.height / uneven.count)
    }
    progress(2 * options.height)
    return canvas.image()
  }

  /// The first surfaces along rays of unit direction; nil where there is none.
  public func hits(from origins: [SIMD3<Float>], along directions: [SIMD3<Float>]) throws -> [FieldHit?] {
    let rays = zip(origins, directions).map { FieldRays.Ray(origin: $0, direction: $1) }
    return try FieldRays(field, in: shell, options).hits(along: rays, stepCount: options.stepCount)
  }

  /// The ray through one of the samples of a pixel.
  private func ray(_ pixel: Int, sample: Int, _ camera: Camera) -> FieldRays.Ray {
    let count = options.supersampling
    let across = Float(pixel % options.width) + (Float(sample % count) + 0.5) / Float(count)
    let down = Float(pixel / options.width) + (Float(sample / count) + 0.5) / Float(count)
    let ray = camera.ray(across / Float(options.width) * 2 - 1, 1 - down / Float(options.height) * 2)
    return FieldRays.Ray(origin: ray.origin, direction: ray.direction)
  }

  /// Linear light along rays.
  private func light(of rays: [FieldRays.Ray], _ camera: Camera) throws -> [SIMD3<Float>] {
    let walk = FieldRays(field, in: shell, options)
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
