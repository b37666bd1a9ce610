import Foundation
import Geometry
import Testing
import Volumes

/// Volumes and surfaces made by scikit-image 0.26 (Lewiner's marching cubes).
@Suite("Surface extraction: reference")
struct SurfaceReferenceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String, level: String, inside: SurfaceExtraction.Inside
    var isClosed = true
    var testDescription: String { "\(name) at level \(level)" }
  }

  static let cases = [
    Case(name: "torus", level: "0", inside: .below), Case(name: "torus", level: "0.04", inside: .below),
    Case(name: "balls", level: "0", inside: .below), Case(name: "balls", level: "0.04", inside: .below),
    Case(name: "binary_box", level: "0.01", inside: .above),
    Case(name: "waves", level: "0", inside: .below, isClosed: false),
    Case(name: "waves", level: "0.04", inside: .below, isClosed: false),
  ]

  static func archive() throws -> NpzArchive {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try NpzArchive(folder.appendingPathComponent("Fixtures/marching_cubes_skimage.npz").path)
  }

  static func grid(_ name: String) throws -> ScalarGrid {
    let volume = try archive().array("\(name).volume")
    #expect(volume.shape == [24, 24, 24])
    return ScalarGrid(shape: .init(cube: 24), values: volume.floats(), frame: .unitCube(count: 24))
  }

  static func surface(_ reference: Case) throws -> Mesh {
    let level = try #require(Float(reference.level))
    return try SurfaceExtraction(level: level, inside: reference.inside, border: .open).mesh(of: grid(reference.name))
  }

  @Test("Euler number, components, area and volume are those of the reference", arguments: cases)
  func invariants(reference: Case) throws {
    let archive = try Self.archive()
    func number(_ key: String) throws -> Double {
      try #require(try archive.array("\(reference.name).level\(reference.level).\(key)").doubles().first)
    }
    let mesh = try Self.surface(reference)
    let topology = MeshTopology(mesh)
    #expect(topology.eulerNumber == Int(try number("euler")))
    #expect(topology.componentCount == Int(try number("components")))
    #expect(topology.isManifold && topology.isConsistentlyOriented)
    #expect((topology.boundaryEdgeCount == 0) == reference.isClosed)
    // The same vertices, except that none comes closer than 1e-3 voxels to a grid point, and the same diagonals but for
    // cells with ambiguous faces, which only the waves have.
    #expect(abs(mesh.area / (try number("area")) - 1) < (reference.isClosed ? 1e-6 : 1e-4))
    if reference.isClosed {
      #expect(mesh.faces.count == Int(try number("faces")))
      #expect(mesh.positions.count == Int(try number("vertices")))
      // Inward for binary grids there, outward here in both cases.
      #expect(abs(mesh.signedVolume / abs(try number("signed_volume")) - 1) < 1e-6)
    }
    let bounds = try #require(mesh.bounds)
    let expected = try archive.array("\(reference.name).level\(reference.level).bounds").floats()
    for axis in 0..<3 {
      #expect(abs(bounds.lower[axis] - expected[axis]) < 1e-6)
      #expect(abs(bounds.upper[axis] - expected[3 + axis]) < 1e-6)
    }
  }

  @Test("a border policy of closed closes the surface that the grid cuts")
  func closedWaves() throws {
    let grid = try Self.grid("waves")
    for level in [Float(0), 0.04, -0.2] {
      let mesh = try SurfaceExtraction(level: level, inside: .below).mesh(of: grid)
      expectSolid(mesh, "waves at \(level)")
    }
  }
}
