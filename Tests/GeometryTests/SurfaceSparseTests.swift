import Geometry
import Testing

@Suite("Sparse surface extraction")
struct SurfaceSparseTests {
  static let torus = TorusField(majorRadius: 0.6, minorRadius: 0.25)

  /// Extracts both ways and requires the same mesh to the last bit.
  @discardableResult
  static func expectSame(
    _ field: some ScalarField, _ plan: SparseSurfaceExtraction, _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> SparseStatistics {
    let sparse = try plan.surface(of: field)
    let grid = try ScalarGrid(sampling: field, shape: plan.shape, frame: plan.frame)
    let isEqual = try plan.extraction.mesh(of: grid) == sparse.mesh
    #expect(isEqual, "\(what): \(sparse.statistics)", sourceLocation: sourceLocation)
    return sparse.statistics
  }

  static func open(_ level: Float = 0) -> SurfaceExtraction {
    SurfaceExtraction(level: level, inside: .below, border: .open)
  }

  @Test(
    "the mesh is that of the dense extraction, vertex by vertex", arguments: [2, 3, 8, 9, 10, 17, 33, 64, 65, 100])
  func equalsDense(resolution: Int) throws {
    for border in [SurfaceExtraction.Border.open, .closed(padding: 1)] {
      let plan = SparseSurfaceExtraction(
        SurfaceExtraction(level: 0, inside: .below, border: border), resolution: resolution)
      try Self.expectSame(Self.torus, plan, "torus")
      try Self.expectSame(SphereField(center: [0.1, 0, 0.05], radius: 1.2), plan, "cut sphere")
      try Self.expectSame(GyroidField(period: 0.9), plan, "gyroid")
      try Self.expectSame(BoxField(halfExtents: [2, 2, 2]), plan, "all inside")
      try Self.expectSame(SphereField(center: [5, 0, 0], radius: 1), plan, "all outside")
    }
  }

  @Test("clipped fields, at several levels, with and without a promise")
  func clipped() throws {
    for level in [Float(0), 0.04, -0.04] {
      for promises in [true, false] {
        let plan = SparseSurfaceExtraction(Self.open(level), resolution: 128)
        let torus = FunctionField.clipped(Self.torus, at: 0.1, promises: promises)
        let statistics = try Self.expectSame(torus, plan, "torus at \(level)")
        #expect(statistics.fallback == .none && statistics.isSlopePromised == promises)
        let gyroid = FunctionField.clipped(GyroidField(period: 0.9), at: 0.1, promises: promises)
        try Self.expectSame(gyroid, plan, "gyroid at \(level)")
      }
    }
  }

  @Test("with an assumed slope, a learned distance's surface is the dense one from a part of the samples")
  func assumed() throws {
    // Distances stretched by 0.5 to 1.5 and clipped, as networks learn them: flat in most places, steep in some.
    let stretched = FunctionField { point in
      min(max(Self.torus.sample(at: point).distance * (1 + 0.5 * point.x), -0.1), 0.1)
    }
    let gyroid = FunctionField.clipped(GyroidField(period: 0.9), at: 0.1, promises: false)
    for (resolution, border) in [(65, SurfaceExtraction.Border.open), (128, .closed(padding: nil)), (200, .open)] {
      for level in [Float(0), 0.04] {
        var plan = SparseSurfaceExtraction(
          SurfaceExtraction(level: level, inside: .below, border: border), resolution: resolution)
        plan.slope = .assumed(1)
        let found = try Self.expectSame(stretched, plan, "stretched torus at \(level)")
        #expect(found.fallback == .none && found.wrongSideCount == 0)
        try Self.expectSame(gyroid, plan, "gyroid at \(level)")
        plan.slope = .atMost(1.5)
        let proven = try Self.expectSame(stretched, plan, "stretched torus at \(level)")
        if resolution == 200 { #expect(4 * found.sampleCount < 3 * proven.sampleCount) }
      }
    }
  }

  @Test("with an assumed slope, specks of one sample beside a surface are found", arguments: 0..<8)
  func specks(number: Int) throws {
    let step: Float = 2 / 127
    let place = SIMD3<Float>(40, 70, 61) + SIMD3(Float(number & 1), Float(number >> 1 & 1), Float(number >> 2))
    let speck = SphereField(center: place * step - 1, radius: 0.4 * step)
    let field = FunctionField {
      min(max(min(Self.torus.sample(at: $0).distance, speck.sample(at: $0).distance), -0.1), 0.1)
    }
    var plan = SparseSurfaceExtraction(Self.open(), resolution: 128)
    plan.slope = .assumed(1)
    try Self.expectSame(field, plan, "speck \(number)")
  }

  @Test("plates thinner than any block, parts far from each other and parts of a single sample are found")
  func thinParts() throws {
    let plan = SparseSurfaceExtraction(Self.open(), resolution: 160)
    let voxel: Float = 2 / 159
    let plate = BoxField(center: [0, 0, 0.3], halfExtents: [0.7, 0.7, 0.6 * voxel])
    let speck = SphereField(center: SIMD3(repeating: -1 + 20 * voxel), radius: 0.6 * voxel)
    let ball = SphereField(center: [0.5, 0.5, 0.5], radius: 0.3)
    for (name, field, parts) in [
      ("plate", FunctionField.union(plate, plate), 1), ("two parts", .union(plate, speck), 2),
      ("speck", .union(ball, speck), 2),
    ] {
      try Self.expectSame(field, plan, name)
      let mesh = try plan.surface(of: field).mesh
      expectSolid(mesh, name)
      #expect(MeshTopology(mesh).componentCount == parts, "\(name)")
      // Without its promise the bound is estimated; the speck lies in the reach of the values round it.
      let silent = FunctionField { field.value($0) }
      try Self.expectSame(silent, plan, "\(name), estimated")
      let flat = FunctionField { max(-0.1, min(0.1, field.value($0))) }
      try Self.expectSame(flat, plan, "\(name), clipped and estimated")
    }
  }

  @Test("oblique, mirrored, anisotropic frames and extents that fit no block")
  func frames() throws {
    for mirror in [1.0, -1] {
      let frame = GridFrame(
        x: [0.023 * mirror, 0.002 * mirror, 0, -1 * mirror], y: [0.001, 0.02, 0, -1], z: [0, 0.003, 0.03, -1.1])
      for border in [SurfaceExtraction.Border.open, .closed(padding: 0.5)] {
        let plan = SparseSurfaceExtraction(
          SurfaceExtraction(level: 0, inside: .below, border: border), shape: .init(83, 101, 66), frame: frame)
        try Self.expectSame(Self.torus, plan, "torus")
        let silent = FunctionField { Self.torus.sample(at: $0).distance }
        try Self.expectSame(silent, plan, "estimated")
        let mesh = try plan.surface(of: Self.torus).mesh
        expectSolid(mesh, "oblique")
      }
    }
    for shape in [ScalarGrid.Shape(1, 9, 9), .init(9, 1, 9), .init(9, 9, 1), .init(1, 1, 1), .init(2, 70, 2)] {
      for border in [SurfaceExtraction.Border.open, .closed(padding: 1)] {
        let plan = SparseSurfaceExtraction(
          SurfaceExtraction(level: 0, inside: .below, border: border), shape: shape, frame: .unitCube(count: 9))
        try Self.expectSame(SphereField(center: SIMD3(repeating: -1), radius: 0.6), plan, "\(shape)")
      }
    }
  }

  @Test("solid above the level, smoothing, and a padding that is not given")
  func options() throws {
    let occupancy = FunctionField(slopeBound: 1) { 0.5 - Self.torus.sample(at: $0).distance }
    var extraction = SurfaceExtraction(level: 0.5, inside: .above, border: .closed(padding: -1))
    try Self.expectSame(occupancy, SparseSurfaceExtraction(extraction, resolution: 50), "above")
    extraction.smoothing = SurfaceSmoothing(iterations: 5)
    try Self.expectSame(occupancy, SparseSurfaceExtraction(extraction, resolution: 50), "smoothed")
    extraction = .signedDistance
    let plan = SparseSurfaceExtraction(extraction, resolution: 50)
    expectSolid(try plan.surface(of: SphereField(radius: 1.2)).mesh, "cut sphere")
    try Self.expectSame(Self.torus, plan, "a solid that touches no border needs no padding")
  }

  @Test("few samples for each cell of the surface, and the same for any number of threads")
  func economy() throws {
    var plan = SparseSurfaceExtraction(Self.open(), resolution: 512)
    for (name, field) in [
      ("sphere", FunctionField.union(SphereField(radius: 0.7), SphereField(radius: 0.7))),
      ("torus", .union(Self.torus, Self.torus)),
    ] {
      plan.extraction.threadCount = 1
      let alone = try plan.surface(of: field)
      let statistics = alone.statistics
      #expect(statistics.fallback == .none && statistics.wrongSideCount == 0 && statistics.followedBlockCount == 0)
      #expect(statistics.gridSampleCount == 512 * 512 * 512)
      #expect(statistics.sampleCount * 50 < statistics.gridSampleCount, "\(name): \(statistics.sampleCount)")
      #expect(statistics.sampleCount < 5 * statistics.crossedCellCount, "\(name): \(statistics)")
      #expect(statistics.peakBytes < 200 << 20, "\(name): \(statistics.peakBytes)")
      #expect(statistics.checkCount >= 1024)
      expectSolid(alone.mesh, name)
      plan.extraction.threadCount = 3
      let isSame = try plan.surface(of: field) == alone
      #expect(isSame, "\(name)")
    }
  }

  @Test("a field that says nothing of threads is called from one, with many points at a time")
  func calls() throws {
    let field = ExclusiveField(.union(Self.torus, Self.torus))
    let plan = SparseSurfaceExtraction(Self.open(), resolution: 256)
    let statistics = try plan.surface(of: field).statistics
    #expect(!field.hasOverlapped)
    #expect(field.sizes.reduce(0, +) == statistics.sampleCount)
    #expect(field.sizes.count < 20 && (field.sizes.max() ?? 0) > 100_000)
  }
}
