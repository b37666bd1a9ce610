import Foundation
import Geometry
import Randomness
import Testing

@Suite("Figures of sets of shapes")
struct SetMetricsTests {
  private func matrix(_ values: [[Double]]) -> CloudDistances {
    CloudDistances(
      values.flatMap { $0 }, rowCount: values.count, columnCount: values[0].count, distance: .chamfer)
  }

  @Test("figures are those of the reference", arguments: ["chamfer_squared", "chamfer", "emd", "sinkhorn"])
  func reference(name: String) throws {
    let fixtures = try SetFixtures()
    let kinds: [String: CloudDistance] = [
      "chamfer_squared": .chamferSquared, "chamfer": .chamfer, "emd": .earthMover,
      "sinkhorn": .sinkhorn(epsilon: 0.05, iterations: 30),
    ]
    let distances = try SetDistances(
      generated: fixtures.generatedSet(), reference: fixtures.referenceSet(), try #require(kinds[name]))
    let metrics = SetMetrics(distances)
    let expected = try fixtures.numbers("\(name).mmd")[0]
    #expect(abs(metrics.minimumMatchingDistance - expected) <= (name == "sinkhorn" ? 1e-5 : 3e-7) * expected)
    #expect(try metrics.coverage == fixtures.numbers("\(name).cov")[0])
    #expect(try metrics.nearestNeighborAccuracy == fixtures.numbers("\(name).1nna")[0])
    let nearest = distances.between.nearestColumns()
    #expect(try nearest.map { Double($0.index) } == fixtures.numbers("\(name).nearest_reference"))
    for (row, neighbor) in nearest.enumerated() { #expect(distances.between[row, neighbor.index] == neighbor.distance) }
    let back = distances.between.nearestRows()
    #expect(abs(back.map(\.distance).reduce(0, +) / 8 - metrics.minimumMatchingDistance) < 1e-15)
  }

  @Test("copies cover all, cost nothing and are all taken for the others; sets apart are told apart")
  func extremes() throws {
    let clouds = (0..<6).map { TestClouds.ellipsoid(64, seed: $0) }
    let set = try CloudSet(clouds, name: "set")
    for kind in [CloudDistance.chamfer, .chamferSquared, .earthMover] {
      let same = SetMetrics(try SetDistances(generated: set, reference: set, kind))
      #expect(same == SetMetrics(coverage: 1, minimumMatchingDistance: 0, nearestNeighborAccuracy: 0))
      let far = try CloudSet(clouds.map { $0.map { $0 + 10 } }, name: "far")
      let apart = SetMetrics(try SetDistances(generated: far, reference: set, kind))
      #expect(apart.nearestNeighborAccuracy == 1 && apart.minimumMatchingDistance > 5 && apart.coverage < 1)
    }
    // One shape, again and again, covers one.
    let collapsed = try CloudSet([[SIMD3<Float>]](repeating: clouds[2], count: 6), name: "collapsed")
    let metrics = SetMetrics(try SetDistances(generated: collapsed, reference: set, .chamfer))
    #expect(metrics.coverage == 1.0 / 6)
  }

  @Test("two halves of one kind of shapes are hard to tell apart")
  func halves() throws {
    func set(_ start: UInt64) throws -> CloudSet {
      try CloudSet((0..<60).map { TestClouds.ellipsoid(256, seed: start + $0) }, name: "half")
    }
    let metrics = SetMetrics(try SetDistances(generated: set(0), reference: set(100), .chamfer))
    // 120 fair coins stay within 4.5 standard errors of 1/2.
    #expect(abs(metrics.nearestNeighborAccuracy - 0.5) < 0.2)
    #expect(metrics.coverage > 0.4)
  }

  // All shapes are equally near: generated ones come first.
  @Test("of equally near shapes the first counts")
  func ties() throws {
    let distances = try SetDistances(
      withinGenerated: matrix([[0, 1], [1, 0]]), between: matrix([[1, 1, 1], [1, 1, 1]]),
      withinReference: matrix([[0, 1, 1], [1, 0, 1], [1, 1, 0]]))
    let metrics = SetMetrics(distances)
    #expect(metrics.nearestNeighborAccuracy == 2.0 / 5 && metrics.coverage == 1.0 / 3)
    #expect(metrics.minimumMatchingDistance == 1)
    #expect(distances.between.nearestColumns().map(\.index) == [0, 0])
    #expect(distances.between.nearestRows().map(\.index) == [0, 0, 0])
  }

  @Test("matrices that do not belong together are errors")
  func mismatch() throws {
    let (one, two) = (matrix([[0]]), matrix([[0, 1], [1, 0]]))
    let wide = matrix([[1, 2]])
    #expect(throws: Never.self) { try SetDistances(withinGenerated: one, between: wide, withinReference: two) }
    for (generated, reference) in [(two, two), (one, one)] {
      let error = #expect(throws: ComparisonError.self) {
        try SetDistances(withinGenerated: generated, between: wide, withinReference: reference)
      }
      #expect(error?.description.contains("1 x 2") == true)
    }
    let other = CloudDistances([0], rowCount: 1, columnCount: 1, distance: .earthMover)
    #expect(throws: ComparisonError.self) {
      try SetDistances(withinGenerated: other, between: wide, withinReference: two)
    }
    let error = #expect(throws: ComparisonError.self) {
      try SetDistances(withinGenerated: one, between: matrix([[1, .nan]]), withinReference: two)
    }
    #expect(error?.description == "the distance of clouds 0 and 1 between the sets is not finite")
  }

  @Test("intervals hold their figures, repeat, and shrink with the sets")
  func intervals() throws {
    func distances(_ count: UInt64) throws -> SetDistances {
      try SetDistances(
        generated: CloudSet((0..<count).map { TestClouds.ellipsoid(64, seed: $0) }, name: "generated"),
        reference: CloudSet((0..<count).map { TestClouds.ellipsoid(64, seed: 500 + $0) }, name: "reference"), .chamfer)
    }
    let (small, large) = (try distances(12), try distances(96))
    let metrics = SetMetrics(large)
    let intervals = try SetMetricsIntervals(large, drawCount: 300, seed: 7)
    #expect(try intervals == SetMetricsIntervals(large, drawCount: 300, seed: 7, threadCount: 1))
    #expect(try intervals != SetMetricsIntervals(large, drawCount: 300, seed: 8))
    let before = try SetMetricsIntervals(small, drawCount: 300, seed: 7)
    let narrow = try SetMetricsIntervals(large, drawCount: 300, level: 0.5, seed: 7)
    for (interval, other, inner, value) in [
      (intervals.coverage, before.coverage, narrow.coverage, metrics.coverage),
      (
        intervals.minimumMatchingDistance, before.minimumMatchingDistance, narrow.minimumMatchingDistance,
        metrics.minimumMatchingDistance
      ),
      (
        intervals.nearestNeighborAccuracy, before.nearestNeighborAccuracy, narrow.nearestNeighborAccuracy,
        metrics.nearestNeighborAccuracy
      ),
    ] {
      #expect(interval.lower < value && value < interval.upper)
      #expect(other.upper - other.lower > 1.5 * (interval.upper - interval.lower))
      #expect(interval.lower < inner.lower && inner.upper < interval.upper && inner.bias == interval.bias)
    }
    // Fewer different shapes cover less and match worse.
    #expect(intervals.coverage.bias < 0 && intervals.minimumMatchingDistance.bias > 0)
    let unusable: [(Int, Double)] = [(1, 0.95), (2_000_000, 0.95), (100, 0), (100, 1), (100, .nan)]
    for (draws, level) in unusable {
      #expect(throws: ComparisonError.self) {
        try SetMetricsIntervals(small, drawCount: draws, level: level, seed: 1)
      }
    }
    let decoded = try JSONDecoder().decode(SetMetricsIntervals.self, from: JSONEncoder().encode(intervals))
    #expect(decoded == intervals)
  }

  @Test("a protocol says all that is needed, and comes back from a file")
  func record() throws {
    var record = SetMetricsProtocol(
      pointCount: 2048, normalization: .halfUnitSphere, setCounts: (200, 100), seed: 1234,
      distance: .sinkhorn(epsilon: 0.01, iterations: 50))
    (record.level, record.resolution) = (0.04, 64)
    let data = try JSONEncoder().encode(record)
    #expect(try JSONDecoder().decode(SetMetricsProtocol.self, from: data) == record)
    #expect(record.generatedCount == 200 && record.referenceCount == 100)
    #expect(record.distance.description == "sinkhorn (epsilon 0.01, 50 iterations)")
    for kind in ["chamferSquared", "chamfer", "earthMover", "sinkhorn"] {
      #expect(record.conventions[kind]?.isEmpty == false)
    }
  }
}
