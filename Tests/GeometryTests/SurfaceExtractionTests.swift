import Geometry
import Testing

@Suite("Surface extraction")
struct SurfaceExtractionTests {
  static func sphere(_ count: Int, radius: Float = 0.7) throws -> ScalarGrid {
    try ScalarGrid(
      sampling: SphereField(center: [0.03, -0.02, 0.01], radius: radius), shape: .init(cube: count),
      frame: .unitCube(count: count))
  }

  static func gyroid() throws -> ScalarGrid {
    try ScalarGrid(
      sampling: GyroidField(period: 0.9), shape: .init(20, 26, 70),
      frame: GridFrame(origin: [-1, -1, -1], spacing: [0.1, 0.08, 0.03]))
  }

  @Test("area and volume of a sphere converge with the square of the spacing")
  func convergence() throws {
    let exact = (area: 4 * Double.pi * 0.49, volume: 4 / 3 * Double.pi * 0.343)
    var errors: [(area: Double, volume: Double)] = []
    for count in [17, 33, 65] {
      let mesh = try SurfaceExtraction.signedDistance.mesh(of: Self.sphere(count))
      errors.append((abs(mesh.area / exact.area - 1), abs(mesh.signedVolume / exact.volume - 1)))
    }
    for step in 0..<2 {
      #expect((3.3...4.7).contains(errors[step].area / errors[step + 1].area))
      #expect((3.3...4.7).contains(errors[step].volume / errors[step + 1].volume))
    }
    #expect(errors[2].volume < 2e-3)
  }

