import Randomness

/// What a figure may be for other shapes of the same kind: an interval of a bootstrap.
public struct BootstrapInterval: Sendable, Codable, Equatable {
  /// The ends of the interval.
  public var lower, upper: Double
  /// How much larger the figure is on average for shapes that are drawn with repetition; the interval is without it.
  public var bias: Double

  /// The interval of a figure: percentiles of what it is for drawn shapes, moved by the bias.
  init(_ estimate: Double, drawn: [Double], level: Double) {
    let sorted = drawn.sorted()
    bias = drawn.reduce(0, +) / Double(drawn.count) - estimate
    lower = Self.quantile((1 - level) / 2, ofSorted: sorted) - bias
    upper = Self.quantile((1 + level) / 2, ofSorted: sorted) - bias
  }

  /// Between the two neighbours in proportion.
  private static func quantile(_ share: Double, ofSorted values: [Double]) -> Double {
    let place = share * Double(values.count - 1)
    let below = min(Int(place), values.count - 1)
    let above = min(below + 1, values.count - 1)
    return values[below] + (values[above] - values[below]) * (place - Double(below))
  }
}

/// Intervals of the figures of two sets: how far other draws of as many shapes would lie.
///
/// Both sets are drawn with repetition from themselves; all distances are known, so no cloud is looked at again. A shape
/// that is drawn twice is not its own neighbour.
///
/// *Reference*: Efron, "Bootstrap methods: another look at the jackknife", 1979, percentile intervals. Differs: moved by
/// the bias, because a set with repetitions has fewer different shapes, which alone lowers coverage and raises the minimum
/// matching distance; without that intervals would lie beside their figures.
public struct SetMetricsIntervals: Sendable, Codable, Equatable {
  /// That of the coverage.
  public var coverage: BootstrapInterval
  /// That of the minimum matching distance.
  public var minimumMatchingDistance: BootstrapInterval
  /// That of the 1-nearest-neighbour accuracy.
  public var nearestNeighborAccuracy: BootstrapInterval
  /// The share of draws that the intervals hold.
  public var level: Double
  /// How often both sets were drawn.
  public var drawCount: Int
  /// The seed; draw k takes stream k of it.
  public var seed: UInt64

  /// Draws sets and measures them.
  ///
  /// *Throws*: `ComparisonError` unless the draws are 2 to 1,000,000 and the level lies between 0 and 1.
  public init(
    _ distances: SetDistances, drawCount: Int = 1000, level: Double = 0.95, seed: UInt64, threadCount: Int? = nil
  ) throws {
    guard (2...1_000_000).contains(drawCount), level > 0, level < 1 else {
      throw ComparisonError("a bootstrap needs 2 to 1000000 draws and a level between 0 and 1")
    }
    let drawn = [SetMetrics](unsafeUninitializedCapacity: drawCount) { buffer, count in
      nonisolated(unsafe) let result = buffer
      concurrently(drawCount, threadCount: threadCount) { draw in
        var generator = SeededGenerator(seed: seed, stream: UInt64(draw))
        let generated = ShapeDraw(from: distances.generatedCount, &generator)
        let reference = ShapeDraw(from: distances.referenceCount, &generator)
        result.initializeElement(at: draw, to: SetMetrics(distances, generated: generated, reference: reference))
      }
      count = drawCount
    }
    let estimate = SetMetrics(distances)
    func interval(_ figure: (SetMetrics) -> Double) -> BootstrapInterval {
      BootstrapInterval(figure(estimate), drawn: drawn.map(figure), level: level)
    }
    coverage = interval(\.coverage)
    minimumMatchingDistance = interval(\.minimumMatchingDistance)
    nearestNeighborAccuracy = interval(\.nearestNeighborAccuracy)
    (self.level, self.drawCount, self.seed) = (level, drawCount, seed)
  }
}

extension ShapeDraw {
  /// As many shapes as there are, with repetition.
  fileprivate init(from count: Int, _ generator: inout SeededGenerator) {
    var counts = [Int](repeating: 0, count: count)
    for _ in 0..<count { counts[generator.integer(below: count)] += 1 }
    self.init(counts: counts)
  }
}
