import Foundation
import LatentSpace
import Randomness
import Testing

@Suite struct MeasureTests {
  @Test func `principal components equal scikit-learn's`() throws {
    let fixture = try CodeFixture.read()
    let components = try PrincipalComponents(fixture.codes)
    for (value, wanted) in zip(components.variances, fixture.variances) { #expect(abs(value - wanted) < 1e-8) }
    for (code, wanted) in zip(fixture.codes, fixture.plane) {
      let point = components.point(of: code)
      #expect(abs(abs(point.x) - wanted[0]) < 1e-6 && abs(abs(point.y) - wanted[1]) < 1e-6)
    }
    let points = fixture.codes.map(components.point)
    let trust = try #require(try Trustworthiness.measure(points, of: fixture.codes))
    #expect(abs(trust - fixture.planeTrustworthiness) < 1e-6)
    #expect(components.directions.allSatisfy { abs($0.reduce(0) { $0 + $1 * $1 } - 1) < 1e-12 })
    #expect(components.totalVariance > components.variances.reduce(0, +))
  }

  @Test func `principal components of few or equal codes`() throws {
    let one = try PrincipalComponents([[1, 2, 3]])
    #expect(one.point(of: [1, 2, 3]) == SIMD2() && one.totalVariance == 0)
    let line = try PrincipalComponents([[1], [3]])
    #expect(line.point(of: [3]) == SIMD2(1, 0) && line.variances == [2])
    #expect(throws: LatentSpaceError.self) { try PrincipalComponents([]) }
  }

  @Test func `purity and silhouette`() throws {
    let fixture = try CodeFixture.read()
    let measures = try #require(try CategoryMeasures(fixture.codes, categories: fixture.categories))
    #expect(abs((measures.silhouette ?? 0) - fixture.silhouette) < 1e-5)
    #expect(measures.count == 240 && abs(measures.chance - 39.0 / 239) < 1e-12)
    // 0 1 | 2.5 9: by hand. The nearest of 2.5 is 1, of 9 is 2.5.
    let codes: [[Float]] = [[0], [1], [2.5], [9], [1]]
    let small = try #require(try CategoryMeasures(codes, categories: ["a", "a", "b", "b", ""]))
    #expect(small.purity == 0.75 && small.count == 4 && abs(small.chance - 1.0 / 3) < 1e-12)
    let widths = [4.75 / 5.75, 3.75 / 4.75, -4.5 / 6.5, 2 / 8.5]
    #expect(abs((small.silhouette ?? 0) - widths.reduce(0, +) / 4) < 1e-6)
    #expect(try CategoryMeasures(codes, categories: Array(repeating: "", count: 5)) == nil)
    let alone = try #require(try CategoryMeasures(codes, categories: Array(repeating: "a", count: 5)))
    #expect(alone.purity == 1 && alone.chance == 1 && alone.silhouette == nil)
    #expect(throws: LatentSpaceError.self) { try CategoryMeasures(codes, categories: ["a"]) }
  }

  @Test func `random categories have the purity of chance`() throws {
    var generator = SeededGenerator(seed: 2)
    let codes = (0..<3000).map { _ in (0..<4).map { _ in Float(generator.uniform()) } }
    let categories = codes.map { _ in ["a", "b", "c"][min(2, generator.integer(below: 6))] }
    let measures = try #require(try CategoryMeasures(codes, categories: categories))
    #expect(abs(measures.purity - measures.chance) < 0.03 && abs(measures.silhouette ?? 1) < 0.02)
  }

  @Test func `clusters as good as scikit-learn's, the largest first`() throws {
    let fixture = try CodeFixture.read()
    let clusters = try KMeans(fixture.codes, options: .init(count: 6))
    #expect(clusters.spread <= fixture.spread * 1.001, "\(clusters.spread), scikit-learn \(fixture.spread)")
    let sizes = (0..<6).map { group in clusters.assignments.count { $0 == group } }
    #expect(sizes.reduce(0, +) == 240 && sizes == sizes.sorted(by: >))
    for (group, center) in clusters.centers.enumerated() {
      let members = clusters.assignments.indices.filter { clusters.assignments[$0] == group }
      for (column, value) in center.enumerated() {
        let mean = members.reduce(0.0) { $0 + Double(fixture.codes[$1][column]) } / Double(members.count)
        #expect(abs(mean - value) < 1e-9)
      }
    }
    #expect(try KMeans(fixture.codes, options: .init(count: 6)).assignments == clusters.assignments)
  }

  @Test func `fewer points than clusters, and no points`() throws {
    let points = [SIMD2(0.0, 0), SIMD2(0, 0), SIMD2(1, 0)]
    let clusters = try KMeans(points, options: .init(count: 9))
    #expect(clusters.centers == [[0, 0], [1, 0]] && clusters.assignments == [0, 0, 1] && clusters.spread == 0)
    let none = try KMeans([SIMD2<Double>](), options: .init(count: 3))
    #expect(none.centers.isEmpty && none.assignments.isEmpty && none.spread == 0)
    #expect(throws: LatentSpaceError.self) { try KMeans(points, options: .init(count: 0)) }
    #expect(throws: LatentSpaceError.self) { try KMeans([SIMD2(.nan, 0)], options: .init(count: 1)) }
  }

  @Test func `representatives are of the majority and near the mean`() throws {
    let points = [SIMD2(0.0, 0), SIMD2(1, 0), SIMD2(2, 0), SIMD2(1.2, 0), SIMD2(50, 0), SIMD2(52, 0)]
    let categories = ["a", "b", "a", "a", "c", "b"]
    let clusters = try KMeans(points, options: .init(count: 2))
    let all = try Representative.all(of: clusters, points: points, categories: categories)
    #expect(all.map(\.index) == [3, 5], "code 1 is nearer, but not of the majority; of equals the first by name")
    #expect(all.map(\.category) == ["a", "b"] && all.map(\.memberCount) == [4, 2] && all.map(\.share) == [0.75, 0.5])
    #expect(throws: LatentSpaceError.self) { try Representative.all(of: clusters, points: points, categories: []) }
  }
}
