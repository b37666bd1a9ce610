import Plots
import Testing

@Suite struct StatisticsTests {
  @Test(arguments: [(0.0, 1.0), (25, 1.75), (50, 2.5), (90, 3.7), (100, 4), (-5, 1), (200, 4)])
  func `percentiles are interpolated as numpy does`(percent: Double, expected: Double) throws {
    let value = try #require(Percentile.value(percent, of: [3, 1, .nan, 4, .infinity, 2]))
    #expect(abs(value - expected) < 1e-12)
  }

  @Test func `nothing has no percentile and no summary`() {
    #expect(Percentile.value(50, of: [.nan]) == nil && ValueSummary([]) == nil)
    #expect(Percentile.value(50, of: [7]) == 7)
  }

  @Test func `a summary is that of a box plot`() throws {
    let summary = try #require(ValueSummary([1, 2, 3, 4, 5, 6, 7, 8, 100, .nan]))
    #expect(summary.count == 9 && abs(summary.mean - 136.0 / 9) < 1e-12)
    #expect(summary.quartiles == (3, 5, 7) && summary.whiskers == (1, 8) && summary.outliers == [100])
    let constant = try #require(ValueSummary([2, 2, 2]))
    #expect(constant.standardDeviation == 0 && constant.whiskers == (2, 2) && constant.outliers.isEmpty)
  }

  @Test func `limits by percentiles leave the wild values out`() throws {
    let values = [1000.0] + (0..<99).map { Double($0) / 100 }
    let bounds = try #require(AxisLimits.percentiles(0, 98).bounds(of: values))
    #expect(bounds.upper < 2 && bounds.lower < 0 && bounds.lower > -0.1)
    let zero = try #require(AxisLimits.fromZero.bounds(of: [0.2, 0.4]))
    #expect(zero.lower == 0 && abs(zero.upper - 0.42) < 1e-12)
    let logarithmic = try #require(AxisLimits.automatic.bounds(of: [-1, 0, 0.01, 1], isLogarithmic: true))
    #expect(logarithmic.lower > 0.005 && logarithmic.lower < 0.01 && logarithmic.upper > 1 && logarithmic.upper < 2)
    #expect(AxisLimits.range(2, 1).bounds(of: []) == nil)
    let single = try #require(AxisLimits.automatic.bounds(of: [5]))
    #expect(single.lower < 5 && single.upper > 5)
  }
}
