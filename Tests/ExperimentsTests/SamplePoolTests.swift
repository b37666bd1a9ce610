import Experiments
import Foundation
import Randomness
import Testing
import Volumes

@Suite("Sample pools: batches")
struct SamplePoolTests {
  private static let shapes = [
    (id: "chairs/a", outside: 70, inside: 30), (id: "chairs/b", outside: 20, inside: 60),
    (id: "tables/a", outside: 500, inside: 100), (id: "loose", outside: 9, inside: 41),
  ]

  /// Every row is one of its owner's, with its own distance.
  private func expectTrue(_ batch: SampleBatch, _ pool: SamplePool) {
    #expect(batch.points.count == 3 * batch.distances.count && batch.owners.count == batch.distances.count)
    #expect(zip(batch.owners, batch.owners.dropFirst()).allSatisfy { $0 <= $1 })
    for (row, owner) in batch.owners.enumerated() {
      let id = pool.entries[Int(owner)].id
      let number = batch.points[3 * row + 1]
      let outside = Self.shapes.first { $0.id == id }?.outside ?? 0
      #expect(batch.points[3 * row] == SampleFixtures.key(id) && batch.points[3 * row + 2] == 0)
      #expect(batch.distances[row] == (Int(number) < outside ? number + 1 : -number - 1))
    }
  }

  @Test("A batch over all shapes is half inside, and shapes come by their samples")
  func mixture() throws {
    let pool = try SampleFixtures(Self.shapes).pool()
    #expect(pool.entries.map(\.id) == ["chairs/a", "chairs/b", "loose", "tables/a"])
    #expect(pool.entries.map(\.category) == ["chairs", "chairs", "", "tables"])
    #expect(pool.sampleCount == 830)
    var generator = SeededGenerator(seed: 1)
    var counts = [Int: Int]()
    for _ in 0..<50 {
      let batch = pool.batch(pointCount: 200, generator: &generator)
      #expect(batch.distances.count { $0 < 0 } == 100)
      expectTrue(batch, pool)
      for (owner, distance) in zip(batch.owners, batch.distances) where distance < 0 {
        counts[Int(owner), default: 0] += 1
      }
    }
    // 231 samples inside, 5,000 draws; four deviations.
    for (shape, inside) in [30.0, 60, 41, 100].enumerated() {
      let share = inside / 231
      #expect(abs(Double(counts[shape] ?? 0) - 5000 * share) < 4 * (5000 * share * (1 - share)).squareRoot())
    }
  }

  @Test("With a number of shapes each has equally many points, half of them inside")
  func scenes() throws {
    let pool = try SampleFixtures(Self.shapes).pool()
    var generator = SeededGenerator(seed: 2)
    var seen = Set<Int64>()
    for _ in 0..<20 {
      let batch = pool.batch(pointCount: 101, shapesPerBatch: 2, generator: &generator)
      expectTrue(batch, pool)
      let owners = Set(batch.owners)
      #expect(owners.count == 2 && batch.distances.count == 100)
      for owner in owners {
        let own = batch.distances.indices.filter { batch.owners[$0] == owner }
        #expect(own.count == 50 && own.count { batch.distances[$0] < 0 } == 25)
      }
      seen.formUnion(owners)
    }
    #expect(seen == [0, 1, 2, 3])
    #expect(Set(pool.batch(pointCount: 80, shapesPerBatch: 64, generator: &generator).owners).count == 4)
  }

  @Test("No sample comes twice before all have come, and the order is shuffled")
  func runs() throws {
    let pool = try SampleFixtures([(id: "a", outside: 40, inside: 40)]).pool()
    var generator = SeededGenerator(seed: 3)
    let batch = pool.batch(pointCount: 80, shapesPerBatch: 1, generator: &generator)
    let rows = stride(from: 1, to: batch.points.count, by: 3).map { batch.points[$0] }
    #expect(rows.sorted() == (0..<80).map { Float($0) })
    #expect(rows != rows.sorted())
    let twice = pool.batch(pointCount: 160, shapesPerBatch: 1, generator: &generator)
    #expect(Dictionary(grouping: twice.distances) { $0 }.values.allSatisfy { $0.count == 2 })
  }

