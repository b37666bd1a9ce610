/// Draws slices of distances: blue inside, orange outside, contour lines at equal distances, the surface thick and dark.
public struct SlicePainter: Sendable {
  /// The distance at the ends of the colour scale.
  public var range: Float
  /// Distance between two contour lines.
  public var contours: TickMarks
  /// Height of the text in pixels; nil leaves out text and scale.
  public var textSize: Float?

  /// A painter that suits slices together, so that their colours can be compared.
  public init(for slices: [DistanceSlice], textSize: Float? = 13) {
    let largest = slices.map(\.largest).max() ?? 0
    range = largest > 0 ? largest : 1
    contours = TickMarks(length: range, atMost: 12)
    self.textSize = textSize
  }

  private static let inside = ColorMap([0xD3E6F4, 0x8DBBE0, 0x3F86C2, 0x1C5894, 0x0C2F5A].map { Color(hex: $0) })
  private static let outside = ColorMap([0xFDF0DC, 0xF9CE97, 0xEA9A48, 0xBF661C, 0x78390C].map { Color(hex: $0) })
  private static let ink = Color(hex: 0x14181D)

  /// The colour of a distance; what is not a number is grey.
  public func color(_ distance: Float) -> Color {
    guard !distance.isNaN else { return Color(hex: 0xB4B9BF) }
    let share = min(abs(distance) / range, 1).squareRoot()
    // More room for what is near the surface, where details are.
    return distance < 0 ? Self.inside(share) : Self.outside(share * share.squareRoot())
  }

  /// The picture of a slice, with its place, axes and a scale if there is text.
  public func image(of slice: DistanceSlice) throws(PictureError) -> Image {
    var image = Image(width: slice.width, height: slice.height)
    let slopes = slice.slopes()
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
        let isMain = abs(index).truncatingRemainder(dividingBy: 5) == 0
        let cover = Self.cover(abs(distance - index * contours.step) / slope, halfWidth: (isMain ? 0.75 : 0.5) * pen)
        image.blend(Self.ink, share: cover * apart * (isMain ? 0.5 : 0.26), x: x, y: y)
      }
      image.blend(Self.ink, share: Self.cover(abs(distance) / slope, halfWidth: 1.5 * pen), x: x, y: y)
    }
    if let textSize { SliceLabels(slice, textSize: textSize).draw(on: &image) }
    return image
  }

  /// The strip with the colours and distances of the pictures.
  public func legend(height: Int) throws(PictureError) -> Image {
    var legend = ColorLegend(from: -range, to: range, title: "distance", textSize: textSize ?? 13) { color($0) }
    legend.marks = TickMarks(length: 2 * range, atMost: max(4, min(height / Int(legend.textSize * 3), 14)))
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
    let names = ["x", "y", "z"]
    let gap = Int(style.size * 0.5)
    let marks = TickMarks(length: Float(slice.width) * slice.pixelSize, atMost: 4000)
    let title = "\(names[slice.axis]) = \(marks.text(slice.position))"
    plate(x: 0, y: 0, width: style.width(of: title) + 2 * gap, height: style.lineHeight + gap, on: &image)
    style.draw(title, x: gap, y: gap - Int(style.size * 0.1), on: &image)
    // An angle of two axes whose sides have a round length.
    let scale = TickMarks(length: Float(min(slice.width, slice.height)) * slice.pixelSize, atMost: 8)
    let side = Int((scale.step / slice.pixelSize).rounded())
    let (right, up) = DistanceSlice.axes(slice.axis)
    let length = scale.text(scale.step)
    let text = Int(style.size * 0.9)
    let width = gap + max(side + gap + style.width(of: names[right]), style.width(of: length)) + 2 * gap
    let height = gap + text + side + 2 * gap + style.lineHeight
    let top = image.height - height
    guard width < image.width, height < image.height / 2 else { return }
    plate(x: 0, y: top, width: width, height: height, on: &image)
    let corner = (x: gap + gap / 2, y: top + gap / 2 + text + side + gap)
    let pen = max(1, Int(style.size / 8))
    image.fill(x: corner.x..<corner.x + side, y: corner.y - pen..<corner.y, color: style.color)
    image.fill(x: corner.x..<corner.x + pen, y: corner.y - side..<corner.y, color: style.color)
    style.draw(names[right], x: corner.x + side + gap / 2, y: corner.y - text + pen, on: &image)
    style.draw(names[up], x: corner.x - pen, y: corner.y - side - text - gap / 2, on: &image)
    style.draw(length, x: corner.x, y: corner.y + gap / 4, on: &image)
  }

  /// A light ground for text.
  private func plate(x: Int, y: Int, width: Int, height: Int, on image: inout Image) {
    for row in y..<y + height {
      for column in x..<x + width { image.blend(.white, share: 0.8, x: column, y: row) }
    }
  }
}
