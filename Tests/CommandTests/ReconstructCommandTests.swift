import Foundation
import Geometry
import Testing
import Volumes

@Suite(.serialized)
struct ReconstructCommandTests {
  /// Small shapes and a run that has hardly learned: what it makes of them does not matter here.
  private final class Workshop {
    let folder: TemporaryFolder
    var data: String { folder.file("data") }
    var run: String { folder.file("run") }

    init() throws {
      folder = try TemporaryFolder()
      _ = try CommandRunner.succeed([
        "data", "shapes", data, "--count", "4", "--categories", "vases,rings", "--points", "2000", "--quiet",
      ])
      let changes = ["--set", "model.latentSize=4", "--set", "data.validationShare=0.5"]
      _ = try CommandRunner.succeed(train("autodecoder-small", data, run) + changes)
    }

    func train(_ recipe: String, _ data: String, _ run: String) -> [String] {
      let changes = [
        "model.width=16", "training.steps=40", "training.batchSize=512", "training.validationInterval=20",
        "training.checkpointInterval=20", "training.samples=0",
        "training.validationShapes=0", "precision=fp32",
      ]
      return ["train", recipe, "--data", data, "--out", run, "--quiet"] + changes.flatMap { ["--set", $0] }
    }
  }

  private static let quick = ["--steps", "10", "--samples-per-step", "256", "--resolution", "24"]

  @Test("a mesh, its samples and a part of it are reconstructed into files that others read")
  func reconstruct() throws {
    let shop = try Workshop()
    let mesh = "\(shop.data)/rings/0001.stl"
    for (name, input, more) in [
      ("mesh", mesh, ["--samples", "2000"]), ("samples", "\(shop.data)/rings/0001.npz", []),
      ("surface", mesh, ["--points"]),
      ("view", mesh, ["--depth-view", "-30,20", "--depth-size", "48", "--starts", "2"]),
    ] {
      let out = shop.folder.file(name)
      let line = ["reconstruct", shop.run, input, "--out", out, "--json"] + Self.quick + more
      // A network that has hardly learned may have no surface; that is said and nothing is written.
      let outcome = try CommandRunner.run(line)
      guard outcome.status == 0 else {
        #expect(outcome.errors.contains("empty"), "\(outcome.errors)")
        continue
      }
      let told = try outcome.object()
      #expect(told["kind"] is String && told["frameRule"] is String)
      let fit = try #require(told["fit"] as? [String: Any])
      #expect((fit["starts"] as? [Any])?.count == (name == "view" ? 2 : 4))
      for file in ["mesh.stl", "mesh.glb", "code.npy", "report.json", "picture.png"] {
        #expect(FileManager.default.fileExists(atPath: "\(out)/\(file)"), "\(name): \(file)")
      }
      #expect(try NpyFile.read("\(out)/code.npy").shape == [1, 4])
      let score = try #require(told["score"] as? [String: Any])
      #expect((score["chamfer"] as? [String: Any])?["squared"] is Double)
      // The same line says the same.
      let again = try CommandRunner.succeed(line)
      let (first, second) = (fit["loss"] as? Double, (try again.object()["fit"] as? [String: Any])?["loss"] as? Double)
      #expect(first == second && first != nil)
    }
  }

  @Test("evaluate judges held-out shapes beside the nearest training shape")
  func evaluate() throws {
    let shop = try Workshop()
    let out = shop.folder.file("judged")
    let outcome = try CommandRunner.succeed(
      ["evaluate", shop.run, "--data", shop.data, "--out", out, "--json", "--steps", "20", "--resolution", "24"]
        + ["--samples-per-step", "256"])
    let told = try outcome.object()
    #expect(try #require(told["samples"] as? Int) >= 1 && told["chamfer"] is [String: Any])
    #expect((told["protocol"] as? [String: Any])?["trainingShapes"] is Int)
    for file in ["metrics.json", "per_shape.csv", "shapes.png", "report.html"] {
      #expect(FileManager.default.fileExists(atPath: "\(out)/\(file)"), "\(file)")
    }
  }

  @Test("inputs that cannot be used are named in one line and leave nothing behind")
  func errors() throws {
    let shop = try Workshop()
    let folder = shop.folder
    let mesh = "\(shop.data)/rings/0001.stl"
    let single = folder.file("single")
    let one = folder.file("one")
    try FileManager.default.createDirectory(atPath: one, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: "\(shop.data)/rings/0001.npz", toPath: "\(one)/a.npz")
    _ = try CommandRunner.succeed(shop.train("single-shape-small", one, single))
    let nan = folder.file("nan.npy")
    try NpyFile.write(NpyArray(shape: [2, 3], [Float(0), 0, .nan, 0.1, 0, 0]), to: nan)
    let none = folder.file("none.npy")
    try NpyFile.write(NpyArray(shape: [0, 3], [Float]()), to: none)
    let far = folder.file("far.npy")
    try NpyFile.write(NpyArray(shape: [2, 3], [Float(50), 0, 0, 51, 0, 0]), to: far)
    let shear = folder.file("shear.npy")
    try NpyFile.write(
      NpyArray(shape: [4, 4], [1, 0.5, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] as [Float]), to: shear)
    let cut = try folder.write(Array("ply\nformat ascii 1.0\nelement vertex 9\nproperty float x\n".utf8), "cut.ply")
    for (arguments, fragment) in [
      ([single, mesh], "single shape"), ([shop.run, nan], "not finite"), ([shop.run, none], "no points"),
      ([shop.run, far], "--transform"), ([shop.run, mesh, "--transform", shear], "shear"),
      ([shop.run, cut], "cut.ply"), ([shop.run, folder.file("no.stl")], "no.stl"), ([folder.file("no"), mesh], "no"),
      ([shop.run, mesh, "--reference", nan], "nan.npy"),
      ([shop.run, none, "--camera", folder.file("no.json")], "no.json"),
    ] {
      let outcome = try CommandRunner.run(["reconstruct"] + arguments + ["--out", folder.file("bad")] + Self.quick)
      #expect(outcome.status == 1 && outcome.errorLines.count == 1, "\(fragment): \(outcome.errors)")
      #expect(outcome.errors.contains(fragment), "\(fragment): \(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.file("bad/report.json")))
    }
  }

  @Test(
    "wrong usage leaves with 64",
    arguments: [
      "reconstruct", "reconstruct a", "reconstruct a b", "reconstruct a b --out c --starts 0",
      "reconstruct a b --out c --steps 0", "reconstruct a b --out c --resolution 1",
      "reconstruct a b --out c --points --partial", "reconstruct a b --out c --depth-view 10",
      "reconstruct a b --out c --sensor 1,2", "reconstruct a b --out c --transform t.npy --normalize cube",
      "reconstruct a b --out c --offset 0", "reconstruct a b --out c --clamp -1", "reconstruct a b --out c --samples 0",
      "evaluate a --data b --training-shapes -1",
    ])
  func usage(line: String) throws {
    let outcome = try CommandRunner.run(line.split(separator: " ").map(String.init))
    #expect(outcome.status == 64, "\(outcome.errors)")
    #expect(outcome.errors.contains("Error: ") && outcome.output.isEmpty)
  }
}
