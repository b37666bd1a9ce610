/// An entry of a legend.
struct LegendEntry {
  enum Mark { case line, dashes, patch, tick, dot }
  var name: String
  var color: String
  var mark: Mark

  init(name: String, role: SeriesRole, mark: Mark? = nil) {
    self.name = name
    color = FigureStyle.color(role)
    self.mark = mark ?? (FigureStyle.isDashed(role) ? .dashes : .line)
  }

  init(name: String, color: String, mark: Mark) { (self.name, self.color, self.mark) = (name, color, mark) }
}

/// The place of a panel in a figure, in points with y down; what stands above the axes is written from top to bottom.
struct PanelFrame {
  static let outerMargin = 18.0
  var x: Double
  var y: Double
  var size: FigureSize
  /// Where the next line above the axes goes, and in the end the top of the axes.
  private var cursor: Double

  init(x: Double, y: Double, size: FigureSize) {
    (self.x, self.y, self.size) = (x, y, size)
    cursor = y + 8
  }

  var left: Double { x + 58 }
  var right: Double { x + size.width - 22 }
  var bottom: Double { y + size.height - (hasFoot ? 50 : 32) }
  /// Whether room is left for a label under the axis.
  var hasFoot = true
  var top: Double { cursor + 10 }

  /// Title, what the vertical axis shows, and the legend.
  mutating func head(title: String, yLabel: String, legend: [LegendEntry], script: inout GnuplotScript) {
    let edge = x + Self.outerMargin
    if !title.isEmpty {
      cursor += 16
      script.text(
        title, x: edge, y: cursor - 4, style: .init(size: FigureStyle.titleSize, isBold: true))
    }
    if !yLabel.isEmpty {
      cursor += 16
      script.text(yLabel, x: edge, y: cursor - 4, style: .init(color: FigureStyle.mutedInk))
    }
    guard !legend.isEmpty else { return }
    cursor += 18
    var position = edge
    for entry in legend {
      let width = 20 + FigureStyle.width(of: entry.name) + 13
      if position > edge && position + width > x + size.width {
        position = edge
        cursor += 16
      }
      mark(entry, x: position, y: cursor - 4, script: &script)
      script.text(entry.name, x: position + 20, y: cursor - 4)
      position += width
    }
  }

  private func mark(_ entry: LegendEntry, x: Double, y: Double, script: inout GnuplotScript) {
    switch entry.mark {
    case .line, .dashes:
      let dash = entry.mark == .dashes ? " dt (6,4)" : ""
      script.line(from: (x, y), to: (x + 15, y), style: "lw 2.2 lc rgb '\(entry.color)'\(dash)")
    case .tick: script.line(from: (x, y), to: (x + 14, y), style: "lw 3 lc rgb '\(entry.color)'")
    case .patch: script.rectangle(from: (x, y + 5), to: (x + 14, y - 5), color: entry.color)
    case .dot: script.rectangle(from: (x + 5, y + 3), to: (x + 11, y - 3), color: entry.color)
    }
  }

  /// The label under the horizontal axis.
  func foot(xLabel: String, script: inout GnuplotScript) {
    guard !xLabel.isEmpty else { return }
    script.text(
      xLabel, x: (left + right) / 2, y: y + size.height - 12,
      style: .init(color: FigureStyle.mutedInk, alignment: .center))
  }

  /// Axes of the house style between the given heights: two lines, light grid, small ticks outside.
  func axes(from top: Double? = nil, to bottom: Double? = nil, script: inout GnuplotScript) {
    let width = script.size.width, height = script.size.height
    func put(_ margin: String, _ value: Double) {
      script.add("set \(margin) at screen \(GnuplotScript.number(value))")
    }
    put("lmargin", left / width)
    put("rmargin", right / width)
    put("tmargin", 1 - (top ?? self.top) / height)
    put("bmargin", 1 - (bottom ?? self.bottom) / height)
    script.add("unset key")
    script.add("set border 3 lw 0.8 lc rgb '\(FigureStyle.axis)'")
    script.add("set tics out nomirror scale 0.5,0.25 tc rgb '\(FigureStyle.mutedInk)'")
    script.add("set grid xtics ytics lt 1 lw 0.6 lc rgb '\(FigureStyle.grid)' back")
    script.add("set format '%g'")
    script.add("set clip two")
  }
}
