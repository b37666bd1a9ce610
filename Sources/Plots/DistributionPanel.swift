import Foundation

/// A named group of measured values.
public struct ValueGroup: Sendable, Equatable {
  /// Its name in the legend.
  public var name: String
  /// What it stands for.
  public var role: SeriesRole
  /// The values, one per sample.
  public var values: [Double]

  /// A group of values.
  public init(name: String, role: SeriesRole, values: [Double]) {
    (self.name, self.role, self.values) = (name, role, values)
  }
}

/// How several groups of values are distributed: a histogram, and under it a box plot of each over the same axis.
///
/// Boxes span the quartiles with a line at the median and a diamond at the mean; whiskers reach the outermost values within 1.5
/// interquartile ranges.
public struct DistributionPanel: Sendable, Equatable {
  /// Title; empty for none.
  public var title: String
  /// What was measured.
  public var xLabel: String
  /// The groups, in the order of the legend and from top to bottom.
  public var groups: [ValueGroup]
  /// Bins of the histogram.
  public var binCount = 40

  /// A panel of these groups.
  public init(title: String = "", xLabel: String, groups: [ValueGroup]) {
    (self.title, self.xLabel, self.groups) = (title, xLabel, groups)
  }
}

extension DistributionPanel: PanelDrawing {
  private static let rowHeight = 20.0

  func draw(in frame: PanelFrame, script: inout GnuplotScript) {
    var frame = frame
    let legend = groups.map { group in
      let summary = ValueSummary(group.values).map {
        String(format: "  %.4f ± %.4f", $0.mean, $0.standardDeviation)
      }
      return LegendEntry(name: group.name + (summary ?? "  no values"), role: group.role, mark: .patch)
    }
    frame.head(title: title, yLabel: "samples", legend: legend, script: &script)
    frame.foot(xLabel: xLabel, script: &script)
    let all = groups.flatMap(\.values).filter(\.isFinite)
    let bounds = AxisLimits.automatic.bounds(of: all) ?? (0, 1)
    let isPositive = (all.min() ?? 0) >= 0
    let lower = isPositive ? max(0, bounds.lower) : bounds.lower
    let split = frame.bottom - Self.rowHeight * Double(max(1, groups.count)) - 8
    let range = "set xrange [\(GnuplotScript.number(lower)):\(GnuplotScript.number(bounds.upper))]"
    frame.axes(to: split - 6, script: &script)
    script.add(range)
    script.add("set format x ''")
    script.add("set yrange [0:*]")
    drawHistogram(lower: lower, upper: bounds.upper, script: &script)
    clearTexts(&script)
    frame.axes(from: split, script: &script)
    script.add(range)
    script.add("set border 1")
    script.add("unset ytics")
    script.add("set yrange [0.4:\(Double(groups.count) + 0.6)]")
    drawBoxes(&script)
  }

  private func clearTexts(_ script: inout GnuplotScript) {
    for kind in ["label", "object", "arrow"] { script.add("unset \(kind)") }
  }

  private func drawHistogram(lower: Double, upper: Double, script: inout GnuplotScript) {
    var parts: [String] = []
    for group in groups {
      let histogram = Histogram(group.values, lower: lower, upper: upper, binCount: max(1, binCount))
      // Bins without values at either end would draw a line along the axis.
      let filled = histogram.counts.indices.filter { histogram.counts[$0] > 0 }
      let range = (filled.first ?? 0)...(filled.last ?? 0)
      let rows = range.map { index in
        [histogram.lower + (Double(index) + 0.5) * histogram.binWidth, Double(histogram.counts[index])]
      }
      let data = script.addData(rows)
      let color = FigureStyle.color(group.role)
      parts.append("\(data) using 1:2 with boxes fs transparent solid 0.22 noborder fc rgb '\(color)'")
      parts.append("\(data) using 1:2 with histeps lw 1.5 lc rgb '\(color)'")
    }
    script.add("set boxwidth 1 relative")
    script.add("plot " + (parts.isEmpty ? "NaN" : parts.joined(separator: ", ")))
  }

  private func drawBoxes(_ script: inout GnuplotScript) {
    var parts: [String] = []
    for (index, group) in groups.enumerated() {
      guard let summary = ValueSummary(group.values) else { continue }
      let marks = BoxMarks(summary, at: Double(groups.count - index), isUpright: false)
      parts += marks.draw(color: FigureStyle.color(group.role), script: &script)
    }
    script.add("plot " + (parts.isEmpty ? "NaN" : parts.joined(separator: ", ")))
  }
}