  @Test("A shape of one sign gives what it has")
  func oneSign() throws {
    let fixtures = try SampleFixtures([(id: "full", outside: 0, inside: 50), (id: "hollow", outside: 50, inside: 0)])
    var generator = SeededGenerator(seed: 3)
    let batch = try fixtures.pool().batch(pointCount: 40, shapesPerBatch: 2, generator: &generator)
    #expect(zip(batch.owners, batch.distances).allSatisfy { ($0 == 0) == ($1 < 0) })
    let outside = try SampleFixtures([(id: "hollow", outside: 50, inside: 0)]).pool()
    #expect(outside.batch(pointCount: 10, generator: &generator).distances.count == 10)
  }

  @Test("Batches depend on samples, seed and generator, not on the order of files")
  func isDeterministic() throws {
    let (first, second) = (try SampleFixtures(Self.shapes).pool(), try SampleFixtures(Self.shapes.reversed()).pool())
    let other = try SampleFixtures(Self.shapes).pool(seed: 2)
    var generators = [SeededGenerator(seed: 4), SeededGenerator(seed: 4), SeededGenerator(seed: 4)]
    for shapes in [nil, 3] {
      let batch = first.batch(pointCount: 120, shapesPerBatch: shapes, generator: &generators[0])
      #expect(second.batch(pointCount: 120, shapesPerBatch: shapes, generator: &generators[1]) == batch)
      #expect(other.batch(pointCount: 120, shapesPerBatch: shapes, generator: &generators[2]) != batch)
    }
  }

  @Test("A kept generator goes on with the same batches in a new pool")
  func resumes() throws {
    let fixtures = try SampleFixtures(Self.shapes)
    let pool = try fixtures.pool()
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<3 { _ = pool.batch(pointCount: 100, generator: &generator) }
    var kept = try JSONDecoder().decode(SeededGenerator.self, from: JSONEncoder().encode(generator))
    let again = try fixtures.pool()
    for _ in 0..<3 {
      #expect(again.batch(pointCount: 100, generator: &kept) == pool.batch(pointCount: 100, generator: &generator))
    }
  }

  @Test("A limit keeps as many of each sign as there are, up to half")
  func limits() throws {
    let pool = try SampleFixtures(Self.shapes).pool { $0.pointsPerShape = 60 }
    let signs = pool.entries.indices.map { index in
      let distances = pool.samples(of: index).distances
      return [distances.count { $0 > 0 }, distances.count { $0 < 0 }]
    }
    #expect(signs == [[30, 30], [20, 40], [9, 41], [30, 30]])
    let some = pool.samples(of: 3, limit: 10)
    #expect(some.points.count == 10 && some.distances.count { $0 < 0 } == 5)
    #expect(some.points.allSatisfy { $0.x == SampleFixtures.key("tables/a") })
  }

  @Test("The scratch file has no name, and a batch of 16,384 points of 50 shapes is a copy")
  func isMapped() throws {
    let fixtures = try SampleFixtures((0..<50).map { (id: "s\($0)", outside: 3000, inside: 1000) })
    let pool = try fixtures.pool()
    // The list is read in pieces, between which other tests map and unmap files; so one look may miss a line.
    let isMapped = try (0..<100).contains { _ in
      try String(contentsOfFile: "/proc/self/maps", encoding: .utf8).split(separator: "\n").contains {
        $0.contains("formcast-samples-") && $0.hasSuffix("(deleted)")
      }
    }
    #expect(isMapped)
    var generator = SeededGenerator(seed: 5)
    for shapes in [nil, 50] {
      let times = (0..<40).map { _ in
        let start = ContinuousClock.now
        _ = pool.batch(pointCount: 16_384, shapesPerBatch: shapes, generator: &generator)
        return start.duration(to: .now)
      }
      let best = try #require(times.min())
      print("batch of 16,384 from \(shapes.map { "\($0) shapes" } ?? "all shapes"): \(best)")
      #expect(best < .milliseconds(3))
    }
  }
}
