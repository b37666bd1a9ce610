import Foundation
import Geometry
import Runs
import Testing
import Volumes

/// What users of `generate`, `interpolate`, `sweep` and `compare-resolutions` see.
@Suite(.serialized)
struct ShapeCommandTests {
  /// Codes of a file beside the run.
  private func codes(_ folder: TemporaryFolder, _ rows: [[Float]]) throws -> String {
    let path = folder.file("codes.npy")
    try NpyFile.write(NpyArray(shape: [rows.count, rows.first?.count ?? 0], rows.flatMap { $0 }), to: path)
    return path
  }

  private func arguments(_ verb: String, _ folder: TemporaryFolder, _ run: (path: String, level: Double)) throws
    -> [String]
  {
    let path = try codes(folder, [[0, 0, 0, 0], [0.1, 0, 0, 0.1], [0, 0.1, -0.1, 0]])
    return [verb, run.path, "--out", folder.file("out"), "--codes", path, "--device", "cpu", "--json"]
      + (verb == "sweep" ? [] : ["--level", "\(run.level)"])
  }

  @Test("generate writes what it says, at given codes and level")
  func generate() throws {
    let folder = try TemporaryFolder()
    let run = try TinyShapes.run(in: folder)
    let told = try CommandRunner.succeed(
      arguments("generate", folder, run) + ["--resolution", "17", "--grids", "--format", "glb", "--size", "64"]
    ).object()
    let shapes = try #require(told["shapes"] as? [[String: Any]])
    #expect(shapes.count == 3 && told["resolution"] as? Int == 17)
    #expect(shapes[0]["mesh"] as? String == "shape_0000.glb" && shapes[0]["grid"] as? String == "shape_0000.npy")
    let surface = try #require(shapes[0]["surface"] as? [String: Any])
    let mesh = try Mesh(contentsOf: URL(filePath: folder.file("out/shape_0000.glb")))
    #expect(mesh.faces.count == surface["faces"] as? Int && surface["closed"] as? Bool == true)
    let grid = try NpyFile.read(folder.file("out/shape_0000.npy"))
    #expect(grid.shape == [17, 17, 17] && grid.scalarType == .float32)
    // The middle of the grid is a sample: the surface lies where the grid crosses the level.
    let values = grid.floats()
    #expect(values.contains { $0 < Float(run.level) } && values.contains { $0 > Float(run.level) })
    #expect(try Image(pngFile: folder.file("out/sheet.png")).width > 128)
  }

  @Test("trained codes are taken by number, by name, and all of them")
  func trained() throws {
    let folder = try TemporaryFolder()
    let run = try TinyShapes.run(in: folder, codes: 3)
    func written(_ options: [String]) throws -> [Float] {
      _ = try CommandRunner.succeed(
        [
          "generate", run.path, "--out", folder.file("out"), "--level", "\(run.level)", "--resolution", "9", "--size",
          "64",
        ]
          + options)
      return try NpyFile.read(folder.file("out/codes.npy")).floats()
    }
    let all = try written(["--trained"])
    #expect(all.count == 12)
    #expect(try written(["--trained", "2"]) == Array(all.prefix(8)))
    #expect(try written(["--index", "2,0"]) == Array(all[8...]) + Array(all[..<4]))
    #expect(try written(["--code-names", "shape-1"]) == Array(all[4..<8]))
    #expect(try written(["--count", "2", "--seed", "4"]) == written(["--count", "2", "--seed", "4"]))
  }

  @Test("interpolate writes frames, an animation and a page")
  func interpolate() throws {
    let folder = try TemporaryFolder()
    let run = try TinyShapes.run(in: folder)
    let told = try CommandRunner.succeed(
      arguments("interpolate", folder, run) + ["--frames", "6", "--resolution", "12", "--size", "64"]
    ).object()
    #expect((told["frames"] as? [Any])?.count == 6 && told["path"] as? String == "periodic-cubic")
    for name in ["index.html", "animation.png", "strip.png", "frames.npy", "walk.json", "frame_0005.glb"] {
      #expect(FileManager.default.fileExists(atPath: folder.file("out/\(name)")), "\(name)")
    }
    let again = try CommandRunner.succeed(
      arguments("interpolate", folder, run)
        + ["--frames", "6", "--resolution", "12", "--size", "64", "--linear", "--open", "--no-meshes"]
    ).object()
    #expect(again["path"] as? String == "linear")
    #expect(try folder.contents.allSatisfy { !$0.hasSuffix(".glb") })
  }

  @Test("sweep and compare-resolutions write a picture and numbers")
  func pictures() throws {
    let folder = try TemporaryFolder()
    let run = try TinyShapes.run(in: folder)
    let levels = [run.level - 0.005, run.level, run.level + 0.005].map { "\($0)" }.joined(separator: ",")
    let told = try CommandRunner.succeed(
      arguments("sweep", folder, run) + ["--levels", levels, "--resolution", "16", "--size", "64"]
    ).object()
    let rows = try #require(told["rows"] as? [[String: Any]])
    let steps = try #require(rows.first?["steps"] as? [[String: Any]])
    let volumes = steps.compactMap { ($0["surface"] as? [String: Any])?["volume"] as? Double }
    #expect(rows.count == 3 && volumes.count == 3 && volumes[0] < volumes[1] && volumes[1] < volumes[2])
    let compared = try CommandRunner.succeed(
      [
        "compare-resolutions", run.path, "--out", folder.file("compared"), "--codes", folder.file("codes.npy"),
        "--level",
      ]
        + ["\(run.level)", "--raster", "6", "--resolutions", "12,20", "--size", "64", "--json"]
    ).object()
    let ways = try #require((compared["rows"] as? [[String: Any]])?.first?["ways"] as? [[String: Any]])
    #expect(ways.count == 4 && ways[0]["toFinest"] != nil && ways[3]["toFinest"] == nil)
  }

  @Test(
    "wrong usage leaves with 64",
    arguments: [
      "generate run", "generate run --out o --count 0", "generate run --out o --count 2 --codes z.npy",
      "generate run --out o --resolution 1", "generate run --out o --level nan", "generate run --out o --format xyz",
      "generate run --out o --precision fp8", "generate run --out o --index -1", "interpolate run --out o --frames 0",
      "interpolate run --out o --fps 0", "sweep run --out o --levels a,b", "sweep run --out o --resolution 99999",
      "compare-resolutions run --out o --raster 64 --resolutions 32", "generate run --out o --checkpoint newest",
    ])
  func usage(line: String) throws {
    let outcome = try CommandRunner.run(line.split(separator: " ").map(String.init))
    #expect(outcome.status == 64 && outcome.errors.contains("Error: ") && outcome.output.isEmpty, "\(outcome.errors)")
  }
}
