/// A map from numbers to colours.
public struct ColorMap: Sendable {
  /// Colours at equal distances from 0 to 1.
  private let stops: [SIMD3<Float>]

  /// A map through the given colours at equal distances. Traps if there are fewer than two.
  public init(_ colors: [Color]) {
    precondition(colors.count >= 2, "A colour map needs at least two colours.")
    stops = colors.map(\.components)
  }

  /// The colour at a value; values outside 0...1 get the end colours, NaN gets magenta.
  public func callAsFunction(_ value: Float) -> Color {
    guard !value.isNaN else { return Color(hex: 0xFF00FF) }
    let place = min(max(value, 0), 1) * Float(stops.count - 1)
    let index = min(Int(place), stops.count - 2)
    let t = place - Float(index)
    let (start, end) = (stops[index], stops[index + 1])
    // Beyond the ends the map goes on straight, so that a map of two colours is a straight line.
    let before = index > 0 ? stops[index - 1] : 2 * start - end
    let after = index + 2 < stops.count ? stops[index + 2] : 2 * end - start
    // Catmull-Rom: passes through every stop without a visible kink between them.
    let linear = end - before
    let square = 2 * before - 5 * start + 4 * end - after
    let cube = 3 * start - before - 3 * end + after
    return Color(start + 0.5 * t * (linear + t * (square + t * cube)))
  }

  /// Perceptually even, dark violet over green to yellow; readable in grey and by the colour-blind.
  ///
  /// *Reference*: the colours of viridis (S. van der Walt, N. Smith, 2015, CC0) at eleven equal steps. Differs:
  /// splines between them.
  public static let viridis = ColorMap(
    [
      0x440154, 0x482576, 0x414487, 0x35608D, 0x2A788E, 0x21908C, 0x22A884, 0x43BF71, 0x7AD151, 0xBBDF27, 0xFDE725,
    ].map { Color(hex: $0) })

  /// Black to white.
  public static let gray = ColorMap([Color(hex: 0x000000), .white])

  /// Blue over light grey to orange, for signed values with zero at 0.5.
  public static let diverging = ColorMap(
    [0x1F4E79, 0x4E8BBF, 0xA9CBE3, 0xF2F2F0, 0xF3C79B, 0xDD8A3C, 0x8F4A12].map { Color(hex: $0) })

  /// Colours to tell groups apart, safe for the common colour-blindnesses; they repeat after eight.
  ///
  /// *Reference*: M. Okabe, K. Ito, Color Universal Design, 2008. Differs: black is a mid grey, which shows shading.
  public static func category(_ index: Int) -> Color {
    let colors: [UInt32] = [0x0072B2, 0xE69F00, 0x009E73, 0xD55E00, 0xCC79A7, 0x56B4E9, 0xF0E442, 0x7A7A7A]
    return Color(hex: colors[((index % colors.count) + colors.count) % colors.count])
  }
}
