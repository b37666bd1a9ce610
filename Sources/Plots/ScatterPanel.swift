import Foundation

/// Points of a plane in the colours of their groups, with small pictures at some of them: a map.
///
/// Both axes have the same scale and no ticks, since distances in a map have no unit.
public struct ScatterPanel: Sendable, Equatable {
  /// The points of one colour.
  public struct Group: Sendable, Equatable {
    /// Its name in the legend; empty for none.
    public var name: String
    /// Its colour as `#rrggbb`.
    public var color: String
    /// The points.
    public var points: [SIMD2<Double>]

    /// The points of one colour.
    public init(name: String, color: String, points: [SIMD2<Double>]) {
      (self.name, self.color, self.points) = (name, color, points)
    }

    /// Its colour, or grey if it is none.
    fileprivate var shownColor: String {
      color.wholeMatch(of: /#[0-9a-fA-F]{6}/) == nil ? CategoryColors.none : color
    }
  }

  /// A small picture that belongs to a point.
  public struct Picture: Sendable, Equatable {
    /// The point.
    public var point: SIMD2<Double>
    /// Pixels of a row.
    public var width: Int
    /// Red, green, blue and opacity of each pixel, row by row from the top.
    public var bytes: [UInt8]

    /// A picture at a point; traps unless the rows are whole.
    public init(point: SIMD2<Double>, width: Int, bytes: [UInt8]) {
      precondition(width > 0 && bytes.count % (4 * width) == 0, "\(bytes.count) bytes in rows of \(width) pixels")
      (self.point, self.width, self.bytes) = (point, width, bytes)
    }

    /// Number of rows.
    public var height: Int { bytes.count / 4 / width }
  }

  /// Title; empty for none.
  public var title: String
  /// A line under it, such as how the map was made.
  public var remark = ""
  /// The points.
  public var groups: [Group]
  /// A way through the map, closed if its ends are the same point.
  public var path: [SIMD2<Double>] = []
  /// Pictures, which are moved off each other.
  public var pictures: [Picture] = []
  /// Points of a picture's longer side in the figure.
  public var pictureSize = 74.0

  /// A map of groups of points.
  public init(title: String = "", groups: [Group]) { (self.title, self.groups) = (title, groups) }
}

extension ScatterPanel: PanelDrawing {
  /// Vector files grow with every point; more would not be told apart.
  private static let pointLimit = 12_000
  /// Points between the frame and the outermost mark, without and with pictures.
  private static let room = (plain: 14.0, pictured: 44.0)

  func draw(in frame: PanelFrame, script: inout GnuplotScript) {
    var frame = frame
    let legend = groups.filter { !$0.name.isEmpty }.map { LegendEntry(name: $0.name, color: $0.shownColor, mark: .dot) }
    frame.head(title: title, yLabel: remark, legend: legend, script: &script)
    let plane = place(frame, script: &script)
    var parts: [String] = []
    if path.count > 1 {
      let rows = script.addData(path.map { [$0.x, $0.y] })
      parts.append("\(rows) using 1:2 with lines lw 1.1 dt (5,3) lc rgb '\(FigureStyle.mutedInk)'")
    }
    parts.append(points(script: &script))
    parts += pictureParts(plane, script: &script)
    script.add("plot " + parts.joined(separator: ", "))
  }

  /// Margins and ranges, so that both axes have one scale.
  private func place(_ frame: PanelFrame, script: inout GnuplotScript) -> Plane {
    let left = frame.x + PanelFrame.outerMargin
    let right = frame.x + frame.size.width - PanelFrame.outerMargin
    let (top, bottom) = (frame.top, frame.y + frame.size.height - PanelFrame.outerMargin)
    let all = (groups.flatMap(\.points) + path).filter { $0.x.isFinite && $0.y.isFinite }
    let low = all.reduce(all.first ?? SIMD2()) { pointwiseMin($0, $1) }
    let high = all.reduce(all.first ?? SIMD2()) { pointwiseMax($0, $1) }
    let extent = pointwiseMax(high - low, SIMD2(repeating: max((high - low).max(), 1e-9) * 1e-3))
    let room = 2 * (pictures.isEmpty ? Self.room.plain : Self.room.pictured)
    let size = SIMD2(max(right - left, 1), max(bottom - top, 1))
    let scale = (extent / pointwiseMax(size - room, SIMD2(repeating: 1))).max()
    let plane = Plane(center: (low + high) / 2, half: size * scale / 2, scale: scale)
    for (margin, value) in [
      ("lmargin", left / script.size.width), ("rmargin", right / script.size.width),
      ("tmargin", 1 - top / script.size.height), ("bmargin", 1 - bottom / script.size.height),
    ] {
      script.add("set \(margin) at screen \(GnuplotScript.number(value))")
    }
    script.add("unset key; unset tics; set border 15 lw 0.8 lc rgb '\(FigureStyle.grid)'")
    for (axis, name) in ["x", "y"].enumerated() {
      let (low, high) = (plane.center[axis] - plane.half[axis], plane.center[axis] + plane.half[axis])
      script.add("set \(name)range [\(GnuplotScript.number(low)):\(GnuplotScript.number(high))]")
    }
    return plane
  }

