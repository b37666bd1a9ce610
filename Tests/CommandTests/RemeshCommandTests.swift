import Foundation
import Geometry
import Testing
import Volumes

@Suite(.serialized)
struct RemeshCommandTests {
  /// A ball of radius 2 at (10, 0, 0) as a mesh, with every n-th face missing.
  private func ball(_ folder: TemporaryFolder, missingEvery n: Int? = nil) throws -> String {
    let frame = GridFrame(origin: [7, -3, -3], spacing: SIMD3(repeating: 0.2))
    let grid = try ScalarGrid(
      sampling: SphereField(center: [10, 0, 0], radius: 2), shape: .init(cube: 31), frame: frame)
    var mesh = try SurfaceExtraction.signedDistance.mesh(of: grid)
    if let n { mesh.faces = mesh.faces.enumerated().filter { $0.offset % n != 0 }.map(\.element) }
    let path = folder.file("ball.ply")
    try mesh.write(to: URL(fileURLWithPath: path))
    return path
  }

  private func remesh(_ folder: TemporaryFolder, _ mesh: String, _ options: [String]) throws -> [String: Any] {
    try CommandRunner.succeed(["mesh", mesh, "--out", folder.file("out.stl"), "--json"] + options).object()
  }

  private func radius(_ told: [String: Any]) -> Double { pow((told["volume"] as? Double ?? 0) * 3 / 4 / .pi, 1 / 3) }

  @Test("a mesh with holes becomes closed, at any resolution, from a small share of the samples")
  func holes() throws {
    let folder = try TemporaryFolder()
    let mesh = try ball(folder, missingEvery: 50)
    let told = try remesh(folder, mesh, ["--resolution", "120"])
    #expect(told["closed"] as? Bool == true && told["manifold"] as? Bool == true && told["oriented"] as? Bool == true)
    #expect(told["components"] as? Int == 1 && told["euler"] as? Int == 2)
    #expect(abs(radius(told) - 2) < 0.02)
    let statistics = try #require(told["statistics"] as? [String: Any])
    let share =
      Double(try #require(statistics["sampleCount"] as? Int))
      / Double(
        try #require(statistics["gridSampleCount"] as? Int))
    #expect(share < 0.3, "\(share)")
    #expect((told["sign"] as? [String: Any])?["method"] as? String == "winding")
  }

  @Test("a level moves the surface in mesh units", arguments: [("0.5", 2.5), ("-0.5", 1.5)])
  func offset(level: String, expected: Double) throws {
    let folder = try TemporaryFolder()
    let told = try remesh(folder, try ball(folder), ["--level", level, "--resolution", "64"])
    #expect(abs(radius(told) - expected) < 0.02)
  }

  @Test("a level inside which nothing is left makes no file")
  func nothing() throws {
    let folder = try TemporaryFolder()
    let mesh = try ball(folder)
    let nothing = try CommandRunner.run(
      ["mesh", mesh, "--resolution", "32", "--level", "-5", "--out", folder.file("none.stl")])
    #expect(nothing.status == 1 && nothing.errors.contains("nothing is solid"))
    #expect(!FileManager.default.fileExists(atPath: folder.file("none.stl")))
  }

  @Test("options of grids are refused for a mesh, and out of range ones for all")
  func usage() throws {
    let folder = try TemporaryFolder()
    let mesh = try ball(folder)
    for options in [
      ["--frame", "0"], ["--open"], ["--spacing", "1,1,1"], ["--resolution", "3"], ["--sign", "guess"],
    ] {
      let outcome = try CommandRunner.run(["mesh", mesh, "--out", folder.file("out.stl")] + options)
      #expect(outcome.status == 64, "\(options): \(outcome.errors)")
    }
  }

  @Test("without a resolution a mesh is only converted")
  func conversion() throws {
    let folder = try TemporaryFolder()
    let mesh = try ball(folder, missingEvery: 50)
    let told = try remesh(folder, mesh, [])
    let before = try Mesh(contentsOf: URL(fileURLWithPath: mesh))
    #expect(told["faces"] as? Int == before.faces.count && told["closed"] as? Bool == false)
    let after = try Mesh(contentsOf: URL(fileURLWithPath: folder.file("out.stl")))
    #expect(after.faces.count == before.faces.count && after.bounds == before.bounds)
  }

  @Test("the grid of a mesh leads back to the mesh in its own place")
  func gridAndBack() throws {
    let folder = try TemporaryFolder()
    let mesh = try ball(folder)
    let grid = folder.file("g.npy")
    _ = try CommandRunner.succeed(["sdf", "grid", mesh, "--resolution", "40", "--out", grid])
    let told = try remesh(folder, grid, [])
    let (lower, upper) = (try #require(told["lower"] as? [Double]), try #require(told["upper"] as? [Double]))
    for axis in 0..<3 { #expect(abs((lower[axis] + upper[axis]) / 2 - [10, 0, 0][axis]) < 0.01) }
    #expect(abs(radius(told) - 2) < 0.02)
    let refused = try CommandRunner.run(["mesh", grid, "--resolution", "9", "--out", folder.file("no.stl")])
    #expect(refused.status == 64 && refused.errors.contains("--resolution"))
  }

  @Test("voxels of a mesh: solid, surface and both; as npy and binvox, which leads back to a mesh in its place")
  func voxels() throws {
    let folder = try TemporaryFolder()
    let mesh = try ball(folder)
    var solid: [String: Int] = [:]
    for kind in ["solid", "surface", "both"] {
      let out = folder.file("\(kind).npy")
      let told = try CommandRunner.succeed(
        ["sdf", "voxels", mesh, "--side", "24", "--kind", kind, "--out", out, "--json"]
      ).object()
      let array = try NpyFile.read(out)
      #expect(array.shape == [24, 24, 24] && array.scalarType == .uint8)
      solid[kind] = array.data.count { $0 == 1 }
      #expect(told["solid"] as? Int == solid[kind])
    }
    let (inner, shell, both) = (
      try #require(solid["solid"]), try #require(solid["surface"]), try #require(solid["both"])
    )
    #expect(abs(Double(inner) / pow(24, 3) - .pi / 6) < 0.01)
    #expect(both > inner && both > shell && both < inner + shell)
    let binvox = folder.file("ball.binvox")
    _ = try CommandRunner.succeed(["sdf", "voxels", mesh, "--side", "24", "--kind", "solid", "--out", binvox])
    let told = try CommandRunner.succeed(["mesh", binvox, "--out", folder.file("back.stl"), "--json"]).object()
    let (lower, upper) = (try #require(told["lower"] as? [Double]), try #require(told["upper"] as? [Double]))
    for axis in 0..<3 { #expect(abs((lower[axis] + upper[axis]) / 2 - [10, 0, 0][axis]) < 0.01) }
    #expect(abs(radius(told) - 2) < 0.1)
  }
}
