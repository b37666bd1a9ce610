import Foundation

/// A named set of points in space.
public struct PointCloud: Sendable, Equatable {
  /// Its name in the legend; empty for none.
  public var name: String
  /// What it stands for.
  public var role: SeriesRole
  /// The points.
  public var points: [SIMD3<Double>]

  /// A set of points.
  public init(name: String = "", role: SeriesRole = .target, points: [SIMD3<Double>]) {
    (self.name, self.role, self.points) = (name, role, points)
  }
}

/// Points in space over a light ground, with the same scale along all axes.
public struct CloudPanel: Sendable, Equatable {
  /// Title; empty for none.
  public var title: String
  /// The clouds; a single one is coloured by height.
  public var clouds: [PointCloud]
  /// Degrees from the vertical, and about it, under which it is seen.
  public var view = (tilt: 62.0, turn: 32.0)

  /// A panel of these clouds.
  public init(title: String = "", clouds: [PointCloud]) {
    (self.title, self.clouds) = (title, clouds)
  }

  /// Equal in everything.
  public static func == (first: CloudPanel, second: CloudPanel) -> Bool {
    first.title == second.title && first.clouds == second.clouds && first.view == second.view
  }
}

extension CloudPanel: PanelDrawing {
  /// Vector files grow with every point; more would not be told apart.
  private static let pointLimit = 12_000

  func draw(in frame: PanelFrame, script: inout GnuplotScript) {
    var frame = frame
    let named = clouds.filter { !$0.name.isEmpty }
    let legend = named.map { LegendEntry(name: $0.name, role: $0.role, mark: .dot) }
    frame.head(title: title, yLabel: "", legend: clouds.count > 1 ? legend : [], script: &script)
    let width = script.size.width, height = script.size.height
    let bottom = frame.y + frame.size.height
    script.add("set origin \(frame.x / width),\(1 - bottom / height)")
    script.add("set size \(frame.size.width / width),\((bottom - frame.top) / height)")
    script.add("set lmargin 0; set rmargin 0; set tmargin 0; set bmargin 0")
    script.add("unset key; unset colorbox")
    script.add("set view \(view.tilt),\(view.turn),1.4")
    script.add("set view equal xyz")
    script.add("set xyplane relative 0")
    script.add("set border 31 lw 0.6 lc rgb '\(FigureStyle.axis)'")
    script.add("set grid xtics ytics ztics lt 1 lw 0.5 lc rgb '\(FigureStyle.grid)'")
    script.add("set tics nomirror scale 0.3 tc rgb '\(FigureStyle.mutedInk)' font '\(FigureStyle.fontName),8'")
    script.add("set format '%g'")
    for (axis, name) in ["x", "y", "z"].enumerated() {
      let values = clouds.flatMap { $0.points.map { $0[axis] } }.filter(\.isFinite)
      let low = values.min() ?? 0, high = values.max() ?? 1
      let extent = max(high - low, 1e-9 * max(abs(low), abs(high), 1e-9))
      let room = 0.03 * extent
      script.add("set \(name)range [\(GnuplotScript.number(low - room)):\(GnuplotScript.number(high + room))]")
      script.add("set \(name)tics \(GnuplotScript.number(Self.tickStep(extent: extent)))")
    }
    script.add("set xtics offset 0,-0.3; set ytics offset 0.3,-0.2")
    // Viridis: even steps of lightness, for print and for any colour vision.
    script.add("set palette defined (0 '#440154', 1 '#3b528b', 2 '#21918c', 3 '#5ec962', 4 '#c8d41f')")
    let stride = max(1, (clouds.map(\.points.count).reduce(0, +) + Self.pointLimit - 1) / Self.pointLimit)
    var parts: [String] = []
    for cloud in clouds {
      let kept = Swift.stride(from: 0, to: cloud.points.count, by: stride).map { cloud.points[$0] }
      let data = script.addData(kept.map { [$0.x, $0.y, $0.z] })
      let size = kept.count > 3000 ? 0.16 : 0.26
      let color =
        clouds.count == 1
        ? "using 1:2:3:3 with points pt 7 ps \(size) lc palette"
        : "using 1:2:3 with points pt 7 ps \(size) lc rgb '\(FigureStyle.color(cloud.role))'"
      parts.append("\(data) \(color)")
    }
    if !parts.isEmpty { script.add("splot " + parts.joined(separator: ", ")) }
  }

  /// A round step that gives three to six ticks.
  private static func tickStep(extent: Double) -> Double {
    guard extent > 0, extent.isFinite else { return 1 }
    let rough = extent / 4
    let power = pow(10, log10(rough).rounded(.down))
    let digit = [1.0, 2, 5, 10].first { $0 * power >= rough } ?? 10
    return digit * power
  }
}
