import Geometry
import Testing

@Suite("Surfaces of a mesh's distances")
struct DistanceSurfaceTests {
  /// A ball whole, with one hole, and with many.
  static let kept: [@Sendable (SIMD3<Float>, Int) -> Bool] = [
    { _, _ in true }, { center, _ in center.z < 0.55 }, { _, number in number % 9 != 0 },
  ]

  @Test("Sparse extraction finds what the full grid shows, the lids of holes too", arguments: kept.indices)
  func sparse(variant: Int) throws {
    let ball = try DistanceShapes.surface(SphereField(radius: 0.75))
    let faces = ball.faces.enumerated().filter { number, face in
      let center = (0..<3).reduce(SIMD3<Float>.zero) { $0 + ball.positions[Int(face[$1])] / 3 }
      return Self.kept[variant](center, number)
    }
    let field = try MeshDistanceField(Mesh(positions: ball.positions, faces: faces.map(\.element)), sign: .winding)
    let side = 72
    let grid = try ScalarGrid(sampling: field, shape: .init(cube: side), frame: .unitCube(count: side))
    let dense = try SurfaceExtraction.signedDistance.mesh(of: grid)
    let found = try SparseSurfaceExtraction(.signedDistance, resolution: side).surface(of: field)
    #expect(found.mesh == dense)
    #expect(MeshTopology(found.mesh).isClosed)
    #expect(found.statistics.sampleCount < grid.values.count / 2, "\(found.statistics.sampleCount)")
  }
}
