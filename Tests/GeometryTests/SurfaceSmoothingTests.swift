import Geometry
import Testing

@Suite("Smooth, block and voxelised solids")
struct SurfaceSmoothingTests {
  static func binary(_ count: Int, _ isSolid: (SIMD3<Float>) -> Bool) -> ScalarGrid {
    var grid = ScalarGrid(shape: .init(cube: count), values: [Float](repeating: 0, count: count * count * count))
    for i in 0..<count {
      for j in 0..<count {
        for k in 0..<count where isSolid(SIMD3(Float(i), Float(j), Float(k)) - Float(count - 1) / 2) {
          grid[i, j, k] = 1
        }
      }
    }
    return grid
  }

  static let ball = binary(16) { ($0 * $0).sum() < 25 }

  @Test("a smoothed binary ball is round to a fraction of its steps and keeps its volume")
  func smoothBall() throws {
    let rough = try SurfaceExtraction.occupancy.mesh(of: Self.ball)
    let smooth = try SurfaceExtraction.smoothOccupancy.mesh(of: Self.ball)
    func spread(_ mesh: Mesh) -> (mean: Float, deviation: Float) {
      let radii = mesh.positions.map { position -> Float in
        let offset = position - 7.5
        return (offset * offset).sum().squareRoot()
      }
      let mean = radii.reduce(0, +) / Float(radii.count)
      return (mean, (radii.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(radii.count)).squareRoot())
    }
    expectSolid(smooth, "smooth ball")
    #expect(smooth.faces == rough.faces)
    #expect(spread(smooth).deviation < 0.04 && spread(rough).deviation > 0.18)
    #expect(abs(spread(smooth).mean - spread(rough).mean) < 0.05)
    #expect(abs(smooth.signedVolume / rough.signedVolume - 1) < 1e-3)
    #expect(smooth.area < rough.area)
  }

