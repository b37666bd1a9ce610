import Foundation
import Geometry
import Testing

@Suite struct RenderSheetTests {
  private let cell = Image(width: 30, height: 20, color: Color(hex: 0x204060))

  @Test func `A bare sheet has the size of its cells, gaps and margins, and shows each picture at its place`() throws {
    var sheet = ContactSheet(rows: [[cell, nil, cell], [cell]])
    (sheet.gap, sheet.margin, sheet.frame) = (4, 10, nil)
    let image = try sheet.image()
    // The empty column has no width of its own.
    #expect(image.width == 10 + 30 + 4 + 0 + 4 + 30 + 10)
    #expect(image.height == 10 + 20 + 4 + 20 + 10)
    #expect(image.inkCount == 3 * 30 * 20)
    #expect(image[10, 10] == [0x20, 0x40, 0x60] && image[48, 10] == [0x20, 0x40, 0x60])
    #expect(image[48, 40] == [255, 255, 255])
  }

  @Test func `Labels, title, legend and caption add room without moving the order of things`() throws {
    var sheet = ContactSheet(rows: [[cell, cell], [cell, cell]])
    let bare = try sheet.image()
    sheet.rowLabels = ["target", "prediction"]
    let rows = try sheet.image()
    #expect(rows.height == bare.height && rows.width > bare.width + 40)
    sheet.columnLabels = ["t = 1", "t = 2"]
    let columns = try sheet.image()
    #expect(columns.height > rows.height + 10 && columns.width == rows.width)
    sheet.title = "A title"
    let title = try sheet.image()
    #expect(title.height > columns.height + 10)
    sheet.legend = [.init("one", color: .falsePositive), .init("two", color: .falseNegative)]
    let legend = try sheet.image()
    #expect(legend.height > title.height + 10)
    sheet.caption = "some words about this that do not fit into one line"
    #expect(try sheet.image().height > legend.height + 20)
    #expect(legend.bytes.count == legend.width * legend.height * 3)
    let orange = Color.falsePositive.bytes
    #expect(
      (0..<legend.height * legend.width).contains {
        legend.bytes[$0 * 3] == orange.x && legend.bytes[$0 * 3 + 2] == orange.z
      })
  }

  @Test func `Labels that are too long stay inside their column`() throws {
    var sheet = ContactSheet(rows: [[cell, cell]])
    sheet.columnLabels = ["a very long column label", "b"]
    sheet.title = "a title that is far longer than the two small pictures below it could ever be"
    let image = try sheet.image()
    let margin = image.mean(x: image.width - 4..<image.width, y: 0..<image.height)
    #expect(margin == 255)
  }

  @Test func `Pictures of different sizes share a grid`() throws {
    let tall = Image(width: 10, height: 50, color: .ink)
    var sheet = ContactSheet([cell, tall, cell], columnCount: 2)
    (sheet.gap, sheet.margin, sheet.frame) = (0, 0, nil)
    let image = try sheet.image()
    #expect(image.width == 30 + 10 && image.height == 50 + 20)
    #expect(image[0, 0] == [255, 255, 255] && image[0, 25] == [0x20, 0x40, 0x60])
  }

  @Test func `Sheets without pictures or with absurd measures are errors`() {
    #expect(throws: PictureError.self) { try ContactSheet(rows: []).image() }
    #expect(throws: PictureError.self) { try ContactSheet(rows: [[nil], []]).image() }
    var sheet = ContactSheet(rows: [[cell]])
    sheet.textSize = .nan
    #expect(throws: PictureError.self) { try sheet.image() }
    sheet.textSize = 12
    sheet.gap = -5
    #expect(throws: PictureError.self) { try sheet.image() }
    let large = Image(width: 4000, height: 4000)
    #expect(throws: PictureError.self) {
      try ContactSheet(rows: [[Image]](repeating: [large, large], count: 3)).image()
    }
  }
}

@Suite struct RenderTextTests {
  private static let printable = (33...126).map { String(UnicodeScalar(UInt8($0))) }

  /// A text drawn with its box away from the edges, on white.
  private func drawn(_ text: String, _ style: TextStyle, pad: Int = 10) -> Image {
    var image = Image(width: style.width(of: text) + 2 * pad, height: style.lineHeight + 2 * pad)
    style.draw(text, x: pad, y: pad, on: &image)
    return image
  }

