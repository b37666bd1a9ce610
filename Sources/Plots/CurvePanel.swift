import Foundation

/// A point of a curve.
public struct CurvePoint: Sendable, Equatable {
  /// Along the horizontal axis, such as a training step.
  public var x: Double
  /// The value; not finite for a gap.
  public var y: Double

  /// The point (x, y).
  public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
}

/// A named curve.
public struct Curve: Sendable, Equatable {
  /// Its name in the legend.
  public var name: String
  /// Its points, by x.
  public var points: [CurvePoint]
  /// What it stands for.
  public var role: SeriesRole

  /// A curve through `points`.
  public init(name: String, role: SeriesRole, points: [CurvePoint]) {
    (self.name, self.role, self.points) = (name, role, points)
  }
}

/// A horizontal line to hold curves against, such as the null model's error.
public struct ReferenceLine: Sendable, Equatable {
  /// Its name in the legend.
  public var name: String
  /// Its height.
  public var value: Double
  /// What it stands for.
  public var role: SeriesRole

  /// A line at `value`.
  public init(name: String, value: Double, role: SeriesRole) {
    (self.name, self.value, self.role) = (name, value, role)
  }
}

/// The range of a vertical axis.
public enum AxisLimits: Sendable, Equatable {
  /// All points.
  case automatic
  /// From zero up to the largest.
  case fromZero
  /// Between two percentiles of the points, so that a few wild ones at the start do not flatten the rest.
  case percentiles(Double, Double)
  /// As given.
  case range(Double, Double)

  /// The range for `values` with a little room; nil leaves it to the program.
  ///
  /// A logarithmic axis takes only positive values.
  public func bounds(of values: [Double], isLogarithmic: Bool = false) -> (lower: Double, upper: Double)? {
    let usable = values.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
    var lower: Double
    var upper: Double
    switch self {
    case .range(let low, let high): return low < high ? (low, high) : nil
    case .automatic: (lower, upper) = (usable.min() ?? 0, usable.max() ?? 1)
    case .fromZero:
      (lower, upper) = (isLogarithmic ? usable.min() ?? 0.1 : min(0, usable.min() ?? 0), usable.max() ?? 1)
    case .percentiles(let low, let high):
      lower = Percentile.value(min(low, high), of: usable) ?? 0
      upper = Percentile.value(max(low, high), of: usable) ?? 1
    }
    if isLogarithmic {
      (lower, upper) = lower > 0 ? (lower, upper) : (0.1, 1)
      let room = pow(max(upper / lower, 1.2), 0.05)
      return (lower / room, upper * room)
    }
    let room = 0.05 * (upper > lower ? upper - lower : max(abs(upper), 1e-6))
    return (self == .fromZero && lower == 0 ? 0 : lower - room, upper + room)
  }
}

/// Curves over a shared horizontal axis: losses, metrics, published ones beside them.
public struct CurvePanel: Sendable, Equatable {
  /// Title; empty for none.
  public var title: String
  /// What the horizontal axis shows.
  public var xLabel: String
  /// What the vertical axis shows.
  public var yLabel: String
  /// The curves, drawn in order.
  public var curves: [Curve]
  /// Horizontal lines to hold them against.
  public var references: [ReferenceLine] = []
  /// Whether the vertical axis is logarithmic.
  public var isLogarithmic = false
  /// Whether the horizontal axis is logarithmic, for curves of very different length; points at 0 are not shown then.
  public var isLogarithmicAcross = false
  /// The range of the vertical axis.
  public var limits = AxisLimits.automatic

  /// A panel of curves.
  public init(title: String = "", xLabel: String, yLabel: String, curves: [Curve]) {
    (self.title, self.xLabel, self.yLabel, self.curves) = (title, xLabel, yLabel, curves)
  }
}

extension CurvePanel: PanelDrawing {
  /// More points than pixels say nothing more, and make vector files heavy.
  private static let pointLimit = 2000