  /// All groups mixed, so that none lies over the others.
  private func points(script: inout GnuplotScript) -> String {
    let total = groups.reduce(0) { $0 + $1.points.count }
    let stride = max(1, (total + Self.pointLimit - 1) / Self.pointLimit)
    var rows: [(order: UInt64, row: [Double])] = []
    for group in groups {
      let color = Double(Int(group.shownColor.dropFirst(), radix: 16) ?? 0)
      for index in Swift.stride(from: 0, to: group.points.count, by: stride) {
        // A row without a place would be taken for one without a colour.
        guard group.points[index].x.isFinite, group.points[index].y.isFinite else { continue }
        let order = UInt64(rows.count + 1) &* 0x9E37_79B9_7F4A_7C15
        rows.append((order ^ (order >> 29), [group.points[index].x, group.points[index].y, color]))
      }
    }
    guard !rows.isEmpty else { return "NaN" }
    let data = script.addData(rows.sorted { $0.order < $1.order }.map(\.row))
    let size = rows.count > 5000 ? 0.16 : rows.count > 1000 ? 0.26 : rows.count > 200 ? 0.4 : 0.6
    return "\(data) using 1:2:3 with points pt 7 ps \(size) lc rgb variable"
  }

  private func pictureParts(_ plane: Plane, script: inout GnuplotScript) -> [String] {
    guard !pictures.isEmpty else { return [] }
    let places = plane.apart(pictures.map(\.point), side: pictureSize * plane.scale)
    let leaders = script.addData(
      zip(pictures, places).map { [$0.point.x, $0.point.y, $1.x - $0.point.x, $1.y - $0.point.y] })
    let line = "\(leaders) using 1:2:3:4 with vectors nohead lw 0.9 lc rgb '\(FigureStyle.ink)'"
    let anchors = "\(leaders) using 1:2 with points pt 6 ps 0.7 lw 1.2 lc rgb '\(FigureStyle.ink)'"
    return [line, anchors]
      + zip(pictures, places).map { picture, place in
        let step = pictureSize * plane.scale / Double(max(picture.width, picture.height))
        let corner = place - step * SIMD2(Double(picture.width), Double(picture.height)) / 2
        let data = script.addData(Self.rows(of: picture))
        func number(_ value: Double) -> String { GnuplotScript.number(value) }
        let place = "(\(number(corner.x))+$1*\(number(step))):(\(number(corner.y))+$2*\(number(step)))"
        return "\(data) using \(place):3:4:5:6 with rgbalpha"
      }
  }

  /// Column, row from below, colour and opacity of each pixel.
  private static func rows(of picture: Picture) -> [[Double]] {
    (0..<picture.height).flatMap { row in
      (0..<picture.width).map { column in
        let start = (row * picture.width + column) * 4
        let pixel = picture.bytes[start..<start + 4].map(Double.init)
        return [Double(column), Double(picture.height - 1 - row)] + pixel
      }
    }
  }
}

/// The part of the plane that a map shows.
private struct Plane {
  let center: SIMD2<Double>
  /// Half of what is seen along each axis.
  let half: SIMD2<Double>
  /// Units of the map in a point of the figure.
  let scale: Double

  /// Places near the given ones where squares of this side do not cover each other, as far as there is room.
  ///
  /// Squares push each other away along the axis on which they are almost apart. For a while each is also drawn back to its
  /// own point, so that those that stand alone end there.
  func apart(_ points: [SIMD2<Double>], side: Double) -> [SIMD2<Double>] {
    let limit = pointwiseMax(half - side * 0.52, SIMD2())
    // A spiral, since squares at one place would only be pushed into a row.
    var places = points.enumerated().map { index, point in
      let (turn, radius) = (2.4 * Double(index), 0.5 * side * Double(index).squareRoot())
      return point + radius * SIMD2(cos(turn), sin(turn))
    }
    let (pulling, rounds) = (200, 600)
    for round in 0..<rounds {
      var isCovered = false
      for first in places.indices {
        for second in places.indices.dropFirst(first + 1) where push(&places, first, second, side: side) {
          isCovered = true
        }
        if round < pulling { places[first] += (points[first] - places[first]) * 0.05 }
        places[first].clamp(lowerBound: center - limit, upperBound: center + limit)
      }
      if !isCovered && round >= pulling { break }
    }
    return places
  }

  /// Whether two squares cover each other, and then moves them.
  private func push(_ places: inout [SIMD2<Double>], _ first: Int, _ second: Int, side: Double) -> Bool {
    let offset = places[second] - places[first]
    let overlap = SIMD2(repeating: side) - SIMD2(abs(offset.x), abs(offset.y))
    guard overlap.min() > 1e-3 * side else { return false }
    let axis = overlap.x < overlap.y ? 0 : 1
    let shift = (offset[axis] < 0 ? -0.5 : 0.5) * overlap[axis]
    places[first][axis] -= shift
    places[second][axis] += shift
    return true
  }
}
