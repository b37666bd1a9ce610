import CMeshQueries
import Foundation
import Geometry
import Randomness
import Testing

@Suite("Distances between sets of clouds")
struct SetDistanceTests {
  static let kinds: [CloudDistance] = [
    .chamferSquared, .chamfer, .earthMover, .sinkhorn(epsilon: 0.05, iterations: 30),
  ]

  @Test("whole matrices are those of the reference", arguments: ["emd", "sinkhorn"])
  func transportReference(name: String) throws {
    let fixtures = try SetFixtures()
    let kind: CloudDistance = name == "emd" ? .earthMover : .sinkhorn(epsilon: 0.05, iterations: 30)
    // Distances that an assignment chooses by are rounded to single precision; so is all of Sinkhorn's arithmetic.
    let tolerance = name == "emd" ? 1e-7 : 1e-5
    let distances = try SetDistances(generated: fixtures.generatedSet(), reference: fixtures.referenceSet(), kind)
    for (pair, matrix) in [
      ("generated_generated", distances.withinGenerated), ("generated_reference", distances.between),
      ("reference_reference", distances.withinReference),
    ] {
      let expected = try fixtures.numbers("\(name).\(pair)")
      try #require(expected.count == matrix.values.count)
      for (value, other) in zip(matrix.values, expected) {
        #expect(abs(value - other) <= tolerance * max(other, 0.01), "\(pair): \(value), not \(other)")
      }
    }
  }

  @Test("Chamfer distances are those that a tree finds")
  func chamferByTree() throws {
    let fixtures = try SetFixtures()
    let (rows, columns) = (try fixtures.generatedSet(), try fixtures.referenceSet())
    let squared = try CloudDistances(from: rows, to: columns, .chamferSquared)
    let plain = try CloudDistances(from: rows, to: columns, .chamfer)
    let trees = (
      try fixtures.generated.map { try PointCloudTree($0) }, try fixtures.reference.map { try PointCloudTree($0) }
    )
    for row in 0..<8 {
      for column in 0..<8 {
        let expected = ChamferDistance(between: trees.0[row], and: trees.1[column])
        #expect(abs(squared[row, column] - expected.squared) <= 3e-7 * expected.squared)
        #expect(abs(plain[row, column] - expected.l1) <= 3e-7 * expected.l1)
      }
    }
  }

  @Test(
    "every nearest distance is that of looking at all pairs", arguments: [1, 7, 8, 9, 15, 16, 17, 63, 257, 2047],
    [1, 5, 16, 33, 300])
  func minima(rowCount: Int, columnCount: Int) throws {
    // A lattice has equal points and equal distances; far clouds leave nothing out early, near ones almost all.
    for (offset, step) in [(Float(0), Float(0)), (0, 0.25), (3, 0)] {
      func cloud(_ count: Int, _ seed: UInt64, _ offset: Float) -> [SIMD3<Float>] {
        TestClouds.ellipsoid(count, seed: seed).map { point in
          (step > 0 ? (point / step).rounded(.down) * step : point) + offset
        }
      }
      let (rows, columns) = (cloud(rowCount, 1, 0), cloud(columnCount, 2, offset))
      let (found, otherFound) = try nearest(rows, columns)
      #expect(zip(found, rows).allSatisfy { Self.agree($0, $1, columns) })
      #expect(zip(otherFound, columns).allSatisfy { Self.agree($0, $1, rows) })
    }
  }

  /// Whether a squared distance is that to the nearest point; single precision errs by six roundings.
  private static func agree(_ found: Float, _ point: SIMD3<Float>, _ cloud: [SIMD3<Float>]) -> Bool {
    let least = cloud.reduce(Double.infinity) { least, other in
      let offset = SIMD3<Double>(point) - SIMD3<Double>(other)
      return min(least, (offset * offset).sum())
    }
    return abs(Double(found) - least) <= 4e-7 * least
  }

