import Foundation
import LatentSpace
import Randomness
import Testing

@Suite struct TSNETests {
  private static func points(_ count: Int, seed: UInt64 = 9) -> [SIMD2<Double>] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in SIMD2(generator.uniform(in: -3..<3), generator.uniform(in: -3..<3)) }
  }

  @Test func `affinities equal scikit-learn's`() throws {
    let fixture = try CodeFixture.read()
    let codes = fixture.codes.indices.filter { $0 % 8 == 0 }.map { fixture.codes[$0] }
    var options = TSNE.Options()
    options.perplexity = 5
    let pairs = try MapForces(of: codes, isExact: true, options: options).pairs
    for (row, wanted) in zip(pairs, fixture.pairs) {
      // Both search the width of each Gaussian to a tolerance; scikit-learn's is 1e-5 of the entropy.
      for (value, other) in zip(row, wanted) { #expect(abs(value - other) < 2e-5 * other + 1e-9) }
    }
    #expect(abs(pairs.flatMap { $0 }.reduce(0, +) - 1) < 1e-12)
  }

  @Test func `the gradient is that of the divergence`() throws {
    let fixture = try CodeFixture.read()
    let codes = fixture.codes.indices.filter { $0 % 8 == 0 }.map { fixture.codes[$0] }
    var options = TSNE.Options()
    options.perplexity = 5
    let forces = try MapForces(of: codes, isExact: true, options: options)
    let points = Self.points(codes.count)
    let gradient = forces.gradient(at: points)
    let step = 1e-5
    for index in points.indices {
      for axis in 0..<2 {
        var (lower, upper) = (points, points)
        lower[index][axis] -= step
        upper[index][axis] += step
        let slope = (forces.divergence(at: upper) - forces.divergence(at: lower)) / (2 * step)
        #expect(abs(slope - gradient[index][axis]) < 1e-9, "point \(index), axis \(axis)")
      }
    }
  }

  @Test func `the tree's gradient is near that of all pairs, the nearer the smaller the angle`() throws {
    let codes = CodeFixture.groups(4, of: 100, latentSize: 6, width: 0.4).codes
    // Two points at one place, and one far off.
    var points = Self.points(codes.count)
    points[7] = points[8]
    points[9] = SIMD2(80, -60)
    var options = TSNE.Options()
    var errors: [Double] = []
    for angle in [0.7, 0.5, 0.2, 0.05] {
      options.angle = angle
      let near = try MapForces(of: codes, isExact: false, options: options)
      let tree = near.gradient(at: points)
      let reference = try Self.allPairs(near, points)
      let scale = reference.map { ($0 * $0).sum() }.reduce(0, +).squareRoot()
      errors.append(zip(tree, reference).map { (($0 - $1) * ($0 - $1)).sum() }.reduce(0, +).squareRoot() / scale)
    }
    #expect(zip(errors, errors.dropFirst()).allSatisfy { $0 > $1 }, "\(errors)")
    #expect(errors[1] < 0.02 && errors[3] < 1e-4, "\(errors)")
  }

  /// The gradient from the affinities themselves, pair by pair.
  private static func allPairs(_ forces: MapForces, _ points: [SIMD2<Double>]) throws -> [SIMD2<Double>] {
    func weight(_ row: Int, _ column: Int) -> Double {
      let offset = points[row] - points[column]
      return row == column ? 0 : 1 / (1 + (offset * offset).sum())
    }
    let total = points.indices.reduce(0) { sum, row in points.indices.reduce(sum) { $0 + weight(row, $1) } }
    let pairs = forces.pairs
    return points.indices.map { row in
      points.indices.reduce(SIMD2()) { sum, column in
        let own = weight(row, column)
        return sum + 4 * (pairs[row][column] - own / total) * own * (points[row] - points[column])
      }
    }
  }

  @Test(arguments: [TSNE.Start.principalComponents, .random], [1500, 0])
  func `maps are as good as scikit-learn's`(start: TSNE.Start, exactLimit: Int) throws {
    let fixture = try CodeFixture.read()
    var options = TSNE.Options()
    (options.start, options.exactLimit) = (start, exactLimit)
    let map = try TSNE(fixture.codes, options: options)
    #expect(map.isExact == (exactLimit > 0) && map.perplexity == 30)
    let exact = fixture.tsne.filter { $0.method == "exact" }
    let theirs = exact.map(\.divergence).max() ?? 0
    // The tree's affinities leave out far pairs, which the divergence then does not count.
    #expect(map.divergence < theirs * (map.isExact ? 1.05 : 1.3), "\(map.divergence), scikit-learn \(theirs)")
    let trust = try #require(try Trustworthiness.measure(map.points, of: fixture.codes))
    let least = exact.map(\.trustworthiness).min() ?? 1
    #expect(trust > least - 0.001, "\(trust), scikit-learn \(least)")
    let measures = try #require(try CategoryMeasures(map.points, categories: fixture.categories))
    #expect(measures.purity > 0.97)
  }

  @Test(arguments: [1500, 0])
  func `the seed decides, not the number of threads`(exactLimit: Int) throws {
    let codes = CodeFixture.groups(5, of: 40, latentSize: 7, width: 0.5).codes
    var options = TSNE.Options()
    (options.iterationCount, options.exactLimit, options.threadCount) = (300, exactLimit, 1)
    let alone = try TSNE(codes, options: options)
    options.threadCount = 3
    let together = try TSNE(codes, options: options)
    #expect(alone.points == together.points && alone.divergence == together.divergence)
    options.seed = 2
    #expect(try TSNE(codes, options: options).points != alone.points)
  }

  @Test func `few codes, equal codes and codes of one number have maps too`() throws {
    for count in 0...6 {
      let codes = (0..<count).map { [Float($0), 1] }
      let map = try TSNE(codes)
      #expect(map.points.count == count && map.points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
    }
    var options = TSNE.Options()
    (options.iterationCount, options.exactLimit) = (60, 0)
    let same = try TSNE(Array(repeating: [1, 2, 3], count: 50), options: options)
    #expect(same.points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
    let line = try TSNE((0..<80).map { [Float($0)] }, options: options)
    #expect(line.points.count == 80 && line.divergence.isFinite)
  }

  @Test func `progress is told and can stop the work; what makes no sense is refused`() throws {
    struct Stop: Error {}
    let codes = CodeFixture.groups(2, of: 10, latentSize: 3, width: 0.5).codes
    var steps: [Int] = []
    _ = try TSNE(codes) { steps.append($0) }
    #expect(steps == Array(stride(from: 10, through: 1000, by: 10)))
    #expect(throws: Stop.self) { try TSNE(codes) { _ in throw Stop() } }
    #expect(throws: LatentSpaceError.self) { try TSNE([[1], [.nan]]) }
    for change: (inout TSNE.Options) -> Void in [
      { $0.perplexity = 0 }, { $0.perplexity = .nan }, { $0.angle = 2 }, { $0.exaggeration = 0 },
      { $0.learningRate = -1 }, { $0.iterationCount = -1 },
    ] {
      var options = TSNE.Options()
      change(&options)
      #expect(throws: LatentSpaceError.self) { try TSNE(codes, options: options) }
    }
  }
}
