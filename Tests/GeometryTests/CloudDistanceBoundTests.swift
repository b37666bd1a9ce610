import Geometry
import Randomness
import Testing

struct CloudDistanceBoundTests {
  private func cloud(_ count: Int, seed: UInt64, reach: Double) -> [SIMD3<Float>] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      SIMD3<Float>(
        Float(generator.uniform(in: -reach..<reach)), Float(generator.uniform(in: -reach..<reach)),
        Float(generator.uniform(in: -reach..<reach)))
    }
  }

  // Clouds of one point to many, inside the grid and beyond it.
  @Test("a bound is never above the distance, and near it where that is large", arguments: [1, 5, 400], [0.9, 1.3])
  func bounds(count: Int, reach: Double) throws {
    let points = cloud(count, seed: 1, reach: reach)
    let queries = cloud(2000, seed: 2, reach: reach)
    let bound = CloudDistanceBound(points)
    for (query, neighbor) in zip(queries, try PointCloudTree(points).nearest(to: queries)) {
      let distance = bound.squaredSum(of: [query]).squareRoot()
      #expect(distance <= neighbor.distance)
      if reach < 1, neighbor.distance < 1.4 { #expect(distance > neighbor.distance - 0.08) }
    }
    let sum = queries.reduce(0) { $0 + bound.squaredSum(of: [$1]) }
    #expect(abs(bound.squaredSum(of: queries) - sum) < 1e-9 * max(1, sum))
  }
}
