import Geometry

/// A map drawn into pixels: the ground of the tour's frames.
struct MapPainter {
  /// The picture so far.
  private(set) var image: Image
  private let center: SIMD2<Double>
  private let scale: Double

  private static let margin = 16.0

  /// An empty square that holds the given points.
  init(side: Int, holding points: [SIMD2<Double>]) {
    image = Image(width: side, height: side)
    let first = points.first ?? SIMD2()
    let low = points.reduce(first) { pointwiseMin($0, $1) }
    let high = points.reduce(first) { pointwiseMax($0, $1) }
    center = (low + high) / 2
    scale = (Double(side) - 2 * Self.margin) / max((high - low).max(), 1e-9)
  }

  /// Where a point of the map lies in the picture, y down.
  func pixel(of point: SIMD2<Double>) -> SIMD2<Double> {
    let offset = (point - center) * scale
    return SIMD2(Double(image.width) / 2 + offset.x, Double(image.height) / 2 - offset.y)
  }

  /// Draws a disc; a radius in pixels.
  mutating func disc(at point: SIMD2<Double>, radius: Double, color: Color, opacity: Double = 1) {
    let middle = pixel(of: point)
    paint(around: middle, middle, reach: radius, color: color, opacity: opacity) { place in
      let offset = place - middle
      return (offset * offset).sum().squareRoot()
    }
  }

  /// Draws a way of straight lines; a width in pixels.
  mutating func line(_ points: [SIMD2<Double>], width: Double, color: Color, opacity: Double = 1) {
    for (first, second) in zip(points, points.dropFirst()) {
      let (start, end) = (pixel(of: first), pixel(of: second))
      let along = end - start
      let square = max((along * along).sum(), 1e-9)
      paint(around: start, end, reach: width / 2, color: color, opacity: opacity) { place in
        let share = min(max(((place - start) * along).sum() / square, 0), 1)
        let gap = place - start - along * share
        return (gap * gap).sum().squareRoot()
      }
    }
  }

  /// Mixes a colour into all pixels nearer than `reach`, those at the edge in part.
  private mutating func paint(
    around start: SIMD2<Double>, _ end: SIMD2<Double>, reach: Double, color: Color, opacity: Double,
    distance: (SIMD2<Double>) -> Double
  ) {
    let low = pointwiseMin(start, end) - reach - 1
    let high = pointwiseMax(start, end) + reach + 1
    guard low.x.isFinite, low.y.isFinite, high.x.isFinite, high.y.isFinite else { return }
    let bytes = color.bytes
    let (columns, rows) = (
      Self.pixels(low.x, high.x, limit: image.width), Self.pixels(low.y, high.y, limit: image.height)
    )
    for y in rows {
      for x in columns {
        let cover = min(max(reach + 0.5 - distance(SIMD2(Double(x) + 0.5, Double(y) + 0.5)), 0), 1) * opacity
        guard cover > 0 else { continue }
        for channel in 0..<3 {
          let place = (y * image.width + x) * 3 + channel
          let own = Double(image.bytes[place])
          image.bytes[place] = UInt8(own + (Double(bytes[channel]) - own) * cover + 0.5)
        }
      }
    }
  }

  private static func pixels(_ low: Double, _ high: Double, limit: Int) -> Range<Int> {
    let start = Int(min(max(low, 0), Double(limit)))
    return start..<max(start, Int(min(max(high + 1, 0), Double(limit))))
  }
}
