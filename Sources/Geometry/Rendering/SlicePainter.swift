import Foundation

/// Draws slices of distances: blue inside, orange outside, contour lines at equal distances, the surface thick and dark.
public struct SlicePainter: Sendable {
  /// The distances from the surface at which the colours of the inside and of the outside end.
  public var deepest, farthest: Float
  /// Distance between two contour lines.
  public var contours: TickMarks
  /// Height of the text in pixels; nil leaves out text and scale.
  public var textSize: Float?

  /// A painter that suits slices together, so that their colours can be compared.
  public init(for slices: [DistanceSlice], textSize: Float? = 13) {
    let ranges = slices.compactMap(\.range)
    let low = ranges.map { -$0.lowerBound }.max() ?? 0
    let high = ranges.map(\.upperBound).max() ?? 0
    let longest = max(low, high) > 0 ? max(low, high) : 1
    // What is hardly there still gets colours of its own.
    (deepest, farthest) = (max(low, longest / 50), max(high, longest / 50))
    contours = TickMarks(length: longest, atMost: 16)
    self.textSize = textSize
  }

  private static let inside = ColorMap([0xD3E6F4, 0x8DBBE0, 0x3F86C2, 0x1C5894, 0x0C2F5A].map { Color(hex: $0) })
  private static let outside = ColorMap([0xFDF0DC, 0xF9CE97, 0xEA9A48, 0xBF661C, 0x78390C].map { Color(hex: $0) })
  private static let ink = Color(hex: 0x14181D)

  /// The colour of a distance; what is not a number is grey.
  public func color(_ distance: Float) -> Color {
    guard !distance.isNaN else { return Color(hex: 0xB4B9BF) }
    // More room for what is near the surface, where details are.
    return distance < 0
      ? Self.inside(pow(min(-distance / deepest, 1), 0.75)) : Self.outside(pow(min(distance / farthest, 1), 0.75))
  }

  /// The picture of a slice, with its place, axes and a scale if there is text.
  public func image(of slice: DistanceSlice) throws(PictureError) -> Image {
    var image = Image(width: slice.width, height: slice.height)
    let slopes = slice.slopes()
    let usual = slopes.sorted()[slopes.count / 2]
    // Lines grow with the picture.
    let pen = max(Float(min(slice.width, slice.height)) / 600, 0.75)
    for (pixel, distance) in slice.values.enumerated() {
      let (x, y) = (pixel % slice.width, pixel / slice.width)
      image.fill(x: x..<x + 1, y: y..<y + 1, color: color(distance))
      guard distance.isFinite else { continue }
      let slope = slopes[pixel]
      let index = (distance / contours.step).rounded()
      if index != 0 {
        // Lines that would run into each other are left out.
        let apart = min(max((contours.step / slope - 3) / 4, 0), 1)
        // Where the distance hardly changes, as beside a face that is parallel to the plane, a line would become an area.
        let steep = min(max((slope / usual - 0.06) / 0.2, 0), 1)
        let isMain = abs(index).truncatingRemainder(dividingBy: 5) == 0
        let cover = Self.cover(abs(distance - index * contours.step) / slope, halfWidth: (isMain ? 0.75 : 0.5) * pen)
        image.blend(Self.ink, share: cover * apart * steep * (isMain ? 0.5 : 0.26), x: x, y: y)
      }
      image.blend(Self.ink, share: Self.cover(abs(distance) / slope, halfWidth: 1.5 * pen), x: x, y: y)
    }
    if let textSize { SliceLabels(slice, textSize: textSize).draw(on: &image) }
    return image
  }

  /// The strip with the colours and distances of the pictures.
  public func legend(height: Int) throws(PictureError) -> Image {
    var legend = ColorLegend(from: -deepest, to: farthest, title: "distance", textSize: textSize ?? 13) { color($0) }
    legend.marks = TickMarks(length: deepest + farthest, atMost: max(4, min(height / Int(legend.textSize * 3), 14)))
    return try legend.image(height: height)
  }

  /// The share of a pixel that a line covers whose middle is so many pixels away.
  private static func cover(_ pixels: Float, halfWidth: Float) -> Float { min(max(halfWidth + 0.5 - pixels, 0), 1) }
}

/// The text in the corners of a slice: where it lies, and the axes with a length.
private struct SliceLabels {
  let slice: DistanceSlice
  let style: TextStyle

  init(_ slice: DistanceSlice, textSize: Float) {
    self.slice = slice
    style = TextStyle(size: textSize, color: Color(hex: 0x22262B))
  }

  func draw(on image: inout Image) {
    let gap = Int(style.size * 0.5)
    let marks = TickMarks(length: Float(slice.width) * slice.pixelSize, atMost: 4000)
    let title = "\(["x", "y", "z"][slice.axis]) = \(marks.text(slice.position))"
    plate(x: 0, y: 0, width: style.width(of: title) + 2 * gap, height: style.lineHeight + gap, on: &image)
    style.draw(title, x: gap, y: gap - Int(style.size * 0.1), on: &image)
    drawAxes(gap, on: &image)
  }

  /// The names of the axes at an angle, and a bar of a round length beside it.
  private func drawAxes(_ gap: Int, on image: inout Image) {
    let names = ["x", "y", "z"]
    let (right, up) = DistanceSlice.axes(slice.axis)
    let (leg, text) = (Int(style.size * 1.6), Int(style.size * 0.95))
    let scale = TickMarks(length: Float(min(slice.width, slice.height)) * slice.pixelSize, atMost: 9)
    let bar = Int((scale.step / slice.pixelSize).rounded())
    let length = scale.text(scale.step)
    let barStart = 2 * gap + leg + text + gap
    let width = barStart + max(bar, style.width(of: length)) + gap
    let height = gap + text + leg + gap
    guard width < image.width, height < image.height / 2 else { return }
    plate(x: 0, y: image.height - height, width: width, height: height, on: &image)
    let (corner, bottom) = (gap + gap / 2, image.height - gap)
    let pen = max(1, Int(style.size / 9))
    image.fill(x: corner..<corner + leg, y: bottom - pen..<bottom, color: style.color)
    image.fill(x: corner..<corner + pen, y: bottom - leg..<bottom, color: style.color)
    style.draw(names[right], x: corner + leg + gap / 2, y: bottom - text, on: &image)
    style.draw(names[up], x: corner - pen, y: bottom - leg - text - gap / 2, on: &image)
    image.fill(x: barStart..<barStart + bar, y: bottom - 2 * pen..<bottom, color: style.color)
    let middle = barStart + (bar - style.width(of: length)) / 2
    style.draw(length, x: max(middle, barStart), y: bottom - 2 * pen - style.lineHeight, on: &image)
  }

  /// A light ground for text.
  private func plate(x: Int, y: Int, width: Int, height: Int, on image: inout Image) {
    for row in y..<y + height {
      for column in x..<x + width { image.blend(.white, share: 0.8, x: column, y: row) }
    }
  }
}
