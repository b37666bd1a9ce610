import Foundation
import Randomness
import Testing
import Volumes

/// A cavity of a given kind with random size and orientation at a given centre.
func randomCavity(_ kind: CavityKind, size: Double, center: SIMD4<Double>, seed: UInt64) -> Cavity {
  var random = SeededGenerator(seed: seed)
  let angles = (0..<6).map { _ in random.uniform(in: 0..<(2 * .pi)) }
  let tilt = kind == .torus ? random.uniform(in: 0..<(2 * .pi)) : 0
  return Cavity(kind: kind, size: size, center: center, axes: Cavity.rotation(angles: angles), tilt: tilt)
}

/// A sample of given cavities.
func cavitySample(_ cavities: [Cavity], grid: Int) -> CavitySample {
  var counts = [0, 0, 0, 0]
  for cavity in cavities { counts[cavity.kind.rawValue] += 1 }
  let composition = CavityComposition(balls: counts[0], rings: counts[1], shells: counts[2], tori: counts[3])
  return CavitySample(index: 0, grid: grid, composition: composition, cavities: cavities, restarts: 0)
}

@Suite struct CavityGeometryTests {
  @Test func thereAre4184CompositionsAndNoBettiNumberExceeds16() {
    let all = CavityComposition.all
    #expect(all.count == 4184)
    #expect(Set(all).count == 4184)
    #expect(all.allSatisfy { $0.bettiNumbers.max()! <= 16 && (1...16).contains($0.label) })
  }

  @Test func bettiNumbersFollowAlexanderDuality() {
    let single = [[1, 0, 0, 1], [1, 0, 1, 1], [1, 1, 0, 1], [1, 1, 2, 1]]
    for kind in CavityKind.allCases {
      var counts = [0, 0, 0, 0]
      counts[kind.rawValue] = 1
      let one = CavityComposition(balls: counts[0], rings: counts[1], shells: counts[2], tori: counts[3])
      #expect(one.bettiNumbers == single[kind.rawValue])
    }
    let mixed = CavityComposition(balls: 3, rings: 2, shells: 4, tori: 1)
    #expect(mixed.labels == CavityLabels(bettiNumbers: [1, 5, 4, 10], objectCounts: [3, 2, 4, 1]))
  }

