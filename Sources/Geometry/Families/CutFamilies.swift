import Foundation

/// Outlines of plates.
enum CutFamilies {
  typealias Point = SIMD2<Double>

  static func gear(_ draw: inout ParameterDraw) -> FamilySolid {
    let teeth = draw.whole("teeth", 6...10)
    let (root, hole) = (draw("root", 0.7..<0.85), draw("hole", 0.15..<0.42))
    let (tip, depth) = (draw("tip", 0.3..<0.6), draw("half depth", 0.1..<0.3))
    let outline = (0..<teeth).flatMap { tooth -> [Point] in
      // A tooth takes half of its share of the turn at the root, and `tip` of that at its end.
      let places: [(share: Double, radius: Double)] = [
        (-0.25, root), (-0.25 * tip, 1), (0.25 * tip, 1), (0.25, root),
      ]
      return places.map { polar($0.radius, turn: (Double(tooth) + $0.share) / Double(teeth)) }
    }
    return .cut([outline, circle(hole, hole)], halfDepth: depth)
  }

  static func star(_ draw: inout ParameterDraw) -> FamilySolid {
    let points = draw.whole("points", 4...8)
    let (inner, depth) = (draw("inner", 0.35..<0.6), draw("half depth", 0.1..<0.3))
    let outline = (0..<2 * points).map {
      polar($0 % 2 == 0 ? 1 : inner, turn: 0.25 + Double($0) / Double(2 * points))
    }
    return .cut([outline], halfDepth: depth)
  }

  static func frame(_ draw: inout ParameterDraw) -> FamilySolid {
    let (width, height) = (draw("width", 0.5..<1.0), draw("height", 0.7..<1.2))
    let (border, depth) = (draw("border", 0.14..<0.28), draw("half depth", 0.07..<0.18))
    let (x, y) = (width - border, height - border)
    if draw.flag("oval", chance: 0.35) { return .cut([circle(width, height), circle(x, y)], halfDepth: depth) }
    return .cut([rectangle(width, height), rectangle(x, y)], halfDepth: depth)
  }

  private static func polar(_ radius: Double, turn: Double) -> Point {
    radius * Point(cos(2 * Double.pi * turn), sin(2 * Double.pi * turn))
  }

  private static func rectangle(_ x: Double, _ y: Double) -> [Point] { [[-x, -y], [x, -y], [x, y], [-x, y]] }

  private static func circle(_ x: Double, _ y: Double) -> [Point] {
    (0..<48).map { polar(1, turn: Double($0) / 48) * Point(x, y) }
  }
}
