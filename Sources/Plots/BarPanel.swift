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
  private static let valueSize = 8.0

  func draw(in frame: PanelFrame, script: inout GnuplotScript) {
    var frame = frame
    let legend =
      series.map { LegendEntry(name: $0.name, role: $0.role, mark: .patch) }
      + marks.map { LegendEntry(name: $0.name, role: $0.role, mark: .tick) }
    frame.head(title: title, yLabel: yLabel, legend: legend, script: &script)
    frame.hasFoot = false
    frame.axes(script: &script)
    script.add("set grid noxtics")
    let ticks = categories.enumerated().map { "\(GnuplotScript.quotedTick($1)) \($0)" }.joined(separator: ", ")
    script.add("set xtics scale 0 (\(ticks)) font '\(FigureStyle.fontName),\(FigureStyle.fontSize + 1)'")
    script.add("set xrange [-0.5:\(Double(max(1, categories.count)) - 0.5)]")
    let tops = series.flatMap { $0.bars.compactMap { $0 } }.flatMap { bar in
      [bar.value + (bar.deviation ?? 0), bar.value] + bar.marks
    }
    let pointsPerBar = 0.8 * (frame.right - frame.left) / Double(max(1, series.count * categories.count))
    // Numbers that would run into each other stand upright, and need more room above.
    let isUpright = pointsPerBar < FigureStyle.width(of: "0.1234", size: Self.valueSize)
    let room = showsValues ? (isUpright ? 1.14 : 1.06) : 1.03
    if let bounds = AxisLimits.fromZero.bounds(of: tops) {
      script.add("set yrange [\(GnuplotScript.number(bounds.lower)):\(GnuplotScript.number(bounds.upper * room))]")
    }
    let width = 0.8 / Double(max(1, series.count))
    let parts = series.indices.flatMap { index in
      draw(series[index], at: (Double(index) + 0.5) * width - 0.4, width: width, isUpright: isUpright, script: &script)
    }
    script.add("plot " + (parts.isEmpty ? "NaN" : parts.joined(separator: ", ")))
  }

  private func draw(
    _ series: Series, at offset: Double, width: Double, isUpright: Bool, script: inout GnuplotScript
  ) -> [String] {
    let bars = series.bars.prefix(categories.count).enumerated().compactMap { index, bar in
      bar.map { (x: Double(index) + offset, bar: $0) }
    }
    guard !bars.isEmpty else { return [] }
    let data = script.addData(bars.map { [$0.x, $0.bar.value, 0.9 * width] })
    let color = FigureStyle.color(series.role)
    var parts = ["\(data) using 1:2:3 with boxes fs solid 0.85 noborder fc rgb '\(color)'"]
    let whiskers = bars.flatMap { bar -> [[Double]] in
      guard let deviation = bar.bar.deviation else { return [] }
      let (low, high, cap) = (bar.bar.value - deviation, bar.bar.value + deviation, 0.12 * width)
      return [[bar.x, low, 0, high - low], [bar.x - cap, low, 2 * cap, 0], [bar.x - cap, high, 2 * cap, 0]]
    }
    if !whiskers.isEmpty {
      let data = script.addData(whiskers)
      parts.append("\(data) using 1:2:3:4 with vectors nohead lw 1.1 lc rgb '\(FigureStyle.ink)'")
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
    if showsValues { label(bars, isUpright: isUpright, script: &script) }
    return parts
  }

  /// The value stands over all that belongs to its bar.
  private func label(_ bars: [(x: Double, bar: Bar)], isUpright: Bool, script: inout GnuplotScript) {
    for (x, bar) in bars where bar.value.isFinite {
      let text = GnuplotScript.quoted(String(format: abs(bar.value) < 0.1 ? "%.4f" : "%.3f", bar.value))
      let top = (bar.marks + [bar.value, bar.value + (bar.deviation ?? 0)]).filter(\.isFinite).max() ?? 0
      let place = isUpright ? "left rotate by 90 offset 0,0.4" : "center offset 0,0.6"
      script.add(
        "set label \(text) at first \(GnuplotScript.number(x)), first \(GnuplotScript.number(top)) \(place) "
          + "font '\(FigureStyle.fontName),\(Self.valueSize)' tc rgb '\(FigureStyle.ink)' front")
    }
  }
}