  func draw(in frame: PanelFrame, script: inout GnuplotScript) {
    var frame = frame
    let legend =
      curves.map { LegendEntry(name: $0.name, role: $0.role) }
      + references.map { LegendEntry(name: $0.name, role: $0.role, mark: .dashes) }
    frame.head(title: title, yLabel: yLabel, legend: legend, script: &script)
    frame.foot(xLabel: xLabel, script: &script)
    frame.axes(script: &script)
    let values = curves.flatMap { $0.points.map(\.y) } + references.map(\.value)
    if let bounds = limits.bounds(of: values, isLogarithmic: isLogarithmic) {
      script.add("set yrange [\(GnuplotScript.number(bounds.lower)):\(GnuplotScript.number(bounds.upper))]")
      if isLogarithmic {
        let ticks = Self.logarithmicTicks(from: bounds.lower, to: bounds.upper).map(GnuplotScript.number)
        script.add("set logscale y")
        script.add("set ytics (\(ticks.joined(separator: ", ")))")
      }
    }
    let xs = curves.flatMap { $0.points.map(\.x) }.filter { $0.isFinite && (!isLogarithmicAcross || $0 > 0) }
    let low = xs.min() ?? 0, high = xs.max() ?? 1
    script.add("set xrange [\(GnuplotScript.number(low)):\(GnuplotScript.number(high > low ? high : low + 1))]")
    if isLogarithmicAcross, low > 0 {
      let ticks = Self.logarithmicTicks(from: low, to: max(high, low + 1)).map(GnuplotScript.number)
      script.add("set logscale x")
      script.add("set xtics (\(ticks.joined(separator: ", ")))")
    }
    var parts: [String] = references.map { line in
      "\(GnuplotScript.number(line.value)) with lines lw 1.4 dt (2,3) lc rgb '\(FigureStyle.color(line.role))'"
    }
    for curve in curves {
      let points = Self.thinned(curve.points)
      let data = script.addData(points.map { [$0.x, $0.y] })
      let dash = FigureStyle.isDashed(curve.role) ? " dt (6,4)" : ""
      let width = curve.role == .training ? 1.0 : 2.0
      let color = FigureStyle.color(curve.role)
      let style = points.count == 1 ? "points pt 7 ps 0.6" : "lines lw \(width)\(dash)"
      parts.append("\(data) using 1:2 with \(style) lc rgb '\(color)'")
    }
    script.add("plot " + (parts.isEmpty ? "NaN" : parts.joined(separator: ", ")))
  }

  /// Powers of ten, and between them 2 and 5 where there are few.
  static func logarithmicTicks(from lower: Double, to upper: Double) -> [Double] {
    guard lower > 0, upper > lower, upper.isFinite else { return [1] }
    let first = Int(log10(lower).rounded(.down)), last = Int(log10(upper).rounded(.up))
    let step = max(1, (last - first) / 8)
    let digits: [Double] = last - first <= 3 ? [1, 2, 5] : [1]
    let ticks = stride(from: first, through: last, by: step).flatMap { power in
      digits.compactMap { Double("\(Int($0))e\(power)") }
    }
    return ticks.filter { $0 >= lower && $0 <= upper }
  }

  /// Keeps the lowest and highest point of each stretch, so that peaks stay.
  private static func thinned(_ points: [CurvePoint]) -> [CurvePoint] {
    guard points.count > pointLimit else { return points }
    let stretch = (2 * points.count + pointLimit - 1) / pointLimit
    return stride(from: 0, to: points.count, by: stretch).flatMap { start -> [CurvePoint] in
      let part = points[start..<min(start + stretch, points.count)]
      guard let low = part.indices.min(by: { part[$0].y < part[$1].y }),
        let high = part.indices.max(by: { part[$0].y < part[$1].y })
      else { return [] }
      return Set([low, high]).sorted().map { part[$0] }
    }
  }
}
