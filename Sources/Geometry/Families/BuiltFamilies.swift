/// Furniture of boxes; the floor is at height 0.
enum BuiltFamilies {
  typealias Box = BoxUnion.Box

  static func chair(_ draw: inout ParameterDraw) -> BoxUnion {
    let (width, depth) = (draw("width", 0.8..<1.15), draw("depth", 0.8..<1.15))
    let (height, seat) = (draw("height", 0.65..<1.1), draw("seat", 0.09..<0.18))
    let leg = draw("leg", 0.09..<0.18)
    let (rise, back) = (draw("back height", 0.6..<1.3), draw("back", 0.09..<0.16))
    let (x, z, top) = (width / 2, depth / 2, height + rise)
    var boxes = legs(x, z, leg, to: height)
    boxes.append(Box([-x, height - seat, -z], [x, height, z]))
    // The back stands at the rear edge of the seat, and a little within it so that they are one.
    if draw.flag("solid back", chance: 0.5) {
      boxes.append(Box([-x, height - seat, -z], [x, top, back - z]))
    } else {
      let bars = draw.whole("bars", 2...4)
      let (rail, bar) = (draw("rail", 0.12..<0.3), draw("bar", 0.09..<0.14))
      boxes.append(Box([-x, top - rail, -z], [x, top, back - z]))
      for index in 0..<bars {
        let left = -x + (width - bar) * Double(index) / Double(bars - 1)
        boxes.append(Box([left, height - seat, -z], [left + bar, top - rail / 2, back - z]))
      }
    }
    if draw.flag("arms", chance: 0.35) {
      let (arm, thickness) = (height + rise * draw("arm height", 0.35..<0.55), draw("arm", 0.09..<0.13))
      for left in [-x, x - thickness] {
        boxes.append(Box([left, arm - thickness, -z], [left + thickness, arm, z]))
        boxes.append(Box([left, height - seat, z - thickness], [left + thickness, arm, z]))
      }
    }
    return BoxUnion(boxes)
  }

  static func table(_ draw: inout ParameterDraw) -> BoxUnion {
    let (width, depth) = (draw("width", 1.2..<2.3), draw("depth", 0.8..<1.4))
    let (height, top) = (draw("height", 0.65..<1.2), draw("top", 0.1..<0.2))
    let (x, z) = (width / 2, depth / 2)
    var boxes = [Box([-x, height - top, -z], [x, height, z])]
    if draw.flag("column", chance: 0.3) {
      let (column, foot) = (draw("column size", 0.15..<0.35), draw("foot", 0.5..<0.8))
      boxes.append(Box([-column / 2, 0, -column / 2], [column / 2, height, column / 2]))
      boxes.append(Box([-x * foot, 0, -z * foot], [x * foot, 0.1, z * foot]))
      return BoxUnion(boxes)
    }
    let inset = draw("inset", 0..<0.12)
    boxes += legs(x - inset, z - inset, draw("leg", 0.1..<0.2), to: height)
    if draw.flag("board", chance: 0.35) {
      let level = height * draw("board height", 0.2..<0.45)
      boxes.append(Box([inset - x, level, inset - z], [x - inset, level + 0.1, z - inset]))
    }
    return BoxUnion(boxes)
  }

  static func shelf(_ draw: inout ParameterDraw) -> BoxUnion {
    let (width, height) = (draw("width", 0.8..<1.5), draw("height", 1.4..<2.4))
    let (depth, board) = (draw("depth", 0.4..<0.75), draw("board", 0.09..<0.14))
    let count = draw.whole("boards", 3...5)
    let (x, z) = (width / 2, depth / 2)
    var boxes = [-x, x - board].map { Box([$0, 0, -z], [$0 + board, height, z]) }
    let foot = draw("foot", 0..<0.2)
    for index in 0..<count {
      let level = foot + (height - foot - board) * Double(index) / Double(count - 1)
      boxes.append(Box([-x, level, -z], [x, level + board, z]))
    }
    if draw.flag("back", chance: 0.5) { boxes.append(Box([-x, foot, -z], [x, height, board - z])) }
    return BoxUnion(boxes)
  }

  /// Four legs within the corners of a rectangle of half sides `x` and `z`.
  private static func legs(_ x: Double, _ z: Double, _ size: Double, to height: Double) -> [Box] {
    [-x, x - size].flatMap { left in
      [-z, z - size].map { front in Box([left, 0, front], [left + size, height, front + size]) }
    }
  }
}
