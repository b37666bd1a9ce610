import Foundation
import Geometry
import Testing

@Suite("Sampling: points and their signed distances")
struct SamplingDistanceTests {
  private static let ball = RenderShapes.sphere(radius: 2, center: [10, -3, 5], rings: 6)

  private func length(_ vector: SIMD3<Float>) -> Float { (vector * vector).sum().squareRoot() }

  private func set(
    _ preset: SamplePreset, count: Int, seed: UInt64 = 3, change: (inout SignedDistanceSampler) -> Void = { _ in }
  ) throws -> SampleSet {
    var plan = preset.plan
    plan.count = count
    var sampler = SignedDistanceSampler(plan, seed: seed)
    change(&sampler)
    return try sampler.samples(of: Self.ball)
  }

  @Test("every preset gives its counts, and distances that are those of the mesh", arguments: SamplePreset.allCases)
  func distances(preset: SamplePreset) throws {
    let set = try set(preset, count: 1000)
    #expect(set.points.count == 1000 && set.distances.count == 1000)
    #expect(set.report.nearCount == preset.plan.originCount * 2 * 1000 / preset.plan.count)
    #expect(set.report.nearCount + set.report.uniformCount == 1000)
    #expect(set.report.insideCount == set.distances.count { $0 < 0 })
    #expect(set.pairedPoints.count == (preset == .shapegan ? 1000 : 0))
    let field = try MeshDistanceField(NormalizedMesh(Self.ball, .sphere, margin: preset.plan.margin).mesh)
    #expect(field.query(set.points).distances == set.distances)
    #expect(field.query(set.pairedPoints).distances == set.pairedDistances)
    // Faces of 30 degrees both ways lie up to 1 - cos(15)^2 = 6.7 % within the sphere.
    let radius = Float(1 / preset.plan.margin)
    for (point, distance) in zip(set.points, set.distances) {
      #expect((-1e-5...0.07).contains(distance - length(point) + radius))
    }
  }

  @Test(
    "the noise has the published deviation along every axis",
    arguments: [
      (SamplePreset.deepsdf, [0.05, 0.0158114]), (.deepsdfCode, [0.0707107, 0.0223607]),
      (.meshToSDF, [0.0025, 0.00025]),
    ])
  func noise(preset: SamplePreset, deviations: [Double]) throws {
    let count = 4000
    let noisy = try set(preset, count: count)
    let still = try set(preset, count: count) { $0.plan.deviations = [0, 0] }
    let half = noisy.report.nearCount / 2
    #expect(half == 1880)
    #expect(still.points[0..<half] == still.points[half..<2 * half], "both halves have the same origins")
    for (round, deviation) in deviations.enumerated() {
      let offsets = (round * half..<(round + 1) * half).map { SIMD3<Double>(noisy.points[$0] - still.points[$0]) }
      let mean = offsets.reduce(.zero, +) / Double(half)
      let square = offsets.reduce(SIMD3<Double>.zero) { $0 + $1 * $1 } / Double(half)
      for axis in 0..<3 {
        // Four standard errors of mean and deviation of 1880 draws; rounding to single precision adds up to 1e-7.
        #expect(abs(mean[axis]) < 4 * deviation / Double(half).squareRoot() + 1e-7)
        #expect(abs(square[axis].squareRoot() / deviation - 1) < 4 / Double(2 * half).squareRoot())
      }
    }
  }

  @Test("the rest is uniform in ball or cube")
  func regions() throws {
    let ball = try set(.uniform, count: 4000)
    let radii = ball.points.map { Double(length($0)) }
    #expect(radii.max()! <= 1 + 1e-6 && radii.max()! > 0.99)
    // Of a uniform ball, an eighth lies within half the radius: 500 of 4000, four standard errors are 84.
    #expect(abs(radii.count { $0 < 0.5 } - 500) < 84)
    let cube = try set(.uniform, count: 4000) {
      $0.plan.region = .cube
      $0.plan.radius = 1.5
    }
    #expect(cube.points.allSatisfy { $0.min() >= -1.5 && $0.max() <= 1.5 })
    #expect(cube.points.contains { length($0) > 1.9 })
    for axis in 0..<3 {
      #expect(abs(cube.points.count { $0[axis] < 0.75 } - 3000) < 4 * 28, "three quarters")
    }
  }

