import Geometry
import Testing

/// Distances to a ball, clipped as a network learns them, with a fine ripple far from its surface that is steep but small.
private struct RippledBall: ScalarField {
  var allowsConcurrentCalls: Bool { true }

  func samples(at points: [SIMD3<Float>], withGradients: Bool) -> FieldSamples {
    FieldSamples(
      distances: points.map { point in
        let distance = (point * point).sum().squareRoot() - 0.5
        let clipped = max(-0.1, min(0.1, distance))
        return clipped + (abs(distance) > 0.15 ? 0.004 * sine(2000 * point.x) : 0)
      })
  }

  /// A triangle wave between -1 and 1.
  private func sine(_ value: Float) -> Float { 2 * abs((value / 4).rounded(.down) * 4 + 2 - value) - 2 }
}

@Suite("Slopes that a sparse extraction takes for granted")
struct SurfaceSlopeTests {
  @Test(
    "steep ripples far from the surface cost nothing, and the mesh is that of the dense grid", arguments: [48, 96, 160])
  func ripples(resolution: Int) throws {
    let level: Float = 0.04
    let extraction = SurfaceExtraction(level: level, inside: .below)
    var plan = SparseSurfaceExtraction(extraction, resolution: resolution)
    plan.slope = .assumed(1)
    let sparse = try plan.surface(of: RippledBall())
    let grid = try ScalarGrid(
      sampling: RippledBall(), shape: .init(cube: resolution), frame: .unitCube(count: resolution))
    #expect(try sparse.mesh == extraction.mesh(of: grid))
    #expect(sparse.statistics.fallback == .none && sparse.statistics.wrongSideCount == 0)
    #expect(sparse.statistics.sampleCount < grid.values.count * (resolution < 60 ? 6 : 4) / 10)
    // With the measured slope hardly a block can be given up.
    plan.slope = .estimated(safety: 1.5)
    let careful = try plan.surface(of: RippledBall()).statistics.sampleCount
    #expect(careful > sparse.statistics.sampleCount * 3 / 2)
  }

  @Test("a part on the wrong side is found by chance and sampled")
  func wrongSide() throws {
    // Twice as steep as is taken for granted: blocks near the surface are given up wrongly.
    struct Steep: ScalarField {
      func samples(at points: [SIMD3<Float>], withGradients: Bool) -> FieldSamples {
        FieldSamples(distances: points.map { 4 * (($0 * $0).sum().squareRoot() - 0.5) })
      }
    }
    var plan = SparseSurfaceExtraction(resolution: 64)
    plan.slope = .assumed(1)
    let grid = try ScalarGrid(sampling: Steep(), shape: .init(cube: 64), frame: .unitCube(count: 64))
    #expect(try plan.surface(of: Steep()).mesh == SurfaceExtraction.signedDistance.mesh(of: grid))
  }

  @Test("no slope, or one that is none, is refused", arguments: [0, -1, Float.nan, .infinity])
  func invalid(slope: Float) throws {
    var plan = SparseSurfaceExtraction(resolution: 8)
    plan.slope = .assumed(slope)
    #expect(throws: SurfaceError.self) { try plan.surface(of: SphereField(radius: 0.5)) }
  }
}