  @Test(arguments: [12, 16, 24] as [Float], [false, true])
  func `Every printable character has ink, all of it inside its box and none of it cut`(size: Float, isBold: Bool) {
    let style = TextStyle(size: size, isBold: isBold)
    for text in Self.printable + ["±", "×", "–", "°", "·"] {
      let image = drawn(text, style)
      #expect(image.inkCount > 1, "\(text)")
      let inner = (10..<image.width - 10, 10..<image.height - 10)
      let inside = inner.1.flatMap { y in inner.0.map { image[$0, y] } }.count { $0[0] < 255 }
      #expect(inside == image.inkCount, "\(text)")
      // Ink that were cut by the box would be dark at its border.
      let border =
        inner.0.flatMap { [image[$0, 10], image[$0, image.height - 11]] }
        + inner.1.flatMap { [image[10, $0], image[image.width - 11, $0]] }
      #expect(border.allSatisfy { $0[0] > 128 }, "\(text)")
    }
  }

  @Test func `No two characters look the same`() {
    let style = TextStyle(size: 16)
    var seen: [Image: String] = [:]
    for text in Self.printable {
      let image = drawn(text, style)
      #expect(seen[image] == nil, "\(text) looks like \(seen[image] ?? "")")
      seen[image] = text
    }
  }

  @Test func `Accents are left off, unknown characters become boxes, control characters spaces`() {
    let style = TextStyle(size: 16)
    #expect(drawn("é", style) == drawn("e", style))
    #expect(drawn("漢", style) == drawn("字", style))
    #expect(drawn("漢", style).inkCount > 10)
    #expect(drawn("a\tb\nc", style) == drawn("a b c", style))
    #expect(style.width(of: "") == 0)
  }

  @Test func `Digits are equally wide and text grows with its size`() {
    let style = TextStyle(size: 14)
    #expect(Set("0123456789".map { style.width(of: String($0)) }).count == 1)
    let widths = [8, 12, 16, 24, 48].map { TextStyle(size: $0).width(of: "Forecast") }
    #expect(widths == widths.sorted() && Set(widths).count == widths.count)
    for size in [0, -3, .nan, .infinity, 1e9] as [Float] {
      let width = TextStyle(size: size).width(of: "text")
      #expect(width > 0 && width < 3000)
    }
  }

  @Test func `Fitted and wrapped text keeps to its width`() {
    let style = TextStyle(size: 16)
    let text = "the quick brown fox jumps over the lazy dog"
    #expect(style.fitted(text, width: 1000) == text)
    for width in stride(from: 0, to: 300, by: 30) {
      #expect(style.width(of: style.fitted(text, width: width)) <= width)
      for line in style.wrapped(text, width: width) { #expect(style.width(of: line) <= width) }
    }
    #expect(style.wrapped(text, width: 120).joined(separator: " ") == text)
  }

  @Test func `Text outside the picture is cut without harm`() {
    var image = Image(width: 20, height: 20)
    for (x, y) in [(-10, -5), (15, 15), (-1000, 0), (0, 5000)] {
      TextStyle(size: 16).draw("Wide text", x: x, y: y, on: &image)
    }
    #expect(image.inkCount > 0)
  }
}

@Suite struct RenderColorTests {
  @Test func `Colours survive the way to linear light and back`() {
    for value in 0...255 {
      let color = Color(red: UInt8(value), green: UInt8(255 - value), blue: 128)
      #expect(Color(linear: color.linear).bytes == color.bytes)
    }
    #expect(Color(hex: 0x123456).bytes == SIMD3(0x12, 0x34, 0x56))
    #expect(Color(SIMD3(.nan, 5, -1)).bytes == SIMD3(0, 255, 0))
    #expect(Color(linear: SIMD3(.nan, 5, -1)).bytes == SIMD3(0, 255, 0))
  }

  @Test func `The perceptual map runs evenly from dark to light`() {
    let light = (0...100).map { step -> Float in
      let linear = ColorMap.viridis(Float(step) / 100).linear
      let luminance = (linear * SIMD3(0.2126, 0.7152, 0.0722)).sum()
      return luminance > 0.008856 ? 116 * pow(luminance, 1 / 3) - 16 : 903.3 * luminance
    }
    let steps = zip(light, light.dropFirst()).map { $1 - $0 }
    // From L* 14 to 91 in a hundred steps: 0.77 each.
    #expect(steps.allSatisfy { (0.3...1.3).contains($0) })
    #expect(ColorMap.viridis(0) == Color(hex: 0x440154))
    #expect(ColorMap.viridis(1).bytes == Color(hex: 0xFDE725).bytes)
  }

  @Test func `Values outside the map get its ends, NaN stands out`() {
    #expect(ColorMap.gray(-3) == ColorMap.gray(0) && ColorMap.gray(.infinity).bytes == Color.white.bytes)
    #expect(ColorMap.viridis(.nan) == Color(hex: 0xFF00FF))
  }

  @Test func `Categories differ and repeat`() {
    let colors = (0..<8).map { ColorMap.category($0).bytes }
    #expect(Set(colors).count == 8)
    #expect(ColorMap.category(8) == ColorMap.category(0) && ColorMap.category(-1) == ColorMap.category(7))
  }
}
