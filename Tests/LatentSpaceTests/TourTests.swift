import Foundation
import LatentSpace
import Randomness
import Testing

@Suite struct TourTests {
  private static func points(_ count: Int, seed: UInt64) -> [SIMD2<Double>] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in SIMD2(generator.uniform(), generator.uniform()) }
  }

  private static func shortest(_ points: [SIMD2<Double>]) -> Double {
    var best = Double.infinity
    func extend(_ order: [Int], _ left: [Int]) {
      guard !left.isEmpty else {
        best = min(best, Tour.length(of: order, through: points))
        return
      }
      for (place, next) in left.enumerated() {
        var rest = left
        rest.remove(at: place)
        extend(order + [next], rest)
      }
    }
    extend([0], Array(1..<points.count))
    return best
  }

  @Test(arguments: 1...6) func `small tours are the shortest there are`(seed: UInt64) {
    let points = Self.points(8, seed: seed)
    let tour = Tour(points)
    #expect(abs(tour.length - Self.shortest(points)) < 1e-12)
    #expect(tour.order.sorted() == Array(0..<8) && tour.order[0] == 0 && tour.order[1] < tour.order[7])
    #expect(abs(Tour.length(of: tour.order, through: points) - tour.length) < 1e-12)
  }

  // The original's search never updates its best value, and so returns the last of several beginnings that beat the first.
  @Test(arguments: 1...5) func `the best beginning is kept, not the last that beats the first`(seed: UInt64) throws {
    let points = Self.points(60, seed: seed)
    let tour = Tour(points, restartCount: 40, seed: seed)
    let lengths = tour.restartLengths
    #expect(lengths.count == 40 && tour.length == lengths.min())
    let lastBetter = try #require(lengths.last { $0 <= lengths[0] })
    #expect(tour.length <= lastBetter)
    let more = Tour(points, restartCount: 80, seed: seed)
    #expect(more.length <= tour.length && Array(more.restartLengths.prefix(40)) == lengths)
    #expect(Tour(points, restartCount: 40, seed: seed) == tour)
  }

  @Test func `in at least one case the last better beginning is longer than the best`() {
    let differing = (1...5).filter { seed in
      let tour = Tour(Self.points(60, seed: UInt64(seed)), restartCount: 40, seed: UInt64(seed))
      return tour.restartLengths.last { $0 <= tour.restartLengths[0] } != tour.length
    }
    #expect(!differing.isEmpty)
  }

  @Test func `a tour around a circle is the circle`() {
    var generator = SeededGenerator(seed: 1)
    let places = generator.permutation(count: 24)
    let points = places.map { SIMD2(cos(Double($0) * .pi / 12), sin(Double($0) * .pi / 12)) }
    let tour = Tour(points)
    #expect(abs(tour.length - 48 * sin(.pi / 24)) < 1e-12)
  }

  @Test func `few points, and points at one place`() {
    #expect(Tour([]).order.isEmpty && Tour([]).length == 0)
    #expect(Tour([SIMD2(1, 1)]).length == 0)
    #expect(Tour([SIMD2(0, 0), SIMD2(3, 4)]).length == 10)
    #expect(Tour([SIMD2(0, 0), SIMD2(3, 4), SIMD2(3, 0)]).length == 12)
    let same = Tour(Array(repeating: SIMD2(2, 2), count: 9), restartCount: 3)
    #expect(same.length == 0 && same.order.sorted() == Array(0..<9))
  }
}