  @Test func rotationsAreOrthogonalAndTheirLastAxisPrefersTime() {
    var random = SeededGenerator(seed: 5)
    var squares = SIMD4<Double>()
    let count = 4000
    for _ in 0..<count {
      let axes = Cavity.rotation(angles: (0..<6).map { _ in random.uniform(in: 0..<(2 * .pi)) })
      for i in 0..<4 {
        for j in 0..<4 { #expect(abs((axes[i] * axes[j]).sum() - (i == j ? 1 : 0)) < 1e-12) }
      }
      squares += axes[3] * axes[3] / Double(count)
    }
    for (measured, expected) in zip([squares[0], squares[1], squares[2], squares[3]], [0.5, 0.25, 0.125, 0.125]) {
      #expect(abs(measured - expected) < 0.025)
    }
  }

  @Test(arguments: CavityKind.allCases)
  func reachIsTheLargestCoordinateOfTheSolid(_ kind: CavityKind) {
    for seed: UInt64 in 0..<8 {
      let cavity = randomCavity(kind, size: 3, center: SIMD4(), seed: seed)
      var (low, high) = (SIMD4<Double>(), SIMD4<Double>())
      for u in stride(from: 0.0, to: 2 * .pi, by: 0.03) {
        for v in stride(from: 0.0, to: 2 * .pi, by: 0.03) {
          let p = core(cavity, u, v)
          low = pointwiseMin(low, p)
          high = pointwiseMax(high, p)
          #expect(cavity.coreDistance(at: p) < 1e-9)
        }
      }
      let reach = cavity.reach
      for axis in 0..<4 {
        #expect(abs(high[axis] + 3 - reach.upper[axis]) < 0.02)
        #expect(abs(-low[axis] + 3 - reach.lower[axis]) < 0.02)
      }
    }
  }

  /// A point of the core of a cavity, for two angles.
  private func core(_ cavity: Cavity, _ u: Double, _ v: Double) -> SIMD4<Double> {
    let s = cavity.size
    let local: SIMD4<Double> =
      switch cavity.kind {
      case .ball: SIMD4()
      case .ring: SIMD4(2 * s * cos(u), 2 * s * sin(u), 0, 0)
      case .shell: SIMD4(cos(u) * sin(v), sin(u) * sin(v), cos(v), 0) * (2 * s)
      case .torus:
        SIMD4(
          (cavity.sweepRadius + 2 * s * cos(v) * cos(cavity.tilt)) * cos(u),
          (cavity.sweepRadius + 2 * s * cos(v) * cos(cavity.tilt)) * sin(u),
          2 * s * sin(v), -2 * s * cos(v) * sin(cavity.tilt))
      }
    return cavity.axes[0] * local[0] + cavity.axes[1] * local[1] + cavity.axes[2] * local[2] + cavity.axes[3] * local[3]
  }

  @Test func samplesKeepTheBorderTheGapAndTheOrder() throws {
    let generator = try CavityGenerator(CavityConfiguration(seed: 11))
    for index in 0..<12 {
      let sample = try generator.sample(index)
      #expect(sample.cavities.count == sample.composition.label)
      #expect(sample.cavities.map(\.outerRadius) == sample.cavities.map(\.outerRadius).sorted(by: >))
      for cavity in sample.cavities {
        let reach = cavity.reach
        for axis in 0..<4 {
          #expect(cavity.center[axis] == cavity.center[axis].rounded())
          #expect(cavity.center[axis] - reach.lower[axis] >= 1 - 1e-9)
          #expect(cavity.center[axis] + reach.upper[axis] <= 126 + 1e-9)
        }
      }
      for (position, first) in sample.cavities.enumerated() {
        for second in sample.cavities.dropFirst(position + 1) {
          #expect(nearestApproach(first, second, seed: UInt64(index)) >= 6 - 1e-6)
        }
      }
    }
  }

  /// An upper bound of the distance of two surfaces: local search from random points for the least sum of distances.
  private func nearestApproach(_ first: Cavity, _ second: Cavity, seed: UInt64) -> Double {
    var random = SeededGenerator(seed: seed)
    func worst(_ p: SIMD4<Double>) -> Double {
      2 * max(first.coreDistance(at: p) - first.size, second.coreDistance(at: p) - second.size)
    }
    var best = Double.infinity
    for _ in 0..<12 {
      var point = first.center + (second.center - first.center) * random.uniform()
      for axis in 0..<4 { point[axis] += random.uniform(in: -20..<20) }
      var (value, step) = (worst(point), 8.0)
      while step > 1e-3 {
        var trial = point
        for axis in 0..<4 { trial[axis] += random.uniform(in: -step..<step) }
        let trialValue = worst(trial)
        if trialValue < value { (point, value) = (trial, trialValue) } else { step *= 0.93 }
      }
      best = min(best, value)
    }
    return best
  }

  @Test func aSampleDependsOnSeedAndIndexOnly() throws {
    let generator = try CavityGenerator(CavityConfiguration(seed: 3))
    let forward = try (0..<6).map { try generator.sample($0) }
    let backward = try (0..<6).reversed().map { try generator.sample($0) }
    #expect(forward == backward.reversed())
    #expect(try CavityGenerator(CavityConfiguration(seed: 4)).sample(0) != forward[0])
    #expect(forward[2].name == "4d_mixed_#2_\(forward[2].composition.label)")
    #expect(forward[2].name(pooledBy: 8) == forward[2].name + "_16")
  }

  @Test func impossibleRequestsAreRefused() throws {
    #expect(throws: CavityError.grid(8)) { try CavityGenerator(CavityConfiguration(grid: 8)) }
    let sample = try CavityGenerator(CavityConfiguration(grid: 32)).sample(0)
    #expect(throws: CavityError.pool(5, grid: 32)) { try CavityRaster(sample).pooled(by: 5) }
    let crowded = try CavityGenerator(CavityConfiguration(grid: 16, gap: 500, placementAttempts: 2))
    #expect(throws: CavityError.self) {
      for index in 0..<4 { _ = try crowded.sample(index) }
    }
  }
}
