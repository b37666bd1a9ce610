import Foundation
import Geometry
import Testing
import Volumes

/// What users of `latent-map` see.
@Suite(.serialized)
struct LatentMapCommandTests {
  @Test("latent-map writes what it says")
  func map() throws {
    let folder = try TemporaryFolder()
    let run = try TinyShapes.run(in: folder, codes: 9)
    let labels = try folder.write(Array("a\nb\na\nb\na\nb\na\nb\na\n".utf8), "labels.txt")
    let arguments =
      ["latent-map", run.path, "--out", folder.file("out"), "--labels", labels, "--clusters", "4", "--frames", "5"]
      + ["--resolution", "12", "--level", "\(run.level)", "--size", "64", "--pictures", "3", "--seed", "3", "--json"]
    let outcome = try CommandRunner.succeed(arguments)
    let told = try outcome.object()
    #expect(told["codes"] as? Int == 9 && told["categories"] as? Int == 2 && told["frames"] as? Int == 5)
    #expect((told["tour"] as? [String])?.count == told["clusters"] as? Int)
    #expect(outcome.output.contains("1-NN purity of the codes") && outcome.output.contains("chance 44.4 %"))
    let files = ["map.html", "map.json", "map.png", "map.svg", "tour.npy", "tour.png"]
    for name in files { #expect(FileManager.default.fileExists(atPath: folder.file("out/\(name)")), "\(name)") }
    #expect(try NpyFile.read(folder.file("out/tour.npy")).shape == [try #require(told["clusters"] as? Int), 4])
    #expect(try Image(pngFile: folder.file("out/tour.png")).width == 128)
    // The tour's codes are codes for the other verbs.
    _ = try CommandRunner.succeed(
      ["generate", run.path, "--out", folder.file("shapes"), "--codes", folder.file("out/tour.npy")]
        + ["--level", "\(run.level)", "--resolution", "9", "--size", "64"])
  }

  @Test("what has no codes is refused in a line, with a way out")
  func refusals() throws {
    let folder = try TemporaryFolder()
    let run = try TinyShapes.run(in: folder)
    let before = try folder.contents
    for (arguments, fragment) in [
      ([run.path], "has no trained codes"), ([run.path], "formcast generate"), ([folder.file("none")], "no such run"),
    ] {
      let outcome = try CommandRunner.run(["latent-map"] + arguments + ["--out", folder.file("out"), "--quiet"])
      #expect(outcome.status == 1 && outcome.errorLines.count == 1, "\(outcome.errors)")
      #expect(outcome.errors.hasPrefix("formcast: ") && outcome.errors.contains(fragment), "\(outcome.errors)")
      #expect(try folder.contents == before)
    }
  }

  @Test("a folder with other files is left alone")
  func otherFiles() throws {
    let folder = try TemporaryFolder()
    let run = try TinyShapes.run(in: folder, codes: 2)
    try FileManager.default.createDirectory(atPath: folder.file("mine"), withIntermediateDirectories: true)
    _ = try folder.write([1], "mine/thesis.txt")
    let before = try folder.contents
    let outcome = try CommandRunner.run([
      "latent-map", run.path, "--out", folder.file("mine"), "--level", "\(run.level)",
    ])
    #expect(outcome.status == 1 && outcome.errors.contains("--force"), "\(outcome.errors)")
    #expect(try folder.contents == before)
  }

  @Test(
    "wrong usage leaves with 64",
    arguments: [
      "run", "run --out o --method umap", "run --out o --perplexity 0", "run --out o --clusters 0",
      "run --out o --frames -1", "run --out o --pictures 501", "run --out o --fps 0", "run --out o --resolution 1",
    ])
  func usage(line: String) throws {
    let outcome = try CommandRunner.run(["latent-map"] + line.split(separator: " ").map(String.init))
    #expect(outcome.status == 64 && outcome.errors.contains("Error: ") && outcome.output.isEmpty, "\(outcome.errors)")
  }
}
