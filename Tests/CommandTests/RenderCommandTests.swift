import Foundation
import Geometry
import Testing
import Volumes

@Suite(.serialized)
struct RenderCommandTests {
  private static let tetrahedron = """
    OFF
    4 4 0
    0 0 0
    1 0 0
    0 1 0
    0 0 1
    3 0 2 1
    3 0 1 3
    3 0 3 2
    3 1 2 3
    """

  /// Share of pixels that are not white.
  private func coverage(_ image: Image) -> Double {
    var count = 0
    for y in 0..<image.height {
      for x in 0..<image.width where image[x, y].prefix(3).contains(where: { $0 < 250 }) { count += 1 }
    }
    return Double(count) / Double(image.width * image.height)
  }

  @Test("a mesh is drawn in the size asked for, the same each time")
  func mesh() throws {
    let folder = try TemporaryFolder()
    let mesh = try folder.write(Array(Self.tetrahedron.utf8), "tetra.off")
    let options = ["--size", "160x120", "--azimuth", "-40", "--elevation", "10", "--up", "y"]
    for name in ["a.png", "b.png"] {
      let told = try CommandRunner.succeed(["render", mesh, "--out", folder.file(name), "--json"] + options).object()
      #expect(told["width"] as? Int == 160 && told["height"] as? Int == 120)
      #expect(told["pictures"] as? Int == 1 && told["faces"] as? Int == 4)
    }
    let (first, second) = (try Image(pngFile: folder.file("a.png")), try Image(pngFile: folder.file("b.png")))
    #expect(first == second)
    #expect((0.1...0.9).contains(coverage(first)))
    _ = try CommandRunner.succeed(["render", mesh, "--out", folder.file("c.png"), "--transparent"])
    #expect(try Image(pngFile: folder.file("c.png")).hasAlpha)
  }

  @Test("several inputs stand side by side, or together in one scene with a legend")
  func sheet() throws {
    let folder = try TemporaryFolder()
    let meshes = try ["one.off", "two.off", "three.off"].map { try folder.write(Array(Self.tetrahedron.utf8), $0) }
    let line = ["render"] + meshes + ["--size", "100", "--json"]
    let apart = try CommandRunner.succeed(line + ["--out", folder.file("apart.png")]).object()
    #expect(apart["pictures"] as? Int == 3)
    #expect(try #require(apart["width"] as? Int) >= 300 && #require(apart["height"] as? Int) < 200)
    let stacked = try CommandRunner.succeed(line + ["--out", folder.file("stacked.png"), "--columns", "1"]).object()
    #expect(try #require(stacked["height"] as? Int) >= 300)
    let together = try CommandRunner.succeed(line + ["--out", folder.file("together.png"), "--together"]).object()
    #expect(together["pictures"] as? Int == 1 && together["faces"] as? Int == 12)
    #expect(coverage(try Image(pngFile: folder.file("together.png"))) > 0.1)
  }

  @Test("a series is drawn frame by frame, as voxels too, and an empty frame is an empty box")
  func series() throws {
    let folder = try TemporaryFolder()
    var values = [UInt8](repeating: 0, count: 3 * 64)
    for frame in 0..<2 { for voxel in 21...(22 + frame) { values[frame * 64 + voxel] = 1 } }
    let shape = Series.Shape(frameCount: 3, depth: 4, height: 4, width: 4)
    try SeriesFile.write(
      Series(name: "growth", shape: shape, values: .uint8(values)), to: folder.file("growth.npz"))
    for options in [[], ["--voxels"]] {
      let out = folder.file("series\(options.count).png")
      let line = ["render", folder.file("growth.npz"), "--out", out, "--size", "96", "--json"] + options
      let told = try CommandRunner.succeed(line).object()
      #expect(told["pictures"] as? Int == 3)
      // Two voxels show 10 sides, three in a row 14, of two triangles each.
      if !options.isEmpty { #expect(told["faces"] as? Int == 48) }
      #expect(coverage(try Image(pngFile: out)) > 0.02)
    }
    let empty = try CommandRunner.run(
      ["render", folder.file("growth.npz"), "--out", folder.file("empty.png"), "--frame", "2"])
    #expect(empty.status == 1 && empty.errors.contains("nothing is solid"))
  }
}
