import Foundation

/// How a line of text is drawn with the built-in stroke font.
///
/// The font has printable ASCII and a few signs (± × – ° ·). Accents are left off; other characters become a box.
public struct TextStyle: Sendable, Equatable {
  /// Height of a line's letters with descenders, in pixels; capitals are 0.7 of it.
  public var size: Float
  /// Colour of the strokes.
  public var color: Color
  /// Whether the pen is thicker.
  public var isBold: Bool

  /// A text style.
  public init(size: Float, color: Color = .ink, isBold: Bool = false) {
    (self.size, self.color, self.isBold) = (size, color, isBold)
  }

  /// The size that is drawn; it bounds memory for sizes from outside.
  private var drawnSize: Float { size > 4 ? min(size, 400) : 4 }
  private var unit: Float { drawnSize * 0.07 }
  private var penWidth: Float { max(drawnSize * (isBold ? 0.115 : 0.078), 1.05) }
  /// Space between letters in font units; the pen takes part of it, and small text needs more to stay legible.
  private var spacing: Float { (isBold ? 2.6 : 2.2) + max(0, 16 - drawnSize) * 0.06 }

  /// Distance between the tops of two lines, in pixels.
  public var lineHeight: Int { Int((drawnSize * 1.35).rounded(.up)) }

  /// Width of a line in pixels.
  public func width(of text: String) -> Int {
    guard !text.isEmpty else { return 0 }
    let units = Self.characters(text).reduce(0) { $0 + StrokeGlyph.glyph(for: $1).width + spacing }
    return Int(((units - spacing) * unit + penWidth).rounded(.up)) + 1
  }

  /// The text, or its beginning with dots, so that it is no wider than the given number of pixels.
  public func fitted(_ text: String, width limit: Int) -> String {
    guard width(of: text) > limit else { return text }
    var kept = Substring(text)
    while !kept.isEmpty, width(of: kept + "...") > limit { kept = kept.dropLast() }
    return kept.isEmpty ? "" : kept.trimmingCharacters(in: .whitespaces) + "..."
  }

  private func width(of text: Substring) -> Int { width(of: String(text)) }

  /// The text in lines that are no wider than the given number of pixels; words that are too long are cut.
  public func wrapped(_ text: String, width limit: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(whereSeparator: \.isWhitespace).map(String.init) {
      let longer = line.isEmpty ? word : line + " " + word
      if width(of: longer) <= limit || line.isEmpty {
        line = longer
      } else {
        lines.append(line)
        line = word
      }
    }
    return (line.isEmpty ? lines : lines + [line]).map { fitted($0, width: limit) }
  }

  /// Draws one line with the top left corner of its box at `x`, `y`; what falls outside the picture is cut.
  ///
  /// The box is as wide as ``width(of:)`` and as high as ``lineHeight``.
  public func draw(_ text: String, x: Int, y: Int, on image: inout Image) {
    let (width, height) = (width(of: text), lineHeight)
    guard width > 0 else { return }
    var mask = [Float](repeating: 0, count: width * height)
    var pen = SIMD2(penWidth / 2 + 0.5, drawnSize * 0.95)
    for character in Self.characters(text) {
      let glyph = StrokeGlyph.glyph(for: character)
      for stroke in glyph.strokes {
        let points = stroke.map { pen + SIMD2($0.x, -$0.y) * unit }
        for (start, end) in zip(points, points.dropFirst()) { add(start, end, &mask, width) }
      }
      pen.x += (glyph.width + spacing) * unit
    }
    for row in 0..<height {
      for column in 0..<width {
        image.blend(color, share: mask[row * width + column], x: x + column, y: y + row)
      }
    }
  }

  /// Adds a pen line to a mask of covered shares.
  private func add(_ start: SIMD2<Float>, _ end: SIMD2<Float>, _ mask: inout [Float], _ width: Int) {
    let height = mask.count / width
    let half = penWidth / 2
    let along = end - start
    let square = max((along * along).sum(), 1e-9)
    let low = pointwiseMin(start, end) - half - 1
    let high = pointwiseMax(start, end) + half + 1
    let columns = (Int(low.x)..<Int(high.x) + 1).clamped(to: 0..<width)
    for row in (Int(low.y)..<Int(high.y) + 1).clamped(to: 0..<height) {
      for column in columns {
        let offset = SIMD2(Float(column) + 0.5, Float(row) + 0.5) - start
        let place = min(max((offset * along).sum() / square, 0), 1)
        let gap = offset - along * place
        let cover = min(max(half + 0.5 - (gap * gap).sum().squareRoot(), 0), 1)
        mask[row * width + column] = max(mask[row * width + column], cover)
      }
    }
  }

  /// The characters that are drawn: control characters become spaces, accents are left off.
  private static func characters(_ text: String) -> [Character] {
    text.flatMap { character -> [Character] in
      if StrokeGlyph.has(character) { return [character] }
      if character.isWhitespace || character.isNewline { return [" "] }
      return Array(String(character).folding(options: .diacriticInsensitive, locale: nil))
    }
  }
}
