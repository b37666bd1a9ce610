import Geometry
import Testing

@Suite("Faces turned for signs")
struct DistanceOrientationTests {
  @Test("A sound mesh is used as it is; an inverted one is turned, and seen so")
  func orientedMesh() throws {
    let box = DistanceShapes.box([1, 0.5, 0.75])
    #expect(try MeshDistanceField(box).orientedMesh == box)
    #expect(try MeshDistanceField(box.flipped()).orientedMesh.signedVolume > 0)
    #expect(try MeshDistanceField(box.flipped(), sign: .visibility).orientedMesh == box.flipped())
  }

  @Test("Faces stay where turning them would make fewer of them agree")
  func notWorse() throws {
    // A box with a fin: its edge has three faces. The fin is doubled, both ways, as a sheet with two sides.
    var mesh = DistanceShapes.box([1, 1, 1])
    mesh.positions += [[0, 2, 2]]
    mesh.faces += [[3, 7, 8], [7, 3, 8]]
    let before = MeshTopology(mesh)
    let field = try MeshDistanceField(mesh)
    #expect(MeshTopology(field.orientedMesh).inconsistentEdgeCount <= before.inconsistentEdgeCount)
    #expect(field.query([.zero, [0, 0, 1.5]]).distances.map { $0 < 0 } == [true, false])
  }
}
