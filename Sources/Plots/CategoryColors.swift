/// Colours of categories: easy to tell apart, and the same for a name in every figure as far as that can be.
///
/// Every name has a place of its own among the colours, which it gets unless a name before it in the alphabet has it too.
/// So a category keeps its colour when others come or go, mostly. Up to seven categories have six of Okabe and Ito's
/// colours and a purple; up to fourteen have darker and lighter ones beside them, and more than these
/// hues around the circle.
public struct CategoryColors: Sendable, Equatable {
  /// Names in the order of the alphabet; the empty name, for codes without a category, is last.
  public let names: [String]
  private let colors: [String: String]

  private static let first = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A5195"]
  private static let second = ["#8C4A17", "#1B4F72", "#7FB800", "#B5179E", "#6B705C", "#F28482", "#00A6A6"]
  /// The colour of what has no category.
  public static let none = "#7b8794"

  /// Colours for these names.
  public init(_ names: some Sequence<String>) {
    let known = Set(names)
    let sorted = known.filter { !$0.isEmpty }.sorted()
    self.names = sorted + (known.contains("") ? [""] : [])
    let palette = Self.palette(count: sorted.count)
    // Where nothing has a category, nothing must stand back.
    var colors = ["": sorted.isEmpty ? Self.first[0] : Self.none]
    var taken = Set<Int>()
    for name in sorted {
      var place = Int(Self.hash(name) % UInt64(palette.count))
      while taken.contains(place) { place = (place + 1) % palette.count }
      taken.insert(place)
      colors[name] = palette[place]
    }
    self.colors = colors
  }

  /// The colour of a name as `#rrggbb`; grey for one that is not among them, and for none.
  public subscript(name: String) -> String { colors[name] ?? Self.none }

  private static func palette(count: Int) -> [String] {
    if count <= first.count { return first }
    if count <= first.count + second.count { return first + second }
    return (0..<count).map { index in
      let lightness = [0.42, 0.56, 0.68][index % 3]
      return color(hue: Double(index) / Double(count), saturation: 0.75, lightness: lightness)
    }
  }

  private static func color(hue: Double, saturation: Double, lightness: Double) -> String {
    let reach = saturation * min(lightness, 1 - lightness)
    let channels = [0.0, 8, 4].map { offset -> String in
      let place = (offset + hue * 12).truncatingRemainder(dividingBy: 12)
      let value = lightness - reach * max(-1, min(place - 3, 9 - place, 1))
      let byte = String(Int((value * 255).rounded()), radix: 16)
      return byte.count == 1 ? "0" + byte : byte
    }
    return "#" + channels.joined()
  }

  /// FNV-1a, mixed: Swift's own hashes differ from run to run.
  private static func hash(_ name: String) -> UInt64 {
    var value: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    value = (value ^ (value >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    return value ^ (value >> 33)
  }
}
