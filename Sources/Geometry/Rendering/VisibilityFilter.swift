import Foundation

/// Smooths shadows over blocks of 4 x 4 pixels along surfaces and puts the picture together.
struct VisibilityFilter: Sendable {
  let pass: SurfacePass

  /// Weights over five pixels that together count every residue modulo 4 equally.
  private static let taps: [Float] = [0.5, 1, 1, 1, 0.5]
  /// How dark the ground gets without ambient light, and without key light.
  private static let groundStrength: (ambient: Float, key: Float) = (0.55, 0.30)

  /// The finished picture in linear light.
  func composite(_ records: [PixelRecord]) -> Canvas {
    let (width, height) = (pass.options.width, pass.options.height)
    let background: SIMD4<Float> =
      switch pass.options.background {
      case .color(let color): SIMD4(color.linear, 1)
      case .transparent: .zero
      }
    var canvas = Canvas(width: width, height: height, isOpaque: background.w == 1)
    let open = openShares(records)
    canvas.pixels.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let pixels = buffer
      concurrently(height, threadCount: pass.options.threadCount) { y in
        for index in y * width..<(y + 1) * width {
          pixels[index] = Self.pixel(records[index], open[index], background)
        }
      }
    }
    return canvas
  }

  private static func pixel(_ record: PixelRecord, _ open: SIMD4<Float>, _ background: SIMD4<Float>) -> SIMD4<Float> {
    let surface = record.surfaceCount / record.sampleCount
    let ground = record.groundCount / record.sampleCount
    let shade = groundStrength.ambient * (1 - open.z) + groundStrength.key * (1 - open.w)
    // The ground takes light from what is behind it; over nothing it is black of the same strength.
    var result = background * (1 - surface - ground * shade)
    result.w += ground * shade
    if background.w == 1 { result.w = 1 - surface }
    guard record.surfaceCount > 0 else { return result }
    let light = (record.direct * open.y + record.ambient * ambientShare(open.x)) / record.surfaceCount
    return result + SIMD4(Lighting.tone(light), 1) * surface
  }

  /// Light from around that reaches a place whose surroundings are open to the given share; light that bounces between
  /// bright surfaces keeps corners from going black.
  private static func ambientShare(_ open: Float) -> Float { 0.12 + 0.88 * open }

  /// Smoothed open shares of each pixel: surface ambient, surface key, ground ambient, ground key.
  private func openShares(_ records: [PixelRecord]) -> [SIMD4<Float>] {
    let (width, height) = (pass.options.width, pass.options.height)
    return [SIMD4<Float>](unsafeUninitializedCapacity: records.count) { buffer, count in
      nonisolated(unsafe) let result = buffer
      records.withUnsafeBufferPointer { source in
        nonisolated(unsafe) let records = source
        concurrently(height, threadCount: pass.options.threadCount) { y in
          for x in 0..<width { result.initializeElement(at: y * width + x, to: smoothed(records, x, y)) }
        }
      }
      count = records.count
    }
  }

  @inline(__always)
  private func smoothed(_ records: UnsafeBufferPointer<PixelRecord>, _ x: Int, _ y: Int) -> SIMD4<Float> {
    let (width, height) = (pass.options.width, pass.options.height)
    let own = records[y * width + x]
    guard own.surfaceCount + own.groundCount > 0 else { return .one }
    let count = max(own.surfaceCount, 1)
    let (normal, position) = (own.normal / count, own.position / count)
    let distance = (position - pass.camera.position).dot(pass.camera.forward)
    // Pixels more than this away from the tangent plane belong to another surface.
    let thickness = 6 * pass.camera.extent(atDepth: distance) / Float(height)
    var sum = SIMD4<Float>.zero
    var weights = SIMD4<Float>(repeating: 1e-12)
    for row in max(0, y - 2)...min(height - 1, y + 2) {
      for column in max(0, x - 2)...min(width - 1, x + 2) {
        let other = records[row * width + column]
        let tap = Self.taps[row - y + 2] * Self.taps[column - x + 2]
        var surface: Float = 0
        if own.surfaceCount > 0, other.surfaceCount > 0 {
          let alike = max(0, normal.dot(other.normal) / other.surfaceCount)
          let off = normal.dot(other.position / other.surfaceCount - position) / thickness
          let square = alike * alike
          surface = tap * square * square * square * max(0, 1 - abs(off))
          // Samples are weighted alike: a pixel with more of them does not count more.
          surface /= other.surfaceCount
        }
        let ground = other.groundCount > 0 ? tap / other.groundCount : 0
        sum += other.open * SIMD4(surface, surface, ground, ground)
        weights += SIMD4(
          surface * other.surfaceCount, surface * other.surfaceCount, ground * other.groundCount,
          ground * other.groundCount)
      }
    }
    return (sum / weights).clamped(lowerBound: .zero, upperBound: .one)
  }
}

/// A picture in linear light while it is put together; colour is premultiplied by opacity.
struct Canvas {
  let width, height: Int
  let isOpaque: Bool
  var pixels: [SIMD4<Float>]

  init(width: Int, height: Int, isOpaque: Bool) {
    (self.width, self.height, self.isOpaque) = (width, height, isOpaque)
    pixels = [SIMD4<Float>](repeating: .zero, count: width * height)
  }

  /// The picture in 8-bit sRGB.
  func image() -> Image {
    let channels = isOpaque ? 3 : 4
    var bytes = [UInt8](repeating: 0, count: width * height * channels)
    for (index, pixel) in pixels.enumerated() {
      let color = SIMD3(pixel.x, pixel.y, pixel.z)
      let straight = isOpaque || pixel.w <= 0 ? color : color / pixel.w
      let value = Color(linear: straight).bytes
      for channel in 0..<3 { bytes[index * channels + channel] = value[channel] }
      if !isOpaque { bytes[index * channels + 3] = UInt8(min(max(pixel.w, 0), 1) * 255 + 0.5) }
    }
    return Image(width: width, height: height, hasAlpha: !isOpaque, bytes: bytes)
  }
}