  @Test("row i of the surface set belongs to row i of the uniform set")
  func pairing() throws {
    let noisy = try set(.shapegan, count: 3000)
    let exact = try set(.shapegan, count: 3000) { $0.plan.pairedDeviation = 0 }
    let alone = try set(.uniform, count: 3000)
    #expect(noisy.points == exact.points && noisy.points == alone.points)
    var squares = 0.0
    for index in noisy.points.indices {
      // The nearest point is as far away as the distance says, and on the surface.
      #expect(abs(length(exact.pairedPoints[index] - noisy.points[index]) - abs(noisy.distances[index])) < 2e-6)
      #expect(abs(exact.pairedDistances[index]) < 2e-6)
      let offset = SIMD3<Double>(noisy.pairedPoints[index] - exact.pairedPoints[index])
      squares += (offset * offset).sum() / 3
    }
    #expect(abs((squares / 3000).squareRoot() / 0.0025 - 1) < 4 / 18000.0.squareRoot())
    #expect(noisy.pairedDistances.contains { $0 > 0 } && noisy.pairedDistances.contains { $0 < 0 })
  }

  @Test("the seed decides, the number of threads does not")
  func determinism() throws {
    for preset in SamplePreset.allCases {
      let one = try set(preset, count: 9000) { $0.threadCount = 1 }
      let many = try set(preset, count: 9000) { $0.threadCount = 3 }
      #expect(one == many)
      #expect(try set(preset, count: 9000, seed: 4).points != one.points)
    }
  }

  @Test("in mesh units the same points lie where the transform says")
  func meshUnits() throws {
    let unit = try set(.deepsdf, count: 500)
    let own = try set(.deepsdf, count: 500) { $0.normalization = .none }
    #expect(own.transform == .identity && own.report.normalization == .none)
    #expect(abs(unit.transform.unitLength - 2 * 1.03) < 1e-6)
    for index in unit.points.indices {
      let back = SIMD3<Float>(unit.transform.outer(SIMD3<Double>(unit.points[index])))
      #expect(length(back - own.points[index]) < 4e-6)
      #expect(abs(unit.distances[index] * Float(unit.transform.unitLength) - own.distances[index]) < 6e-6)
    }
  }

  @Test("bad meshes are reported, not refused")
  func verdicts() throws {
    let good = try set(.uniform, count: 500) { $0.continuitySide = 12 }
    #expect(good.report.isAccepted && good.report.verdicts.count == 2 && good.report.objections.isEmpty)
    #expect(good.report.continuity?.side == 12 && good.report.continuity?.jumpCount == 0)
    #expect(abs((good.report.uniformInsideShare ?? 0) - 0.93) < 0.05)
    var sampler = SignedDistanceSampler(SamplePreset.uniform.plan)
    sampler.plan.count = 500
    let sheet = try sampler.samples(of: RenderShapes.square())
    #expect(!sheet.report.isAccepted)
    #expect(sheet.report.objections.first?.contains("share of uniform points inside") == true)
    let data = try JSONEncoder().encode(good.report)
    #expect(try JSONDecoder().decode(SampleReport.self, from: data) == good.report)
  }

  @Test("a stop between batches ends the work with its own error")
  func stopping() throws {
    struct Stop: Error {}
    let normalized = try NormalizedMesh(Self.ball, .sphere)
    let field = try MeshDistanceField(normalized.mesh)
    var plan = SamplePreset.uniform.plan
    plan.count = 10
    #expect(throws: Stop.self) {
      try SignedDistanceSampler(plan).samples(of: field, in: normalized) { throw Stop() }
    }
    #expect(throws: Stop.self) { try DistanceGridSampler(side: 3).sample(field) { _ in throw Stop() } }
  }
}