  @Test("no vertex leaves its reach, also on noise, and small parts do not vanish")
  func reach() throws {
    var random = SplitMix(state: 3)
    for trial in 0..<20 {
      let bytes = (0..<4096).map { _ in UInt8(Int.random(in: 0..<4, using: &random) == 0 ? 1 : 0) }
      let grid = ScalarGrid(shape: .init(cube: 16), bytes: bytes)
      let rough = try SurfaceExtraction.occupancy.mesh(of: grid)
      let smooth = try SurfaceExtraction.smoothOccupancy.mesh(of: grid)
      expectSolid(smooth, "trial \(trial)")
      #expect(
        zip(rough.positions, smooth.positions).allSatisfy { a, b in
          let offset = a - b
          return max(abs(offset.x), abs(offset.y), abs(offset.z)) <= 0.5 + 1e-5
        })
    }
    let single = Self.binary(5) { $0 == .zero }
    let speck = try SurfaceExtraction.smoothOccupancy.mesh(of: single)
    #expect(abs(speck.signedVolume - 1.0 / 6) < 5e-3)
  }

  @Test("the border of an open surface stays in place")
  func openBorder() throws {
    var extraction = SurfaceExtraction(level: 0.5, inside: .above, border: .open)
    let grid = Self.binary(8) { $0.x < 1 && $0.y * $0.y + $0.z * $0.z < 6 }
    let rough = try extraction.mesh(of: grid)
    extraction.smoothing = SurfaceSmoothing()
    let smooth = try extraction.mesh(of: grid)
    let border = rough.positions.indices.filter { rough.positions[$0].x == 0 }
    #expect(!border.isEmpty && MeshTopology(smooth).boundaryEdgeCount > 0)
    #expect(border.allSatisfy { rough.positions[$0] == smooth.positions[$0] })
    #expect(rough.positions != smooth.positions)
  }

  @Test("blocks have the area and volume of their voxels, and every edge closes")
  func blocks() {
    var random = SplitMix(state: 8)
    for trial in 0..<20 {
      let bytes = (0..<343).map { _ in UInt8(Bool.random(using: &random) ? 1 : 0) }
      let grid = ScalarGrid(
        shape: .init(cube: 7), bytes: bytes, frame: GridFrame(origin: [1, 2, 3], spacing: [2, 1, -0.5]))
      let mesh = BlockSurface().mesh(of: grid)
      let topology = MeshTopology(mesh)
      #expect(topology.isClosed && topology.isConsistentlyOriented, "trial \(trial)")
      #expect(abs(mesh.signedVolume - Double(bytes.reduce(0) { $0 + Int($1) })) < 1e-3)
      #expect(Set(mesh.positions.map { [$0.x, $0.y, $0.z] }).count == mesh.positions.count)
    }
    let cube = BlockSurface().mesh(of: Self.binary(3) { $0 == .zero })
    #expect(cube.positions.count == 8 && cube.faces.count == 12)
    #expect(cube.bounds == Bounds(lower: [0.5, 0.5, 0.5], upper: [1.5, 1.5, 1.5]))
    #expect(BlockSurface().mesh(of: Self.binary(3) { _ in false }) == Mesh())
  }

  @Test("a voxelised solid has the mesh's volume, wherever columns meet edges and vertices")
  func voxelised() throws {
    let box = BlockSurface().mesh(of: Self.binary(3) { $0 == .zero })
    for side in [1, 2, 3, 8, 15] {
      var voxelizer = MeshVoxelizer(side: side)
      voxelizer.includesSurface = false
      #expect(try voxelizer.solid(of: box).values.allSatisfy { $0 == 1 }, "side \(side)")
    }
    let torus = try SurfaceExtraction.signedDistance.mesh(
      of: ScalarGrid(
        sampling: TorusField(majorRadius: 0.55, minorRadius: 0.3), shape: .init(cube: 40), frame: .unitCube(count: 40)))
    var voxelizer = MeshVoxelizer(side: 48)
    (voxelizer.includesSurface, voxelizer.margin) = (false, 2)
    let solid = try voxelizer.solid(of: torus)
    let volume = Double(solid.values.reduce(0, +)) * solid.frame.determinant
    #expect(abs(volume / torus.signedVolume - 1) < 0.01)
    #expect(MeshTopology(try SurfaceExtraction.occupancy.mesh(of: solid)).eulerNumber == 0)
    voxelizer.includesSurface = true
    let thick = try voxelizer.solid(of: torus)
    #expect(zip(solid.values, thick.values).allSatisfy { $0 <= $1 } && thick.values != solid.values)
    // Every vertex lies in a solid voxel then.
    for position in torus.positions {
      let index = ((SIMD3<Double>(position) - thick.frame.origin) / thick.frame.x.x).rounded(.toNearestOrAwayFromZero)
      #expect(thick[Int(index.x), Int(index.y), Int(index.z)] == 1)
    }
  }

  @Test("one missing face does not spoil a column, and bad input is refused")
  func voxelisedHoles() throws {
    var torus = try SurfaceExtraction.signedDistance.mesh(
      of: ScalarGrid(sampling: SphereField(radius: 0.8), shape: .init(cube: 24), frame: .unitCube(count: 24)))
    var voxelizer = MeshVoxelizer(side: 24)
    voxelizer.includesSurface = false
    let whole = try voxelizer.solid(of: torus)
    torus.faces.remove(at: torus.faces.count / 2)
    let holed = try voxelizer.solid(of: torus)
    #expect(zip(whole.values, holed.values).count { $0 != $1 } <= 2)
    #expect(throws: MeshError.invalidSide(0)) { try MeshVoxelizer(side: 0).solid(of: torus) }
    #expect(throws: MeshError.invalidSide(100_000)) { try MeshVoxelizer(side: 100_000).solid(of: torus) }
    #expect(throws: MeshError.noFaces) { try MeshVoxelizer(side: 8).solid(of: Mesh()) }
    torus.positions[3].y = .nan
    #expect(throws: MeshError.positionNotFinite(vertex: 3)) { try voxelizer.solid(of: torus) }
  }
}
