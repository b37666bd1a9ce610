import Geometry
import Testing

@Suite("Sparse surface extraction: fields that do not keep what they promise")
struct SurfaceCheckTests {
  @Test("a field steeper than promised is noticed, and the surface is whole")
  func brokenPromise() throws {
    let torus = SurfaceSparseTests.torus
    // Promises a fifth of its slope, with a thin plate that hides between the blocks then.
    let plate = BoxField(center: [0.1, 0, 0.7], halfExtents: [0.5, 0.6, 0.012])
    let field = FunctionField(slopeBound: 1) {
      5 * min(torus.sample(at: $0).distance, plate.sample(at: $0).distance)
    }
    let plan = SparseSurfaceExtraction(SurfaceSparseTests.open(), resolution: 128)
    let statistics = try SurfaceSparseTests.expectSame(field, plan, "steep")
    #expect(statistics.fallback == .partial && statistics.slopeBound >= 5)
    #expect(statistics.steeperCount + statistics.wrongSideCount > 0)
    var unchecked = plan
    unchecked.checkedShare = 0
    let blind = try unchecked.surface(of: field)
    #expect(blind.statistics.checkCount == 0 && blind.statistics.fallback == .none)
  }

  @Test("a part that no slope leads to is found by random samples, and followed to its end")
  func hiddenPart() throws {
    let torus = SurfaceSparseTests.torus
    let hidden = SphereField(center: [0.75, 0.75, 0.6], radius: 0.2)
    let field = FunctionField(slopeBound: 1) { point in
      hidden.sample(at: point).distance < 0 ? -0.3 : torus.sample(at: point).distance
    }
    let plan = SparseSurfaceExtraction(SurfaceSparseTests.open(), resolution: 128)
    let statistics = try SurfaceSparseTests.expectSame(field, plan, "hidden ball")
    #expect(statistics.wrongSideCount > 0 && statistics.fallback != .none)
    let mesh = try plan.surface(of: field).mesh
    expectSolid(mesh, "hidden ball")
    #expect(MeshTopology(mesh).componentCount == 2)
  }

  @Test("a sheet on which the sign jumps, as over a hole of an open mesh, is followed where it leaves the samples")
  func jumpingSign() throws {
    // A hemisphere's distance, whose sign changes across the missing disk.
    let field = FunctionField(slopeBound: 1) { point in
      let radial = (point * point).sum().squareRoot()
      let rim = (point.x * point.x + point.y * point.y).squareRoot() - 0.7
      let distance = point.z >= 0 ? abs(radial - 0.7) : (rim * rim + point.z * point.z).squareRoot()
      return radial < 0.7 && point.z > 0 ? -distance : distance
    }
    let plan = SparseSurfaceExtraction(SurfaceSparseTests.open(), resolution: 128)
    let statistics = try SurfaceSparseTests.expectSame(field, plan, "hemisphere")
    #expect(statistics.followedBlockCount > 0)
    #expect(statistics.sampleCount * 2 < statistics.gridSampleCount)
    expectSolid(try plan.surface(of: field).mesh, "hemisphere")
  }

  @Test("steps and noise need every sample, and get it")
  func hopeless() throws {
    let torus = SurfaceSparseTests.torus
    let step = FunctionField { torus.sample(at: $0).distance < 0 ? -1 : 1 }
    for resolution in [40, 128] {
      let plan = SparseSurfaceExtraction(SurfaceSparseTests.open(), resolution: resolution)
      let statistics = try SurfaceSparseTests.expectSame(step, plan, "step")
      if resolution == 128 { #expect(statistics.fallback == .dense && statistics.peakBytes < 100 << 20) }
    }
    let noise = FunctionField { point in
      let bits = point.x.bitPattern &* 0x9E37_79B9 ^ point.y.bitPattern &* 0x85EB_CA6B ^ point.z.bitPattern
      var random = SplitMix(state: UInt64(bits))
      return Float.random(in: -1...1, using: &random)
    }
    for border in [SurfaceExtraction.Border.open, .closed(padding: 1)] {
      let extraction = SurfaceExtraction(level: 0, inside: .below, border: border)
      let plan = SparseSurfaceExtraction(extraction, resolution: 30)
      try SurfaceSparseTests.expectSame(noise, plan, "noise")
    }
  }

  @Test("levels that are never crossed, and constant fields, give an empty mesh")
  func empty() throws {
    let plan = SparseSurfaceExtraction(SurfaceSparseTests.open(), resolution: 64)
    for value in [Float(0.1), -0.1, 0, 1e30] {
      let result = try plan.surface(of: FunctionField { _ in value })
      #expect(result.mesh == Mesh())
    }
    let far = SparseSurfaceExtraction(SurfaceSparseTests.open(9), resolution: 64)
    #expect(try far.surface(of: SurfaceSparseTests.torus).mesh == Mesh())
    let none = SparseSurfaceExtraction(.signedDistance, shape: .init(0, 4, 4), frame: .index)
    #expect(try none.surface(of: SurfaceSparseTests.torus).mesh == Mesh())
  }

  @Test("samples that are no numbers are refused by their index, and so are wrong plans; errors of a field pass")
  func refusals() throws {
    let hole = FunctionField(slopeBound: 1) { point in
      point.x > 0.6 ? .nan : SurfaceSparseTests.torus.sample(at: point).distance
    }
    for border in [SurfaceExtraction.Border.open, .closed()] {
      let extraction = SurfaceExtraction(level: 0, inside: .below, border: border)
      let error = #expect(throws: SurfaceError.self) {
        try SparseSurfaceExtraction(extraction, resolution: 64).surface(of: hole)
      }
      guard case .sampleNotFinite(let index, _) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(index.count == 3 && -1 + 2 * Float(index[0]) / 63 > 0.6)
    }
    var plan = SparseSurfaceExtraction(resolution: 20)
    for slope in [SparseSurfaceExtraction.Slope.atMost(0), .atMost(.nan), .estimated(safety: 0.5)] {
      plan.slope = slope
      #expect(throws: SurfaceError.self) { try plan.surface(of: SurfaceSparseTests.torus) }
    }
    plan = SparseSurfaceExtraction(resolution: SparseSurfaceExtraction.largestExtent + 1)
    #expect(throws: SurfaceError.gridTooLarge(extent: 16385)) { try plan.surface(of: SurfaceSparseTests.torus) }
    plan = SparseSurfaceExtraction(SurfaceExtraction(level: .nan, inside: .below), resolution: 20)
    #expect(throws: SurfaceError.self) { try plan.surface(of: SurfaceSparseTests.torus) }
    #expect(throws: FailingField.Failure.self) {
      try SparseSurfaceExtraction(resolution: 64).surface(of: FailingField())
    }
  }

  /// A field that gives up.
  struct FailingField: ScalarField {
    struct Failure: Error {}
    var allowsConcurrentCalls: Bool { true }

    func samples(at points: [SIMD3<Float>], withGradients: Bool) throws -> FieldSamples { throw Failure() }
  }
}
