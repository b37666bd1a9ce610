import Geometry
import Testing

/// A small seeded generator, so that random grids are the same everywhere.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

/// Requires a closed, oriented 2-manifold with outward faces.
func expectSolid(_ mesh: Mesh, _ what: String, sourceLocation: SourceLocation = #_sourceLocation) {
  let topology = MeshTopology(mesh)
  #expect(topology.boundaryEdgeCount == 0, "\(what): open", sourceLocation: sourceLocation)
  #expect(topology.nonManifoldEdgeCount == 0, "\(what): edges with more than two faces", sourceLocation: sourceLocation)
  #expect(topology.inconsistentEdgeCount == 0, "\(what): orientation", sourceLocation: sourceLocation)
  #expect(topology.nonManifoldVertexCount == 0, "\(what): pinched vertices", sourceLocation: sourceLocation)
  #expect(
    topology.faceCount == mesh.faces.count, "\(what): faces without three vertices", sourceLocation: sourceLocation)
  #expect(topology.vertexCount == mesh.positions.count, "\(what): unused vertices", sourceLocation: sourceLocation)
  #expect(mesh.signedVolume > 0, "\(what): faces look inward", sourceLocation: sourceLocation)
}

@Suite("Surface extraction: cells")
struct SurfaceCasesTests {
  /// One cell in the middle of a 4^3 grid; corner 4i + 2j + k has the value of bit 4i + 2j + k.
  static func grid(pattern: Int) -> ScalarGrid {
    var grid = ScalarGrid(shape: .init(cube: 4), values: [Float](repeating: 0, count: 64))
    for corner in 0..<8 where pattern >> corner & 1 == 1 {
      grid[1 + corner >> 2, 1 + corner >> 1 & 1, 1 + corner & 1] = 1
    }
    return grid
  }

  @Test(
    "all 256 corner patterns give a closed, oriented manifold, whatever the level does to ambiguous faces",
    arguments: [Float(0.01), 0.3, 0.5, 0.7, 0.99])
  func allCases(level: Float) throws {
    for pattern in 1..<256 {
      let grid = Self.grid(pattern: pattern)
      let mesh = try SurfaceExtraction(level: level, inside: .above, border: .open).mesh(of: grid)
      expectSolid(mesh, "pattern \(pattern)")
      var negated = grid
      negated.values = grid.values.map { -$0 }
      let isSame = try SurfaceExtraction(level: -level, inside: .below, border: .open).mesh(of: negated) == mesh
      #expect(isSame)
    }
  }

  @Test("random samples in neighbouring cells agree on every face")
  func randomSamples() throws {
    var random = SplitMix(state: 5)
    for side in [2, 3, 8] {
      for trial in 0..<150 {
        let shape = ScalarGrid.Shape(side, side + trial % 3, side + trial % 2)
        let values = (0..<shape.count).map { _ in Float.random(in: -1...1, using: &random) }
        let grid = ScalarGrid(shape: shape, values: values)
        let mesh = try SurfaceExtraction(level: 0, inside: .below).mesh(of: grid)
        if !mesh.faces.isEmpty { expectSolid(mesh, "\(shape), trial \(trial)") }
      }
    }
  }

  @Test("random binary grids are closed at any level", arguments: [Float(0), 0.01, 0.5, 0.9])
  func randomBinaryGrids(level: Float) throws {
    var random = SplitMix(state: 9)
    for trial in 0..<100 {
      let density = Float.random(in: 0.05...0.95, using: &random)
      let values = (0..<512).map { _ in Float.random(in: 0..<1, using: &random) < density ? Float(1) : 0 }
      let mesh = try SurfaceExtraction(level: level, inside: .above)
        .mesh(of: ScalarGrid(shape: .init(cube: 8), values: values))
      expectSolid(mesh, "trial \(trial), density \(density)")
    }
  }

  @Test("few different values, many of them exactly at the level, stay a manifold")
  func valuesAtTheLevel() throws {
    var random = SplitMix(state: 11)
    for trial in 0..<100 {
      let values = (0..<343).map { _ in Float(Int.random(in: -1...1, using: &random)) }
      let grid = ScalarGrid(shape: .init(cube: 7), values: values)
      let mesh = try SurfaceExtraction.signedDistance.mesh(of: grid)
      expectSolid(mesh, "trial \(trial)")
      let areas = mesh.faces.map { face in
        Mesh(positions: mesh.positions, faces: [face]).area
      }
      let smallest = areas.min() ?? 1
      #expect(smallest > 0)
    }
  }

  @Test("joined and separate corners of an ambiguous face follow the saddle")
  func ambiguousFace() throws {
    // Two diagonal neighbours: a low level joins them, a high level separates them.
    var grid = ScalarGrid(shape: .init(cube: 4), values: [Float](repeating: 0, count: 64))
    grid[1, 1, 1] = 1
    grid[1, 2, 2] = 1
    func components(_ level: Float) throws -> Int {
      MeshTopology(try SurfaceExtraction(level: level, inside: .above).mesh(of: grid)).componentCount
    }
    #expect(try components(0.3) == 1)
    #expect(try components(0.5) == 2)
    #expect(try components(0.7) == 2)
  }
}
