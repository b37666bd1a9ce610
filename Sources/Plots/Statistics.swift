/// What a box plot shows of a list of values.
public struct ValueSummary: Sendable, Equatable {
  /// Number of finite values; the rest is left out.
  public let count: Int
  /// Arithmetic mean.
  public let mean: Double
  /// Standard deviation of the values, not of a larger population: divided by their number.
  public let standardDeviation: Double
  /// First quartile, median and third quartile.
  public let quartiles: (Double, Double, Double)
  /// The outermost values within 1.5 interquartile ranges of the box.
  public let whiskers: (Double, Double)
  /// Values outside the whiskers, ascending.
  public let outliers: [Double]

  /// The summary of the finite ones of `values`; nil if there are none.
  public init?(_ values: [Double]) {
    let sorted = values.filter(\.isFinite).sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    count = sorted.count
    let mean = sorted.reduce(0, +) / Double(sorted.count)
    self.mean = mean
    standardDeviation = (sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(sorted.count)).squareRoot()
    let quartiles = (
      Percentile.value(25, ofSorted: sorted), Percentile.value(50, ofSorted: sorted),
      Percentile.value(75, ofSorted: sorted)
    )
    let reach = 1.5 * (quartiles.2 - quartiles.0)
    let inside = sorted.filter { $0 >= quartiles.0 - reach && $0 <= quartiles.2 + reach }
    self.quartiles = quartiles
    whiskers = (inside.first ?? first, inside.last ?? last)
    outliers = sorted.filter { $0 < quartiles.0 - reach || $0 > quartiles.2 + reach }
  }

  /// Equal in every number.
  public static func == (first: ValueSummary, second: ValueSummary) -> Bool {
    first.count == second.count && first.mean == second.mean && first.standardDeviation == second.standardDeviation
      && first.quartiles == second.quartiles && first.whiskers == second.whiskers && first.outliers == second.outliers
  }
}

/// Percentiles with linear interpolation between the two nearest ranks.
public enum Percentile {
  /// The given percentile of the finite ones of `values`; nil if there are none.
  public static func value(_ percent: Double, of values: [Double]) -> Double? {
    let sorted = values.filter(\.isFinite).sorted()
    return sorted.isEmpty ? nil : value(percent, ofSorted: sorted)
  }

  static func value(_ percent: Double, ofSorted sorted: [Double]) -> Double {
    let position = min(max(percent, 0), 100) / 100 * Double(sorted.count - 1)
    let lower = Int(position.rounded(.down))
    let upper = min(lower + 1, sorted.count - 1)
    let share = position - Double(lower)
    return sorted[lower] + share * (sorted[upper] - sorted[lower])
  }
}

/// Counts of values in bins of equal width.
struct Histogram: Equatable {
  let lower: Double
  let binWidth: Double
  let counts: [Int]

  /// The last bin includes its upper bound; values outside are not counted.
  init(_ values: [Double], lower: Double, upper: Double, binCount: Int) {
    var counts = [Int](repeating: 0, count: binCount)
    let width = (upper - lower) / Double(binCount)
    for value in values where value >= lower && value <= upper {
      counts[min(binCount - 1, Int((value - lower) / width))] += 1
    }
    (self.lower, binWidth, self.counts) = (lower, width, counts)
  }
}
