import Foundation

/// What the samples of one pixel saw, before shadows are smoothed.
struct PixelRecord {
  /// Sums over the samples on surfaces.
  var direct = SIMD3<Float>.zero
  var ambient = SIMD3<Float>.zero
  var normal = SIMD3<Float>.zero
  var position = SIMD3<Float>.zero
  /// Number of samples in all, on surfaces and on the ground.
  var sampleCount: Float = 0
  var surfaceCount: Float = 0
  var groundCount: Float = 0
  /// Sums of open shares: surface ambient, surface key light, ground ambient, ground key light.
  var open = SIMD4<Float>.zero
}

/// The pass that traces all rays of a picture.
struct SurfacePass: Sendable {
  let renderer: Renderer
  let camera: Camera
  let options: RenderOptions
  let lighting: Lighting
  private let samples = SampleTable.shared
  /// Longest ambient ray.
  private let reach: Float
  /// Distance that rays start off a surface.
  private let offset: Float
  /// Height of the ground along the up axis.
  private let groundHeight: Float
  private let hasGround: Bool
  /// Where the ground's shadows begin to fade and have faded.
  private let fade: (start: Float, end: Float)
  private let reachBounds: Bounds?

  init(_ renderer: Renderer, camera: Camera, options: RenderOptions) {
    (self.renderer, self.camera, self.options) = (renderer, camera, options)
    lighting = Lighting(camera, upAxis: renderer.upAxis)
    let bounds = renderer.bounds
    let radius = max(bounds.radius, 1e-12)
    reach = radius * 0.7
    let size = renderer.surfaceBounds.map { max($0.radius, $0.center.length * 0.02) } ?? radius
    offset = max(radius, size) * 2e-4
    groundHeight = bounds.lower.dot(renderer.upAxis.up) - offset
    hasGround = options.hasGround && camera.position.dot(renderer.upAxis.up) > groundHeight
    fade = (radius * 1.6, radius * 2.6)
    reachBounds = renderer.surfaceBounds?.padded(by: reach)
  }

  /// One record per pixel, row by row.
  func run() -> [PixelRecord] {
    let (width, height) = (options.width, options.height)
    return [PixelRecord](unsafeUninitializedCapacity: width * height) { buffer, count in
      nonisolated(unsafe) let records = buffer
      concurrently(height, threadCount: options.threadCount) { y in
        for x in 0..<width { records.initializeElement(at: y * width + x, to: record(x, y)) }
      }
      count = width * height
    }
  }

  private func record(_ x: Int, _ y: Int) -> PixelRecord {
    var result = PixelRecord()
    var (darkest, brightest) = (Float.infinity, -Float.infinity)
    let pixel = SampleTable.pixelIndex(x, y)
    let base = min(SampleTable.baseCount, options.samplesPerPixel)
    for sample in 0..<base {
      let light = trace(x, y, Place(pixel: pixel, sample: sample), into: &result)
      darkest = min(darkest, light)
      brightest = max(brightest, light)
    }
    result.sampleCount = Float(base)
    let isMixed = result.surfaceCount > 0 && result.surfaceCount < Float(base)
    guard options.samplesPerPixel > base, isMixed || brightest - darkest > 0.06 else { return result }
    for sample in base..<options.samplesPerPixel { _ = trace(x, y, Place(pixel: pixel, sample: sample), into: &result) }
    result.sampleCount = Float(options.samplesPerPixel)
    return result
  }

  /// Which part of the sample table a ray uses.
  private struct Place {
    var pixel: Int
    var sample: Int
  }

  /// Traces one sample; returns how bright the surface is before shadows (0 beside surfaces).
  @inline(__always) private func trace(_ x: Int, _ y: Int, _ place: Place, into record: inout PixelRecord) -> Float {
    let shift = samples.places[place.sample]
    let horizontal = (Float(x) + shift.x) / Float(options.width) * 2 - 1
    let vertical = 1 - (Float(y) + shift.y) / Float(options.height) * 2
    let (origin, direction) = camera.ray(horizontal, vertical)
    guard let hit = renderer.rays.firstHit(origin, direction) else {
      traceGround(origin, direction, place, into: &record)
      return 0
    }
    let footprint = 2 * camera.extent(atDepth: hit.distance) / Float(options.height)
    let point = SurfacePoint(
      hit, on: renderer.objects[hit.object], along: direction, offset: offset, footprint: footprint)
    let light = lighting.shade(albedo: point.albedo, normal: point.normal, toViewer: -direction)
    record.direct += light.direct
    record.ambient += light.ambient
    record.normal += point.normal
    record.position += point.position
    record.surfaceCount += 1
    let isLit = point.normal.dot(lighting.key) > 0
    record.open.x += openAmbient(point.rayOrigin, point.normal, place)
    record.open.y += isLit ? openKey(point.rayOrigin, place) : 0
    return (light.direct + light.ambient).sum() / 3
  }

  private func traceGround(
    _ origin: SIMD3<Float>, _ direction: SIMD3<Float>, _ place: Place, into record: inout PixelRecord
  ) {
    guard hasGround else { return }
    let up = renderer.upAxis.up
    let slope = direction.dot(up)
    guard slope < -1e-4 else { return }
    let distance = (groundHeight - origin.dot(up)) / slope
    let point = origin + direction * distance
    let away = (point - renderer.bounds.center).length
    guard away < fade.end else { return }
    let strength = 1 - min(max((away - fade.start) / (fade.end - fade.start), 0), 1)
    let start = point + up * offset
    record.groundCount += 1
    let isNear = reachBounds.map { all(point .>= $0.lower) && all(point .<= $0.upper) } ?? false
    record.open.z += isNear ? 1 - strength * (1 - openAmbient(start, up, place)) : 1
    record.open.w += 1 - strength * (1 - openKey(start, place))
  }

  /// The share of the surroundings that is open, 0...1.
  @inline(__always)
  private func openAmbient(_ origin: SIMD3<Float>, _ normal: SIMD3<Float>, _ place: Place) -> Float {
    guard options.hasAmbientOcclusion else { return 1 }
    let (side, rise) = Lighting.frame(around: normal)
    let up = renderer.upAxis.up
    var open: Float = 0
    for ray in 0..<SampleTable.ambientCount {
      let local = samples.ambientDirection(pixel: place.pixel, sample: place.sample, ray: ray)
      let direction = side * local.x + rise * local.y + normal * local.z
      let far = reach * local.w
      if renderer.rays.isBlocked(origin, direction, within: far) { continue }
      // The ground is not part of the scene; it is bright, so it takes only a part of the light.
      let isOverGround = hasGround && origin.dot(up) + direction.dot(up) * far < groundHeight
      open += isOverGround ? 0.55 : 1
    }
    return open / Float(SampleTable.ambientCount)
  }

  @inline(__always) private func openKey(_ origin: SIMD3<Float>, _ place: Place) -> Float {
    switch options.shadow {
    case .none: return 1
    case .hard: return renderer.rays.isBlocked(origin, lighting.key, within: .infinity) ? 0 : 1
    case .soft:
      let direction = lighting.keyDirection(samples.diskPoint(pixel: place.pixel, sample: place.sample))
      return renderer.rays.isBlocked(origin, direction, within: .infinity) ? 0 : 1
    }
  }
}
