import Foundation
import Geometry
import Testing
import Volumes

@Suite(.serialized)
struct RenderModeTests {
  /// An octahedron with corners at 1.
  private static let octahedron = """
    OFF
    6 8 0
    1 0 0
    -1 0 0
    0 1 0
    0 -1 0
    0 0 1
    0 0 -1
    3 0 2 4
    3 2 1 4
    3 1 3 4
    3 3 0 4
    3 2 0 5
    3 1 2 5
    3 3 1 5
    3 0 3 5
    """

  private func mesh(_ folder: TemporaryFolder, _ name: String = "octahedron.off") throws -> String {
    try folder.write(Array(Self.octahedron.utf8), name)
  }

  @Test("depths are drawn with their scale, and written as an array")
  func depth() throws {
    let folder = try TemporaryFolder()
    let (out, depths) = (folder.file("depth.png"), folder.file("depth.npy"))
    let told = try CommandRunner.succeed([
      "render", try mesh(folder), "--out", out, "--mode", "depth", "--depth-out", depths, "--size", "121x81",
      "--azimuth", "0", "--elevation", "0", "--json",
    ]).object()
    let picture = try Image(pngFile: out)
    #expect(told["width"] as? Int == picture.width && picture.width > 121 && picture.height == 81)
    let array = try NpyFile.read(depths)
    #expect(array.shape == [81, 121])
    let values = array.floats()
    let seen = values.filter { !$0.isNaN }
    // The nearest corner is in the middle and one edge length, 1, nearer than the outline.
    #expect(values[0].isNaN && abs(values[40 * 121 + 60] - (seen.min() ?? 0)) < 0.02)
    #expect(abs((seen.max() ?? 0) - (seen.min() ?? 0) - 1) < 0.06)
    #expect(picture[60, 40][0] > 200 && picture[60, 40][2] < 120, "near is yellow")
  }

  @Test("normals of the faces are their colours")
  func normals() throws {
    let folder = try TemporaryFolder()
    let out = folder.file("normals.png")
    _ = try CommandRunner.succeed([
      "render", try mesh(folder), "--out", out, "--mode", "normals", "--size", "120", "--azimuth", "45", "--elevation",
      "35", "--parallel",
    ])
    let picture = try Image(pngFile: out)
    // Azimuth 45 looks at the face towards (1, -1, 1).
    let share = 1 / 3.0.squareRoot()
    for (channel, sign) in [1.0, -1, 1].enumerated() {
      #expect(abs(Double(picture[60, 60][channel]) - (127.5 + 127.5 * sign * share)) < 1.5)
    }
  }

  @Test("a turntable is an animated PNG with numbered frames beside it")
  func turntable() throws {
    let folder = try TemporaryFolder()
    let (mesh, out) = (try mesh(folder), folder.file("turn.png"))
    let line = ["render", mesh, "--out", out, "--turntable", "5", "--frames", folder.file("frames"), "--size", "64"]
    let told = try CommandRunner.succeed(line + ["--json"]).object()
    #expect(told["frames"] as? Int == 5 && told["width"] as? Int == 64)
    let data = try Data(contentsOf: URL(fileURLWithPath: out))
    #expect(data.range(of: Data("acTL".utf8)) != nil && data.range(of: Data("fdAT".utf8)) != nil)
    let frames = try (0..<5).map { try Image(pngFile: folder.file("frames/frame_000\($0).png")) }
    #expect(try Image(pngFile: out) == frames[0])
    #expect(Set(frames).count == 5)
    let again = try CommandRunner.run(line)
    #expect(again.status == 1 && again.errors.contains("--force"))
    try FileManager.default.removeItem(atPath: out)
    let refused = try CommandRunner.run(line)
    #expect(refused.status == 1 && refused.errors.contains("frame_0000.png"))
    #expect(!FileManager.default.fileExists(atPath: out))
    _ = try CommandRunner.succeed(line + ["--force"])
  }

  @Test("slices show blue inside and orange outside, several of them on one sheet")
  func slices() throws {
    let folder = try TemporaryFolder()
    let meshes = [try mesh(folder), try mesh(folder, "second.off")]
    let single = folder.file("slice.png")
    let told = try CommandRunner.succeed([
      "render", meshes[0], "--out", single, "--slice", "z=0.25", "--size", "160", "--json",
    ])
    .object()
    let picture = try Image(pngFile: single)
    #expect(picture.height == 160 && picture.width > 160)
    #expect(picture[80, 80][2] > picture[80, 80][0] + 40 && picture[150, 80][0] > picture[150, 80][2] + 40)
    let slices = try #require(told["slices"] as? [[String: Any]])
    let plane = try #require((slices.first?["planes"] as? [[String: Any]])?.first)
    #expect(plane["axis"] as? String == "z" && plane["position"] as? Double == 0.25)
    // The middle of the slice lies 0.75 / sqrt 3 deep.
    #expect(abs(try #require(plane["lowest"] as? Double) + 0.75 / 3.0.squareRoot()) < 0.01)
    #expect((slices.first?["sign"] as? [String: Any])?["method"] as? String != nil)
    let sheet = try CommandRunner.succeed(
      ["render"] + meshes + [
        "--out", folder.file("sheet.png"), "--slice", "x=50%", "--slice", "y=0.1", "--slice", "z=25%",
        "--sign", "winding", "--size", "90", "--json",
      ]
    ).object()
    #expect(sheet["pictures"] as? Int == 6)
    #expect(try #require(sheet["width"] as? Int) > 270 && #require(sheet["height"] as? Int) > 180)
  }

  @Test(
    "wrong usage leaves with 64",
    arguments: [
      "--mode bright", "--turntable 1", "--turntable 5000", "--frames out", "--turntable 5 --fps 0",
      "--slice w=1", "--slice x", "--slice x=nan", "--slice x=1 --mode depth", "--slice x=1 --turntable 4",
      "--sign guess", "--depth-out a.png", "--depth-out a.npy --turntable 4",
    ])
  func usage(line: String) throws {
    let options = line.split(separator: " ").map(String.init)
    let outcome = try CommandRunner.run(["render", "a.stl", "--out", "a.png"] + options)
    #expect(outcome.status == 64, "\(outcome.errors)")
    #expect(outcome.errors.contains("Error: ") && outcome.output.isEmpty)
  }

  @Test("slices of what is no mesh are an error in one line that leaves nothing behind")
  func errors() throws {
    let folder = try TemporaryFolder()
    let grid = try folder.write(BadInput.npy(shape: "(1, 2, 2)", data: [0, 1, 1, 0]), "grid.npy")
    let before = try folder.contents
    let outcome = try CommandRunner.run(["render", grid, "--out", folder.file("a.png"), "--slice", "x=0"])
    #expect(outcome.status == 1 && outcome.errorLines.count == 1 && outcome.errors.contains("grid.npy"))
    #expect(try folder.contents == before)
  }
}