  @Test("vertices lie on the surface and normals follow the gradient")
  func verticesAndNormals() throws {
    let field = SphereField(center: [0.03, -0.02, 0.01], radius: 0.7)
    let mesh = try SurfaceExtraction.signedDistance.mesh(of: Self.sphere(48))
    let samples = field.samples(at: mesh.positions, withGradients: true)
    #expect(samples.distances.allSatisfy { abs($0) < 1e-3 })
    let gradients = try #require(samples.gradients)
    for (normal, gradient) in zip(mesh.vertexNormals(), gradients) { #expect((normal * gradient).sum() > 0.99) }
  }

  @Test("the number of threads does not change a bit", arguments: [2, 3, 5, 64])
  func threads(count: Int) throws {
    for grid in [try Self.gyroid(), try Self.sphere(21)] {
      var extraction = SurfaceExtraction.signedDistance
      extraction.threadCount = 1
      let alone = try extraction.mesh(of: grid)
      extraction.threadCount = count
      let isEqual = try extraction.mesh(of: grid) == alone
      #expect(isEqual)
    }
  }

  @Test(
    "rows that end at, before and after a word of 64 samples", arguments: [2, 61, 62, 63, 64, 65, 66, 127, 128, 129])
  func rowLengths(width: Int) throws {
    var random = SplitMix(state: UInt64(width))
    let shape = ScalarGrid.Shape(3, 4, width)
    let values = (0..<shape.count).map { _ in Float.random(in: -1...1, using: &random) }
    let grid = ScalarGrid(shape: shape, values: values)
    expectSolid(try SurfaceExtraction.signedDistance.mesh(of: grid), "width \(width)")
    var reversed = grid
    for i in 0..<3 {
      for j in 0..<4 {
        for k in 0..<width { reversed[i, j, k] = grid[i, j, width - 1 - k] }
      }
    }
    let open = SurfaceExtraction(level: 0, inside: .below, border: .open)
    let (mesh, mirrored) = (try open.mesh(of: grid), try open.mesh(of: reversed))
    #expect(mesh.positions.count == mirrored.positions.count)
    #expect(MeshTopology(mesh).eulerNumber == MeshTopology(mirrored).eulerNumber)
  }

  @Test("permuted axes give the permuted mesh")
  func permutedAxes() throws {
    var grid = try Self.gyroid()
    // In index space, where positions are exact and so do not depend on the order of sums.
    grid.frame = .index
    let mesh = try SurfaceExtraction.signedDistance.mesh(of: grid)
    let (d, h, w) = (grid.shape.depth, grid.shape.height, grid.shape.width)
    var turned = ScalarGrid(
      shape: .init(w, d, h), values: [Float](repeating: 0, count: grid.shape.count))
    for i in 0..<d { for j in 0..<h { for k in 0..<w { turned[k, i, j] = grid[i, j, k] } } }
    let other = try SurfaceExtraction.signedDistance.mesh(of: turned)
    func sorted(_ positions: [SIMD3<Float>]) -> [SIMD3<Float>] {
      positions.sorted { ($0.x, $0.y, $0.z) < ($1.x, $1.y, $1.z) }
    }
    let hasSameVertices = sorted(other.positions.map { [$0.y, $0.z, $0.x] }) == sorted(mesh.positions)
    #expect(hasSameVertices)
    #expect(MeshTopology(mesh).eulerNumber == MeshTopology(other).eulerNumber)
    #expect(mesh.faces.count == other.faces.count)
    // Quadrangles are cut along diagonals that belong to an axis, so the surfaces differ a little.
    #expect(abs(mesh.area / other.area - 1) < 2e-3 && abs(mesh.signedVolume / other.signedVolume - 1) < 2e-3)
  }

  @Test("a frame that mirrors space still gives outward faces, at the right places")
  func mirroredFrame() throws {
    var grid = try Self.sphere(24)
    let plain = try SurfaceExtraction.signedDistance.mesh(of: grid)
    // An oblique, anisotropic frame with negative determinant, as a header of a medical file may hold.
    let frame = GridFrame(x: [-2, 0.3, 0, 90], y: [0.1, 2, 0, -126], z: [0, 0, 3, -72])
    #expect(frame.isMirrored)
    grid.frame = frame
    let mesh = try SurfaceExtraction.signedDistance.mesh(of: grid)
    expectSolid(mesh, "mirrored")
    let voxel = 8.0 / (23 * 23 * 23)
    #expect(abs(mesh.signedVolume / (plain.signedVolume / voxel * -frame.determinant) - 1) < 1e-4)
    var unmirrored = grid
    unmirrored.frame = .index
    let moved = try SurfaceExtraction.signedDistance.mesh(of: unmirrored).transformed(by: frame)
    for (a, b) in zip(moved.positions, mesh.positions) { #expect(((a - b) * (a - b)).sum() < 1e-6) }
    let hasSameFaces = moved.faces == mesh.faces
    #expect(hasSameFaces)
  }

  @Test("levels beyond all samples, and grids without a cell, give an empty mesh or a closed box")
  func extremes() throws {
    let grid = try Self.sphere(8)
    #expect(try SurfaceExtraction(level: -5, inside: .below).mesh(of: grid).faces.isEmpty)
    #expect(try SurfaceExtraction(level: 5, inside: .below, border: .open).mesh(of: grid) == Mesh())
    let full = try SurfaceExtraction(level: 5, inside: .below).mesh(of: grid)
    expectSolid(full, "a grid inside as a whole")
    #expect(MeshTopology(full).eulerNumber == 2)
    for shape in [ScalarGrid.Shape(0, 3, 3), .init(1, 1, 1), .init(1, 5, 5), .init(4, 1, 4), .init(4, 4, 1)] {
      let ones = ScalarGrid(shape: shape, values: [Float](repeating: 1, count: shape.count))
      #expect(try SurfaceExtraction(level: 0.5, inside: .above, border: .open).mesh(of: ones) == Mesh())
      let closed = try SurfaceExtraction.occupancy.mesh(of: ones)
      if shape.count > 0 { expectSolid(closed, "\(shape)") } else { #expect(closed == Mesh()) }
    }
    let huge = ScalarGrid(
      shape: .init(cube: 2),
      values: (0..<8).map { $0 % 3 == 0 ? -Float.greatestFiniteMagnitude : .greatestFiniteMagnitude })
    let mesh = try SurfaceExtraction.signedDistance.mesh(of: huge)
    try mesh.validate()
    expectSolid(mesh, "differences that overflow")
  }

  @Test("a closed binary solid reaches half a voxel beyond its last sample")
  func caps() throws {
    let ones = ScalarGrid(shape: .init(cube: 3), bytes: [UInt8](repeating: 1, count: 27))
    // All samples alike: without an outside sample the padding lies as far below the level as needed.
    var extraction = SurfaceExtraction.occupancy
    extraction.border = .closed(padding: 0)
    let bounds = try #require(try extraction.mesh(of: ones).bounds)
    #expect(bounds.lower == [-0.5, -0.5, -0.5] && bounds.upper == [2.5, 2.5, 2.5])
  }

  @Test("samples, levels, paddings and frames that are no numbers are refused by name")
  func refusals() throws {
    for value in [Float.nan, .infinity, -.infinity] {
      for position in [(0, 0, 0), (7, 7, 7), (3, 5, 2)] {
        var grid = try Self.sphere(8)
        grid[position.0, position.1, position.2] = value
        for border in [SurfaceExtraction.Border.open, .closed()] {
          let error = #expect(throws: SurfaceError.self) {
            try SurfaceExtraction(level: 0, inside: .below, border: border).mesh(of: grid)
          }
          #expect(error?.description.contains("\(position.0),\(position.1),\(position.2)") == true)
        }
      }
    }
    let grid = try Self.sphere(8)
    #expect(throws: SurfaceError.self) { try SurfaceExtraction(level: .nan, inside: .below).mesh(of: grid) }
    #expect(throws: SurfaceError.invalidPadding(-1)) {
      try SurfaceExtraction(level: 0, inside: .below, border: .closed(padding: -1)).mesh(of: grid)
    }
    var flat = grid
    flat.frame = GridFrame(spacing: [1, 0, 1])
    #expect(throws: SurfaceError.unusableFrame) { try SurfaceExtraction.signedDistance.mesh(of: flat) }
  }
}
