/// A mean per step with its standard deviation.
public struct Band: Sendable, Equatable {
  /// Its name in the legend.
  public var name: String
  /// What it stands for.
  public var role: SeriesRole
  /// Mean at each step.
  public var means: [Double]
  /// Standard deviation at each step; empty for a line without a band.
  public var deviations: [Double]

  /// Means with their standard deviations.
  public init(name: String, role: SeriesRole, means: [Double], deviations: [Double] = []) {
    (self.name, self.role, self.means, self.deviations) = (name, role, means, deviations)
  }
}

/// Errors over the steps of a forecast: mean lines with a band of one standard deviation to either side.
public struct BandPanel: Sendable, Equatable {
  /// Title; empty for none.
  public var title: String
  /// What the horizontal axis counts.
  public var xLabel: String
  /// What was measured.
  public var yLabel: String
  /// The curves; their first value is at step 1.
  public var bands: [Band]
  /// The range of the vertical axis.
  public var limits = AxisLimits.fromZero

  /// A panel of these curves.
  public init(title: String = "", xLabel: String = "forecast step", yLabel: String, bands: [Band]) {
    (self.title, self.xLabel, self.yLabel, self.bands) = (title, xLabel, yLabel, bands)
  }
}

extension BandPanel: PanelDrawing {
  func draw(in frame: PanelFrame, script: inout GnuplotScript) {
    var frame = frame
    let legend = bands.map { LegendEntry(name: $0.name, role: $0.role) }
    frame.head(title: title, yLabel: yLabel, legend: legend, script: &script)
    frame.foot(xLabel: xLabel, script: &script)
    frame.axes(script: &script)
    let stepCount = bands.map(\.means.count).max() ?? 1
    let edges = bands.flatMap { band in Self.rows(of: band).flatMap { [$0[2], $0[3]] } }
    if let bounds = limits.bounds(of: edges) {
      script.add("set yrange [\(GnuplotScript.number(bounds.lower)):\(GnuplotScript.number(bounds.upper))]")
    }
    let room = max(0.15, Double(stepCount) * 0.02)
    script.add("set xrange [\(1 - room):\(Double(max(stepCount, 1)) + room)]")
    script.add("set xtics \(max(1, (stepCount + 11) / 12))")
    var areas: [String] = []
    var lines: [String] = []
    for band in bands {
      let data = script.addData(Self.rows(of: band))
      let color = FigureStyle.color(band.role)
      let dash = FigureStyle.isDashed(band.role) ? " dt (6,4)" : ""
      if !band.deviations.isEmpty {
        areas.append("\(data) using 1:3:4 with filledcurves fs transparent solid 0.14 noborder fc rgb '\(color)'")
      }
      lines.append("\(data) using 1:2 with lines lw 2\(dash) lc rgb '\(color)'")
      if stepCount <= 30 { lines.append("\(data) using 1:2 with points pt 7 ps 0.45 lc rgb '\(color)'") }
    }
    script.add("plot " + (lines.isEmpty ? "NaN" : (areas + lines).joined(separator: ", ")))
  }

  /// Step, mean, lower and upper edge.
  private static func rows(of band: Band) -> [[Double]] {
    band.means.enumerated().map { index, mean in
      let deviation = index < band.deviations.count ? band.deviations[index] : 0
      return [Double(index + 1), mean, mean - deviation, mean + deviation]
    }
  }
}
