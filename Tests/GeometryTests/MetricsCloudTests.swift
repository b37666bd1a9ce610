import Foundation
import Geometry
import Randomness
import Testing
import Volumes

@Suite("Cloud distances")
struct MetricsCloudTests {
  /// The nearest point by looking at all of them.
  private func brute(_ query: SIMD3<Float>, _ cloud: [SIMD3<Float>]) -> Int {
    func square(_ index: Int) -> Float {
      let offset = cloud[index] - query
      return (offset * offset).sum()
    }
    return cloud.indices.min { (square($0), $0) < (square($1), $1) } ?? -1
  }

  private func cloud(_ count: Int, seed: UInt64, step: Float? = nil) -> [SIMD3<Float>] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      let point = SIMD3<Float>(
        Float(generator.uniform()), Float(generator.uniform()), Float(generator.uniform()) * 0.1)
      return step.map { (point / $0).rounded(.down) * $0 } ?? point
    }
  }

  @Test("the tree finds what looking at all points finds, ties included", arguments: [1, 2, 9, 100, 1500])
  func exact(count: Int) throws {
    // A coarse lattice has many equal points and equal distances.
    for step in [nil, Float(0.25)] {
      let points = cloud(count, seed: 1, step: step)
      let queries = cloud(400, seed: 2, step: step) + [[5, -3, 2], [-1, 0, 0]]
      let tree = try PointCloudTree(points)
      let found = tree.nearest(to: queries)
      #expect(found.map(\.index) == queries.map { brute($0, points) })
      #expect(found == tree.nearest(to: queries, threadCount: 1))
      for (query, neighbor) in zip(queries, found) {
        let offset = SIMD3<Double>(points[neighbor.index]) - SIMD3<Double>(query)
        #expect(neighbor.distance == (offset * offset).sum().squareRoot())
      }
    }
  }

  @Test("many copies of one point cost nothing")
  func copies() throws {
    let points = [SIMD3<Float>](repeating: [1, 2, 3], count: 200_000) + [[4, 4, 4]]
    let found = try PointCloudTree(points).nearest(to: points)
    #expect(found.prefix(200_000).allSatisfy { $0.index == 0 && $0.distance == 0 })
    #expect(found.last?.index == 200_000)
  }

  @Test("clouds that cannot be compared are errors in one line")
  func errors() {
    for points in [[], [SIMD3<Float>(.nan, 0, 0)], [[0, 0, .infinity]], [[1e20, 0, 0]], [.zero, [1e-20, 0, 0]]] {
      let error = #expect(throws: ComparisonError.self) { try PointCloudTree(points) }
      #expect(error?.description.isEmpty == false && error?.description.contains("\n") == false)
      #expect(throws: ComparisonError.self) { try ShapeComparison(of: points, to: [.one]) }
      #expect(throws: ComparisonError.self) { try ShapeComparison(of: [.one], to: points) }
    }
    for threshold in [0, -1, .nan, .infinity] {
      #expect(throws: ComparisonError.self) { try ShapeComparison(of: [.one], to: [.zero], thresholds: [threshold]) }
    }
    #expect(throws: Never.self) { try PointCloudTree([.one]).nearest(to: [SIMD3(.nan, 0, 0)]) }
  }

  @Test("Chamfer distances in both conventions are those of the reference")
  func reference() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let archive = try NpzArchive(root.appendingPathComponent("Fixtures/metrics_clouds.npz").path)
    func trees(_ name: String) throws -> [PointCloudTree] {
      let array = try archive.array("clouds.\(name)")
      try #require(array.shape == [8, 256, 3])
      let values = array.floats()
      return try (0..<8).map { cloud in
        try PointCloudTree(
          (0..<256).map { point in
            let start = (cloud * 256 + point) * 3
            return SIMD3(values[start], values[start + 1], values[start + 2])
          })
      }
    }
    let clouds = ["generated": try trees("generated"), "reference": try trees("reference")]
    for (first, second) in [("generated", "generated"), ("generated", "reference"), ("reference", "reference")] {
      let squared = try archive.array("chamfer_squared.\(first)_\(second)").doubles()
      let plain = try archive.array("chamfer.\(first)_\(second)").doubles()
      let (rows, columns) = (try #require(clouds[first]), try #require(clouds[second]))
      for row in 0..<8 {
        for column in 0..<8 {
          let distance = ChamferDistance(between: rows[row], and: columns[column])
          let (a, b) = (squared[row * 8 + column], plain[row * 8 + column])
          // The reference was rounded to single precision.
          #expect(abs(distance.squared - a) <= 2e-7 * a && abs(distance.l1 - b) <= 2e-7 * b, "\(row) \(column)")
          #expect(distance.l1Sum == 2 * distance.l1)
        }
      }
    }
  }

  @Test("clouds give distances alone")
  func comparison() throws {
    let told = try ShapeComparison(
      of: [[0, 0, 0], [1, 0, 0]], to: [[0, 0, 0], [1, 2, 0], [1, 0, 0]], thresholds: [0.5, 2])
    #expect(told.toReference == DistanceSummary([0, 0]))
    #expect(told.fromReference.maximum == 2 && told.fromReference.median == 0)
    #expect(told.hausdorff.symmetric == 2 && told.hausdorff.toReference == 0 && told.hausdorff.fromReference == 2)
    #expect(abs(told.chamfer.squared - 4.0 / 3) < 1e-15 && abs(told.chamfer.l1 - 1.0 / 3) < 1e-15)
    // Nearer than the threshold: a distance of 2 is not.
    #expect(told.fScores.map(\.precision) == [1, 1] && told.fScores.map(\.recall) == [2.0 / 3, 2.0 / 3])
    #expect(told.fScores.allSatisfy { abs($0.fScore - 0.8) < 1e-15 })
    #expect(told.overlap == nil && told.normalConsistency == nil && told.chamferFloor == nil)
    #expect(told.protocol.seed == nil && told.protocol.sampleCount == 2 && told.protocol.referenceSampleCount == 3)
    let usual = try ShapeComparison(of: [.zero], to: [.zero, [3, 4, 0]])
    #expect(usual.protocol.thresholds == [0.05] && usual.protocol.thresholdRule.contains("1 %"))
    let decoded = try JSONDecoder().decode(ShapeComparison.self, from: JSONEncoder().encode(told))
    #expect(decoded == told)
  }
}
