/// Many models beside each other: upright box plots, several for each category, one colour for each kind.
///
/// Boxes span the quartiles with a line at the median and a diamond at the mean; whiskers reach the outermost values within 1.5
/// interquartile ranges.
public struct BoxPanel: Sendable, Equatable {
  /// The boxes of one colour, one for each category.
  public struct Series: Sendable, Equatable {
    /// Its name in the legend.
    public var name: String
    /// What it stands for.
    public var role: SeriesRole
    /// The values of each category; none for no box.
    public var values: [[Double]]

    /// The boxes of one colour.
    public init(name: String, role: SeriesRole, values: [[Double]]) {
      (self.name, self.role, self.values) = (name, role, values)
    }
  }

  /// Title; empty for none.
  public var title: String
  /// What was measured.
  public var yLabel: String
  /// Names of the categories.
  public var categories: [String]
  /// The colours.
  public var series: [Series]
  /// Categories before which a line is drawn, by index.
  public var separators: Set<Int> = []

  /// A panel of grouped boxes.
  public init(title: String = "", yLabel: String, categories: [String], series: [Series]) {
    (self.title, self.yLabel, self.categories, self.series) = (title, yLabel, categories, series)
  }
}

extension BoxPanel: PanelDrawing {
  func draw(in frame: PanelFrame, script: inout GnuplotScript) {
    var frame = frame
    let legend = series.map { LegendEntry(name: $0.name, role: $0.role, mark: .patch) }
    frame.head(title: title, yLabel: yLabel, legend: legend, script: &script)
    frame.hasFoot = false
    frame.axes(script: &script)
    script.add("set grid noxtics")
    let ticks = categories.enumerated().map { "\(GnuplotScript.quotedTick($1)) \($0)" }.joined(separator: ", ")
    script.add("set xtics scale 0 (\(ticks))")
    script.add("set xrange [-0.5:\(Double(max(1, categories.count)) - 0.5)]")
    let values = series.flatMap { $0.values.flatMap { $0 } }
    if let bounds = AxisLimits.fromZero.bounds(of: values) {
      script.add("set yrange [\(GnuplotScript.number(bounds.lower)):\(GnuplotScript.number(bounds.upper))]")
    }
    for index in separators.sorted() where index > 0 && index < categories.count {
      let x = GnuplotScript.number(Double(index) - 0.5)
      script.add(
        "set arrow from first \(x), graph 0 to first \(x), graph 1 nohead back lw 0.8 lc rgb '\(FigureStyle.axis)'")
    }
    let width = 0.8 / Double(max(1, series.count))
    var parts: [String] = []
    for (kind, series) in series.enumerated() {
      for (category, values) in series.values.prefix(categories.count).enumerated() {
        guard let summary = ValueSummary(values) else { continue }
        let x = Double(category) - 0.4 + (Double(kind) + 0.5) * width
        let marks = BoxMarks(summary, at: x, halfWidth: 0.38 * width, isUpright: true)
        parts += marks.draw(color: FigureStyle.color(series.role), script: &script)
      }
    }
    script.add("plot " + (parts.isEmpty ? "NaN" : parts.joined(separator: ", ")))
  }
}
