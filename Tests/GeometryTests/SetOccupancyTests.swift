import Foundation
import Geometry
import Testing

@Suite("Clouds in space: occupancy, normalisation and noise")
struct SetOccupancyTests {
  @Test("the divergence is that of the reference", arguments: OccupancyDivergence.Region.allCases)
  func reference(region: OccupancyDivergence.Region) throws {
    let fixtures = try SetFixtures()
    func halved(_ clouds: [[SIMD3<Float>]]) -> [[SIMD3<Float>]] { clouds.map { $0.map { $0 / 2 } } }
    let found = try OccupancyDivergence(halved(fixtures.generated), halved(fixtures.reference), region: region)
    #expect(try abs(found.value - fixtures.numbers("jsd.\(region.rawValue)")[0]) < 1e-12)
    #expect(found.resolution == 28 && found.region == region && found.outsideShare == 0)
    let back = try OccupancyDivergence(
      halved(fixtures.reference), halved(fixtures.generated), region: region, threadCount: 1)
    #expect(back.value == found.value)
  }

  @Test("the same is 0, nothing in common is 1, and points outside are told")
  func extremes() throws {
    let cloud = TestClouds.ball(500, seed: 1).map { $0 / 2 }
    #expect(try OccupancyDivergence([cloud], [cloud]).value == 0)
    #expect(try OccupancyDivergence([cloud], [cloud, cloud]).value < 1e-15)
    let apart = try OccupancyDivergence([[[-0.4, 0, 0]]], [[[0.4, 0, 0]]], resolution: 2, region: .cube)
    #expect(apart.value == 1)
    let outside = try OccupancyDivergence([[[0.4, 0.4, 0], .zero]], [[[0.6, 0, 0]]])
    #expect(outside.outsideShare == 0.5 && outside.otherOutsideShare == 1)
    let cube = try OccupancyDivergence([[[0.4, 0.4, 0], .zero]], [[[0.6, 0, 0]]], region: .cube)
    #expect(cube.outsideShare == 0 && cube.otherOutsideShare == 1)
  }

  @Test("sets that cannot be counted are errors that name them")
  func errors() {
    let good: [[SIMD3<Float>]] = [[.zero]]
    let cases: [([[SIMD3<Float>]], [[SIMD3<Float>]], String)] = [
      ([], good, "the first set"), (good, [], "the second set"), (good, [[.zero], []], "the second set, cloud 1"),
      ([[SIMD3(.nan, 0, 0)]], good, "the first set, cloud 0: point 0"),
    ]
    for (first, second, said) in cases {
      let error = #expect(throws: ComparisonError.self) { try OccupancyDivergence(first, second) }
      #expect(error?.description.contains(said) == true)
    }
    for resolution in [-1, 1, 129] {
      #expect(throws: ComparisonError.self) { try OccupancyDivergence(good, good, resolution: resolution) }
    }
  }

  @Test("normalised clouds have the size that the name says")
  func normalization() throws {
    let cloud: [SIMD3<Float>] = [[3, 4, 0], [1, -2, 1], [0, 0, 2]]
    #expect(try CloudNormalization.none(cloud) == cloud)
    #expect(try CloudNormalization.halfUnitSphere(cloud) == cloud.map { $0 / 10 })
    #expect(try CloudNormalization.halfUnitCube(cloud) == cloud.map { $0 / 8 })
    let sphere = try CloudNormalization.unitSphere([[1, 1, 1], [5, 1, 1]])
    #expect(sphere == [[-1, 0, 0], [1, 0, 0]])
    for kind in [CloudNormalization.halfUnitSphere, .halfUnitCube, .unitSphere] {
      let error = #expect(throws: ComparisonError.self) { try kind([cloud, [.zero, .zero]], name: "real") }
      #expect(error?.description.hasPrefix("real, cloud 1: ") == true)
    }
    #expect(try CloudNormalization.halfUnitSphere([cloud, cloud], name: "real").count == 2)
  }

  @Test("noise fills the ball evenly and repeats")
  func noise() {
    let noise = NoiseClouds(count: 3, pointCount: 4000, seed: 3)
    let clouds = noise.clouds()
    #expect(clouds == noise.clouds() && clouds[0] != clouds[1] && clouds.allSatisfy { $0.count == 4000 })
    #expect(NoiseClouds(count: 1, pointCount: 4000, seed: 3).clouds()[0] == clouds[0])
    let norms = clouds.joined().map { ($0 * $0).sum().squareRoot() }
    #expect(norms.allSatisfy { $0 <= 0.5 })
    // An eighth lies in the ball of half the radius: 12,000 points give it to 1 % of all.
    #expect(abs(Double(norms.count { $0 < 0.25 }) / 12_000 - 0.125) < 0.015)
    let mean = clouds.joined().reduce(SIMD3<Float>.zero, +) / 12_000
    #expect((mean * mean).sum().squareRoot() < 0.02)
  }
}
