/// How far the surfaces of a picture are from the viewer.
///
/// *Shapes*: `values` is [H, W], rows from top to bottom.
///
/// *Units and frame*: those of the scene, measured along the view (not along each ray) from the eye, or from the plane
/// where parallel rays start; seen through the middle of each pixel. NaN where there is no surface.
public struct DepthMap: Sendable {
  /// Pixels per row and number of rows.
  public let width, height: Int
  /// The depths.
  public let values: [Float]

  /// Nearest and farthest depth; nil if nothing is seen.
  public var range: ClosedRange<Float>? {
    var (low, high) = (Float.infinity, -Float.infinity)
    for value in values where !value.isNaN { (low, high) = (min(low, value), max(high, value)) }
    return low <= high ? low...high : nil
  }
}

extension ColorMap {
  /// The colour of a depth: near is light, far is dark.
  public func color(ofDepth depth: Float, in range: ClosedRange<Float>) -> Color {
    let extent = range.upperBound - range.lowerBound
    return self(extent > 0 ? 1 - (depth - range.lowerBound) / extent : 1)
  }
}

extension Color {
  /// The colour of a unit normal: (n + 1) / 2 as red, green and blue.
  public init(normal: SIMD3<Float>) { self.init(normal * 0.5 + 0.5) }
}

extension Renderer {
  /// The depths of a picture.
  public func depthMap(through camera: Camera, options: RenderOptions = RenderOptions()) throws(PictureError)
    -> DepthMap
  {
    let (width, height) = (options.width, options.height)
    try Image.checkSize(width: width, height: height)
    let values = [Float](unsafeUninitializedCapacity: width * height) { buffer, count in
      nonisolated(unsafe) let result = buffer
      concurrently(height, threadCount: options.threadCount) { y in
        for x in 0..<width {
          let place = SIMD2(Float(x) + 0.5, Float(y) + 0.5) / SIMD2(Float(width), Float(height))
          let (origin, direction) = camera.ray(place.x * 2 - 1, 1 - place.y * 2)
          let hit = rays.firstHit(origin, direction)
          result.initializeElement(
            at: y * width + x, to: hit.map { $0.distance * direction.dot(camera.forward) } ?? .nan)
        }
      }
      count = width * height
    }
    return DepthMap(width: width, height: height, values: values)
  }

  /// A picture of the depths in colours of a range, with smooth outlines.
  public func depthImage(
    through camera: Camera, range: ClosedRange<Float>, colorMap: ColorMap = .viridis,
    options: RenderOptions = RenderOptions()
  ) throws(PictureError) -> Image {
    try plainImage(through: camera, options: options) { hit, direction in
      colorMap.color(ofDepth: hit.distance * direction.dot(camera.forward), in: range).components
    }
  }

  /// A picture of the normals, turned towards the viewer, in the axes of the scene: (n + 1) / 2 as red, green and blue.
  public func normalImage(
    through camera: Camera, options: RenderOptions = RenderOptions()
  ) throws(PictureError) -> Image {
    try plainImage(through: camera, options: options) { hit, direction in
      let point = SurfacePoint(hit, on: objects[hit.object], along: direction, offset: 0, footprint: 0)
      return Color(normal: point.normal).components
    }
  }

  /// A picture without light: the mean of the colours of a pixel's samples over the background.
  private func plainImage(
    through camera: Camera, options: RenderOptions,
    _ color: @Sendable (RayScene.Hit, SIMD3<Float>) -> SIMD3<Float>
  ) throws(PictureError) -> Image {
    let (width, height) = (options.width, options.height)
    try Image.checkSize(width: width, height: height)
    let background: SIMD3<Float>? = if case .color(let color) = options.background { color.components } else { nil }
    let channels = background == nil ? 4 : 3
    let places = SampleTable.shared.places
    let bytes = [UInt8](unsafeUninitializedCapacity: width * height * channels) { buffer, count in
      nonisolated(unsafe) let result = buffer
      concurrently(height, threadCount: options.threadCount) { y in
        for x in 0..<width {
          var (sum, covered) = (SIMD3<Float>.zero, Float(0))
          var taken = 0
          // Pixels on an outline take all samples.
          while taken < (covered > 0 && covered < Float(taken) ? SampleTable.largestCount : SampleTable.baseCount) {
            let place = (SIMD2(Float(x), Float(y)) + places[taken]) / SIMD2(Float(width), Float(height))
            let (origin, direction) = camera.ray(place.x * 2 - 1, 1 - place.y * 2)
            if let hit = rays.firstHit(origin, direction) {
              sum += color(hit, direction)
              covered += 1
            }
            taken += 1
          }
          let start = (y * width + x) * channels
          let share = covered / Float(taken)
          let own = covered > 0 ? sum / covered : .zero
          let value = Color(background.map { $0 + (own - $0) * share } ?? own).bytes
          for channel in 0..<3 { result.initializeElement(at: start + channel, to: value[channel]) }
          if channels == 4 { result.initializeElement(at: start + 3, to: UInt8(share * 255 + 0.5)) }
        }
      }
      count = width * height * channels
    }
    return Image(width: width, height: height, hasAlpha: background == nil, bytes: bytes)
  }
}
