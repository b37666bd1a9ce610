/// A picture of 8-bit sRGB pixels, rows from top to bottom.
public struct Image: Sendable, Hashable {
  /// Pixels per row.
  public let width: Int
  /// Number of rows.
  public let height: Int
  /// Whether each pixel has a fourth byte, its opacity (not premultiplied).
  public let hasAlpha: Bool
  /// Red, green, blue (and opacity) of each pixel, row by row without gaps.
  public var bytes: [UInt8]

  /// The largest picture that is drawn or read; it bounds memory for sizes that come from a user or a file.
  public static let maximumPixelCount = 1 << 26

  /// Bytes per pixel: 3, or 4 with opacity.
  public var channelCount: Int { hasAlpha ? 4 : 3 }

  /// A picture of one colour. Traps if a side is not positive.
  public init(width: Int, height: Int, color: Color = .white) {
    precondition(width > 0 && height > 0, "An image of \(width) x \(height) pixels has no pixels.")
    (self.width, self.height, hasAlpha) = (width, height, false)
    bytes = [UInt8](repeating: 0, count: width * height * 3)
    fill(x: 0..<width, y: 0..<height, color: color)
  }

  /// A picture of the given bytes. Traps if their number does not fit the size.
  public init(width: Int, height: Int, hasAlpha: Bool, bytes: [UInt8]) {
    precondition(
      width > 0 && height > 0 && bytes.count == width * height * (hasAlpha ? 4 : 3),
      "\(bytes.count) bytes do not make an image of \(width) x \(height) pixels.")
    (self.width, self.height, self.hasAlpha, self.bytes) = (width, height, hasAlpha, bytes)
  }

  /// Throws if a picture of this size is empty or larger than ``maximumPixelCount``.
  public static func checkSize(width: Int, height: Int) throws(PictureError) {
    let (product, overflow) = width.multipliedReportingOverflow(by: height)
    guard width > 0, height > 0, !overflow, product <= maximumPixelCount else {
      throw PictureError(
        "A picture of \(width) x \(height) pixels is out of range; use 1 to \(maximumPixelCount) pixels in all.")
    }
  }

  /// The bytes of one pixel, counted from the top left.
  public subscript(x: Int, y: Int) -> [UInt8] {
    let start = (y * width + x) * channelCount
    return Array(bytes[start..<start + channelCount])
  }

  /// The picture over a background colour, without opacity.
  public func flattened(over background: Color = .white) -> Image {
    guard hasAlpha else { return self }
    let ground = background.linear
    var result = Image(width: width, height: height, color: background)
    for pixel in 0..<width * height where bytes[pixel * 4 + 3] > 0 {
      let alpha = Float(bytes[pixel * 4 + 3]) / 255
      let own = Color(red: bytes[pixel * 4], green: bytes[pixel * 4 + 1], blue: bytes[pixel * 4 + 2]).linear
      let mixed = Color(linear: ground + (own - ground) * alpha).bytes
      for channel in 0..<3 { result.bytes[pixel * 3 + channel] = mixed[channel] }
    }
    return result
  }

  /// Fills the part of a rectangle that lies inside the picture.
  public mutating func fill(x: Range<Int>, y: Range<Int>, color: Color) {
    let columns = x.clamped(to: 0..<width)
    let value = color.bytes
    let channels = channelCount
    for row in y.clamped(to: 0..<height) {
      for column in columns {
        let start = (row * width + column) * channels
        for channel in 0..<3 { bytes[start + channel] = value[channel] }
        if hasAlpha { bytes[start + 3] = 255 }
      }
    }
  }

  /// Mixes a colour into one pixel by the given share (0...1); a pixel outside is left out.
  mutating func blend(_ color: Color, share: Float, x: Int, y: Int) {
    guard share > 0, x >= 0, x < width, y >= 0, y < height else { return }
    let start = (y * width + x) * channelCount
    let own = Color(red: bytes[start], green: bytes[start + 1], blue: bytes[start + 2])
    let part = min(share, 1)
    let mixed = Color(own.components + (color.components - own.components) * part).bytes
    for channel in 0..<3 { bytes[start + channel] = mixed[channel] }
    if hasAlpha { bytes[start + 3] = max(bytes[start + 3], UInt8(part * 255)) }
  }

  /// Copies another picture (flattened over white) so that its top left pixel comes to `x`, `y`; what falls outside is cut.
  public mutating func draw(_ other: Image, x: Int, y: Int) {
    let source = other.flattened()
    let columns = max(0, -x)..<max(max(0, -x), min(source.width, width - x))
    let channels = channelCount
    for row in 0..<source.height where y + row >= 0 && y + row < height {
      for column in columns {
        let from = (row * source.width + column) * 3
        let to = ((y + row) * width + x + column) * channels
        for channel in 0..<3 { bytes[to + channel] = source.bytes[from + channel] }
        if hasAlpha { bytes[to + 3] = 255 }
      }
    }
  }
}

/// What was wrong with a picture, its file or what was to be drawn.
public struct PictureError: Error, CustomStringConvertible, Equatable {
  /// One line: what, which file, what to do.
  public let description: String

  init(_ description: String) { self.description = description }
}
