/// A strip with an upright colour scale and its numbers.
public struct ColorLegend: Sendable {
  /// Values at the bottom and the top; the first may be the larger one.
  public var bottom, top: Float
  /// Marked distances.
  public var marks: TickMarks
  /// The colour of a value.
  public var color: @Sendable (Float) -> Color
  /// What the numbers are, if it must be said.
  public var title: String?
  /// Height of the text in pixels.
  public var textSize: Float

  /// A scale between two values.
  public init(
    from bottom: Float, to top: Float, title: String? = nil, textSize: Float = 13,
    color: @escaping @Sendable (Float) -> Color
  ) {
    (self.bottom, self.top, self.title, self.textSize, self.color) = (bottom, top, title, textSize, color)
    marks = TickMarks(length: abs(top - bottom), atMost: 8)
  }

  /// A text size that suits a picture.
  public static func textSize(forPicture side: Int) -> Float { min(max(Float(side) / 48, 10), 22) }

  /// Pixels across that a legend of a text size takes.
  public static func width(textSize: Float) -> Int { Int(textSize * 5.4) }

  /// Draws the strip on white.
  public func image(height: Int) throws(PictureError) -> Image {
    let width = Self.width(textSize: textSize)
    try Image.checkSize(width: width, height: height)
    var image = Image(width: width, height: height)
    let style = TextStyle(size: textSize, color: Color(hex: 0x3C444D))
    let margin = Int(textSize * 1.2)
    let head = title == nil ? margin : margin + style.lineHeight
    let bar = Int(textSize * 0.9)..<Int(textSize * 1.9)
    let rows = head..<max(height - margin, head + 2)
    let span = Float(rows.count - 1)
    for row in rows {
      let share = 1 - Float(row - head) / span
      image.fill(x: bar, y: row..<row + 1, color: color(bottom + (top - bottom) * share))
    }
    let frame = Color(hex: 0x8A929C)
    for row in [rows.lowerBound - 1, rows.upperBound] {
      image.fill(x: bar.lowerBound - 1..<bar.upperBound + 1, y: row..<row + 1, color: frame)
    }
    for column in [bar.lowerBound - 1, bar.upperBound] { image.fill(x: column..<column + 1, y: rows, color: frame) }
    for value in marks.values(in: min(bottom, top)...max(bottom, top)) where top != bottom {
      let row = head + Int(((1 - (value - bottom) / (top - bottom)) * span).rounded())
      image.fill(x: bar.upperBound + 1..<bar.upperBound + 1 + Int(textSize * 0.35), y: row..<row + 1, color: frame)
      let text = marks.text(value)
      style.draw(text, x: bar.upperBound + Int(textSize * 0.6), y: row - Int(textSize * 0.62), on: &image)
    }
    if let title {
      style.draw(style.fitted(title, width: width), x: bar.lowerBound - 1, y: margin - Int(textSize * 0.6), on: &image)
    }
    return image
  }
}

extension Image {
  /// The picture with a strip to its right; the lower one of both is filled up with white.
  public func joined(withStrip strip: Image) throws(PictureError) -> Image {
    let (width, height) = (self.width + strip.width, max(self.height, strip.height))
    try Self.checkSize(width: width, height: height)
    var result = Image(width: width, height: height)
    result.draw(self, x: 0, y: 0)
    result.draw(strip, x: self.width, y: 0)
    return result
  }
}
