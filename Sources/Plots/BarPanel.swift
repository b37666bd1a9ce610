import Foundation

/// A bar: a mean, its standard deviation, and the values it has to be held against.
public struct Bar: Sendable, Equatable {
  /// Height.
  public var value: Double
  /// Half the length of its whisker; nil for none.
  public var deviation: Double?
  /// Marks across the bar, such as the null model's error, in the order of the panel's mark names.
  public var marks: [Double]

  /// A bar with whisker and marks.
  public init(value: Double, deviation: Double? = nil, marks: [Double] = []) {
    (self.value, self.deviation, self.marks) = (value, deviation, marks)
  }
}

/// Many models beside each other: bars grouped by data format, one colour per model.
public struct BarPanel: Sendable, Equatable {
  /// The bars of one colour, one for each category.
  public struct Series: Sendable, Equatable {
    /// Its name in the legend.
    public var name: String
    /// What it stands for.
    public var role: SeriesRole
    /// One bar for each category; nil for none.
    public var bars: [Bar?]

    /// The bars of one colour.
    public init(name: String, role: SeriesRole, bars: [Bar?]) {
      (self.name, self.role, self.bars) = (name, role, bars)
    }
  }

  /// A kind of mark across bars.
  public struct Mark: Sendable, Equatable {
    /// Its name in the legend.
    public var name: String
    /// What it stands for.
    public var role: SeriesRole

    /// A kind of mark.
    public init(name: String, role: SeriesRole) { (self.name, self.role) = (name, role) }
  }

  /// Title; empty for none.
  public var title: String
  /// What was measured.
  public var yLabel: String
  /// Names of the groups of bars.
  public var categories: [String]
  /// The colours.
  public var series: [Series]
  /// The kinds of marks.
  public var marks: [Mark] = []
  /// Whether each bar's value is written over it.
  public var showsValues = true

  /// A panel of grouped bars.
  public init(title: String = "", yLabel: String, categories: [String], series: [Series]) {
    (self.title, self.yLabel, self.categories, self.series) = (title, yLabel, categories, series)
  }
}

extension BarPanel: PanelDrawing {
  func draw(in frame: PanelFrame, script: inout GnuplotScript) {
    var frame = frame
    let legend =
      series.map { LegendEntry(name: $0.name, role: $0.role, mark: .patch) }
      + marks.map { LegendEntry(name: $0.name, role: $0.role, mark: .tick) }
    frame.head(title: title, yLabel: yLabel, legend: legend, script: &script)
    frame.axes(script: &script)
    script.add("set grid noxtics")
    let ticks = categories.enumerated().map { "\(GnuplotScript.quotedTick($1)) \($0)" }.joined(separator: ", ")
    script.add("set xtics scale 0 (\(ticks)) font '\(FigureStyle.fontName),\(FigureStyle.fontSize + 1)'")
    script.add("set xrange [-0.5:\(Double(max(1, categories.count)) - 0.5)]")
    let tops = series.flatMap { $0.bars.compactMap { $0 } }.flatMap { bar in
      [bar.value + (bar.deviation ?? 0), bar.value] + bar.marks
    }
    if let bounds = AxisLimits.fromZero.bounds(of: tops) {
      script.add("set yrange [\(GnuplotScript.number(bounds.lower)):\(GnuplotScript.number(bounds.upper * 1.03))]")
    }
    let width = 0.8 / Double(max(1, series.count))
    let parts = series.indices.flatMap { index in
      draw(series[index], at: (Double(index) + 0.5) * width - 0.4, width: width, script: &script)
    }
    script.add("plot " + (parts.isEmpty ? "NaN" : parts.joined(separator: ", ")))
  }

  private func draw(_ series: Series, at offset: Double, width: Double, script: inout GnuplotScript) -> [String] {
    let bars = series.bars.prefix(categories.count).enumerated().compactMap { index, bar in
      bar.map { (x: Double(index) + offset, bar: $0) }
    }
    guard !bars.isEmpty else { return [] }
    let data = script.addData(bars.map { [$0.x, $0.bar.value, 0.9 * width] })
    let color = FigureStyle.color(series.role)
    var parts = ["\(data) using 1:2:3 with boxes fs solid 0.85 noborder fc rgb '\(color)'"]
    let whiskers = bars.compactMap { bar in bar.bar.deviation.map { [bar.x, bar.bar.value, $0] } }
    if !whiskers.isEmpty {
      let data = script.addData(whiskers)
      parts.append("\(data) using 1:2:3 with yerrorbars pt 0 ps 0 lw 1.1 lc rgb '\(FigureStyle.ink)'")
    }
    for (kind, mark) in marks.enumerated() {
      let rows = bars.filter { kind < $0.bar.marks.count }.map {
        [$0.x - 0.46 * width, $0.bar.marks[kind], 0.92 * width, 0]
      }
      guard !rows.isEmpty else { continue }
      let data = script.addData(rows)
      parts.append("\(data) using 1:2:3:4 with vectors nohead lw 4 lc rgb '#ffffff'")
      parts.append("\(data) using 1:2:3:4 with vectors nohead lw 2.4 lc rgb '\(FigureStyle.color(mark.role))'")
    }
    if showsValues { label(bars, script: &script) }
    return parts
  }

  /// The value stands in the foot of its bar, where neither whisker nor mark is.
  private func label(_ bars: [(x: Double, bar: Bar)], script: inout GnuplotScript) {
    for (x, bar) in bars where bar.value.isFinite {
      let text = GnuplotScript.quoted(String(format: abs(bar.value) < 0.1 ? "%.4f" : "%.3f", bar.value))
      script.add(
        "set label \(text) at first \(GnuplotScript.number(x)), graph 0.02 left rotate by 90 "
          + "font '\(FigureStyle.fontName),8' tc rgb '#ffffff' front")
    }
  }
}