  private func nearest(_ rows: [SIMD3<Float>], _ columns: [SIMD3<Float>]) throws -> ([Float], [Float]) {
    func handle(_ cloud: [SIMD3<Float>]) -> OpaquePointer? {
      cloud.flatMap { [$0.x, $0.y, $0.z] }.withUnsafeBufferPointer { mq_cloud_create($0.baseAddress, cloud.count, 3) }
    }
    let (first, second) = (try #require(handle(rows)), try #require(handle(columns)))
    defer {
      mq_cloud_free(first)
      mq_cloud_free(second)
    }
    var found = ([Float](repeating: -1, count: rows.count), [Float](repeating: -1, count: columns.count))
    #expect(mq_cloud_minima(first, second, &found.0, &found.1) == 0)
    return found
  }

  @Test("no distance depends on threads, on the order of points or on which cloud comes first", arguments: kinds)
  func invariance(kind: CloudDistance) throws {
    var generator = SeededGenerator(seed: 5)
    let clouds = (0..<5).map { TestClouds.ellipsoid(133, seed: $0) }
    let shuffled = clouds.map { cloud in generator.permutation(count: cloud.count).map { cloud[$0] } }
    let set = try CloudSet(clouds, name: "clouds")
    let usual = try CloudDistances(among: set, kind)
    #expect(usual.rowCount == 5 && usual.columnCount == 5 && usual.distance == kind)
    #expect(try usual == CloudDistances(among: CloudSet(clouds, name: "x", threadCount: 1), kind, threadCount: 1))
    let full = try CloudDistances(from: set, to: CloudSet(clouds, name: "y"), kind, threadCount: 3)
    let other = try CloudDistances(from: CloudSet(shuffled, name: "z"), to: set, kind)
    // Of Sinkhorn's iterations the last one scales the rows, so what comes first matters a little.
    let isSinkhorn = kind != .earthMover && kind != .chamfer && kind != .chamferSquared
    for row in 0..<5 {
      for column in 0..<5 {
        #expect(usual[row, column] == usual[column, row])
        #expect(row > column || usual[row, column] == full[row, column])
        let tolerance = isSinkhorn ? 1e-3 : 1e-7
        #expect(abs(full[row, column] - full[column, row]) <= tolerance)
        #expect(abs(full[row, column] - other[row, column]) <= 1e-6)
        #expect(isSinkhorn || (row == column) == (usual[row, column] == 0))
      }
    }
  }

  @Test("an assignment is the best of all orders", arguments: 1...6)
  func allOrders(count: Int) throws {
    for seed in 0..<20 {
      let (rows, columns) = (TestClouds.ball(count, seed: UInt64(seed)), TestClouds.ball(count, seed: 99))
      let found = try CloudDistances(
        from: CloudSet([rows], name: "a"), to: CloudSet([columns], name: "b"), .earthMover)
      #expect(abs(found[0, 0] - Self.best(rows[...], columns) / Double(count)) < 1e-7)
    }
  }

  /// The least sum of distances over all orders.
  private static func best(_ rows: ArraySlice<SIMD3<Float>>, _ columns: [SIMD3<Float>]) -> Double {
    guard let row = rows.first else { return 0 }
    return columns.indices.map { index in
      var rest = columns
      let offset = SIMD3<Double>(row) - SIMD3<Double>(rest.remove(at: index))
      return (offset * offset).sum().squareRoot() + best(rows.dropFirst(), rest)
    }.min() ?? 0
  }

  // On a line the points of both clouds go to each other in ascending order; equal ones make all costs degenerate.
  @Test("on a line the earth mover sorts the points", arguments: [2, 15, 16, 17, 700, 2047], [0, 8])
  func line(count: Int, places: Int) throws {
    func cloud(_ seed: UInt64) -> [SIMD3<Float>] {
      var generator = SeededGenerator(seed: seed)
      return (0..<count).map { _ in
        let share = generator.uniform()
        let place = places > 0 ? (share * Double(places)).rounded(.down) / Double(places) : share * share
        return SIMD3(Float(place), 0, 1)
      }
    }
    let (rows, columns) = (cloud(1), cloud(2))
    let expected = zip(rows.map(\.x).sorted(), columns.map(\.x).sorted()).reduce(0) { sum, pair in
      sum + abs(Double(pair.0) - Double(pair.1))
    }
    let found = try CloudDistances(from: CloudSet([rows], name: "a"), to: CloudSet([columns], name: "b"), .earthMover)
    #expect(abs(found[0, 0] - expected / Double(count)) < 1e-7)
  }

  @Test("Chamfer is never above the earth mover's distance, and Sinkhorn's comes near that")
  func relations() throws {
    let first = try CloudSet((0..<4).map { TestClouds.ellipsoid(200, seed: $0) }, name: "first")
    let second = try CloudSet((4..<8).map { TestClouds.ball(200, seed: $0) }, name: "second")
    let exact = try CloudDistances(from: first, to: second, .earthMover)
    let chamfer = try CloudDistances(from: first, to: second, .chamfer)
    let coarse = try CloudDistances(from: first, to: second, .sinkhorn(epsilon: 0.1, iterations: 100))
    let fine = try CloudDistances(from: first, to: second, .sinkhorn(epsilon: 0.005, iterations: 1000))
    for (index, value) in exact.values.enumerated() {
      #expect(chamfer.values[index] < value)
      #expect(value < fine.values[index] && fine.values[index] < coarse.values[index])
      #expect(fine.values[index] < 1.02 * value)
    }
  }

  @Test("clouds of other sizes have Chamfer and Sinkhorn's distances")
  func sizes() throws {
    let one = try CloudSet([[.zero]], name: "one")
    let two = try CloudSet([[[3, 4, 0], [0, 0, 1]]], name: "two")
    #expect(try CloudDistances(from: one, to: two, .chamfer)[0, 0] == (1 + 3) / 2)
    #expect(try CloudDistances(from: one, to: two, .chamferSquared)[0, 0] == 1 + 13)
    let moved = try CloudDistances(from: one, to: two, .sinkhorn(epsilon: 0.1, iterations: 200))
    #expect(abs(moved[0, 0] - 3) < 1e-5)
  }

  @Test("clouds that cannot be measured are errors that name them")
  func errors() throws {
    func message(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return ""
    }
    let cases: [([[SIMD3<Float>]], String)] = [
      ([], "real: there are no clouds"), ([[.one], []], "real, cloud 1: there are no points"),
      ([[.one, [0, .nan, 0]]], "real, cloud 0: point 1"), ([[.one], [[1e20, 0, 0]]], "real, cloud 1: point 0"),
    ]
    for (clouds, expected) in cases {
      #expect(message { _ = try CloudSet(clouds, name: "real") }.contains(expected))
    }
    let good = try CloudSet([[.zero, .one], [.one, .zero]], name: "good")
    let uneven = try CloudSet([[.zero, .one], [.one]], name: "uneven")
    let said = message { _ = try CloudDistances(from: good, to: uneven, .earthMover) }
    #expect(said.contains("equal size: uneven, cloud 1 has 1 points, good, cloud 0 has 2"))
    #expect(message { _ = try CloudDistances(among: uneven, .earthMover) }.contains("uneven, cloud 1"))
    #expect(throws: Never.self) { try CloudDistances(from: good, to: uneven, .chamfer) }
    let unusable: [(Double, Int)] = [(0, 1), (-1, 1), (.nan, 1), (.infinity, 1), (1, 0), (1, 10_000_000)]
    for (epsilon, iterations) in unusable {
      let kind = CloudDistance.sinkhorn(epsilon: epsilon, iterations: iterations)
      #expect(message { _ = try CloudDistances(among: good, kind) }.contains("Sinkhorn"))
    }
    let large = try CloudSet([TestClouds.ball(CloudDistance.largestAssignment + 1, seed: 1)], name: "large")
    #expect(message { _ = try CloudDistances(among: large, .earthMover) }.contains("too many"))
  }
}
