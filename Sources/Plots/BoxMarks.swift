/// A box plot: a box over the quartiles with a line at the median and a diamond at the mean, whiskers, and points beyond them.
struct BoxMarks {
  private let summary: ValueSummary
  private let position: Double
  private let halfWidth: Double
  private let isUpright: Bool
  /// More outliers than these are thinned out evenly.
  private static let outlierLimit = 200

  /// *Parameters*: `position` is the middle of the box on the axis across the values; upright ones have values upwards.
  init(_ summary: ValueSummary, at position: Double, halfWidth: Double = 0.3, isUpright: Bool) {
    (self.summary, self.position, self.halfWidth, self.isUpright) = (summary, position, halfWidth, isUpright)
  }

  /// Puts the marks' numbers into the script; the result is what to plot.
  func draw(color: String, script: inout GnuplotScript) -> [String] {
    var parts: [String] = []
    let (first, median, third) = summary.quartiles
    let (lower, upper) = summary.whiskers
    let whiskers = script.addData(
      [
        [lower, position, first - lower, 0], [third, position, upper - third, 0],
        [lower, position - halfWidth / 2, 0, halfWidth], [upper, position - halfWidth / 2, 0, halfWidth],
      ].map(turned))
    parts.append("\(whiskers) using 1:2:3:4 with vectors nohead lw 1.2 lc rgb '\(color)'")
    let (near, far) = (position - halfWidth, position + halfWidth)
    let box = script.addData([turned([median, position, first, near, third, far])])
    parts.append(
      "\(box) using 1:2:3:5:4:6 with boxxyerror fc rgb '\(color)' fs transparent solid 0.25 border lc rgb '\(color)' lw 1.2"
    )
    let middle = script.addData([turned([median, near, 0, 2 * halfWidth])])
    parts.append("\(middle) using 1:2:3:4 with vectors nohead lw 2.4 lc rgb '\(color)'")
    let stride = max(1, summary.outliers.count / Self.outlierLimit)
    let outliers = summary.outliers.enumerated().filter { $0.offset % stride == 0 }.map {
      turned([$0.element, position])
    }
    if !outliers.isEmpty {
      let data = script.addData(outliers)
      parts.append("\(data) using 1:2 with points pt 7 ps 0.18 lc rgb '\(color)'")
    }
    let mean = script.addData([turned([summary.mean, position])])
    parts.append("\(mean) using 1:2 with points pt 13 ps 0.9 lc rgb '#ffffff'")
    parts.append("\(mean) using 1:2 with points pt 13 ps 0.6 lc rgb '\(FigureStyle.ink)'")
    return parts
  }

  /// Pairs of (value, across) as pairs of (x, y).
  private func turned(_ row: [Double]) -> [Double] {
    guard isUpright else { return row }
    return stride(from: 0, to: row.count, by: 2).flatMap { [row[$0 + 1], row[$0]] }
  }
}
