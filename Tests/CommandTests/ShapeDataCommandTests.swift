import Foundation
import Testing
import Volumes

@Suite("data shapes, its split, and render --trace", .serialized)
struct ShapeDataCommandTests {
  private static func make(_ folder: TemporaryFolder, _ more: [String] = []) throws -> CommandRunner.Outcome {
    try CommandRunner.succeed(
      ["data", "shapes", folder.file("s"), "--count", "3", "--points", "500", "--categories", "tables,rings", "--json"]
        + more)
  }

  @Test("data shapes writes samples, surfaces and a table, and replaces them with --force only")
  func shapes() throws {
    let folder = try TemporaryFolder()
    let outcome = try Self.make(folder)
    #expect(try outcome.object()["shapes"] as? Int == 6)
    #expect(try outcome.object()["categories"] as? [String] == ["tables", "rings"])
    let archive = try NpzArchive(folder.file("s/tables/0002.npz"))
    #expect(archive.names == ["points", "sdf", "transform", "report"])
    #expect(try archive.header(of: "points").shape == [500, 3])
    #expect(FileManager.default.fileExists(atPath: folder.file("s/rings/0000.stl")))
    let table = try String(contentsOfFile: folder.file("s/shapes.csv"), encoding: .utf8).split(separator: "\n")
    #expect(table.count == 7 && table[0] == "id,category,parameters" && table[1].hasPrefix("tables/0000,tables,width="))
    let first = try Data(contentsOf: URL(filePath: folder.file("s/tables/0000.npz")))
    let again = try CommandRunner.run(["data", "shapes", folder.file("s"), "--count", "1"])
    #expect(again.status == 1 && again.errorLines.count == 1 && again.errors.contains("exists already"))
    _ = try Self.make(folder, ["--force"])
    #expect(try Data(contentsOf: URL(filePath: folder.file("s/tables/0000.npz"))) == first)
  }

  @Test(
    "wrong categories and counts are usage errors",
    arguments: [
      ["--count", "0"], ["--count", "2", "--categories", "tables,thrones"], ["--count", "2", "--categories", ""],
      ["--count", "2", "--categories", "tables,tables"], ["--count", "2", "--points", "0"],
    ])
  func wrongUsage(arguments: [String]) throws {
    let folder = try TemporaryFolder()
    let outcome = try CommandRunner.run(["data", "shapes", folder.file("s")] + arguments)
    #expect(outcome.status == 64)
    #expect(try folder.contents.isEmpty)
  }

  @Test("data split deals shapes out into lists")
  func split() throws {
    let folder = try TemporaryFolder()
    _ = try Self.make(folder)
    let arguments = ["data", "split", folder.file("s"), folder.file("s"), "--ratios", "0.67,0.33,0", "--json"]
    let outcome = try CommandRunner.succeed(arguments)
    #expect(try outcome.object()["training"] as? Int == 4)
    #expect(try outcome.object()["validation"] as? Int == 2)
    let lists = try ["train", "val"].map { try String(contentsOfFile: folder.file("s/\($0).txt"), encoding: .utf8) }
    let names = lists.flatMap { $0.split(separator: "\n").map(String.init) }
    #expect(Set(names).count == 6 && names.count == 6)
    #expect(try CommandRunner.run(arguments).errors.contains("exists already"))
    _ = try CommandRunner.succeed(arguments + ["--force"])
    #expect(try String(contentsOfFile: folder.file("s/val.txt"), encoding: .utf8) == lists[1])
  }

  @Test("render --trace draws the distances of a mesh, and says what it cannot do")
  func trace() throws {
    let folder = try TemporaryFolder()
    _ = try Self.make(folder)
    let mesh = folder.file("s/rings/0000.stl")
    let picture = folder.file("ring.png")
    let outcome = try CommandRunner.succeed(
      ["render", mesh, "--trace", "--out", picture, "--size", "64x48", "--level", "0.02", "--json"])
    #expect(try outcome.object()["width"] as? Int == 64 && outcome.object()["height"] as? Int == 48)
    #expect(FileManager.default.fileExists(atPath: picture))
    let far = try CommandRunner.run(
      ["render", mesh, "--trace", "--out", folder.file("x.png"), "--size", "64", "--level=-3"])
    #expect(far.status == 1 && far.errors.contains("Nothing is solid at level -3.0"))
    for wrong in [["--code", "3"], ["--trace", "--turntable", "8"], ["--trace", "--code", "1", "--codes", "z.npy"]] {
      #expect(try CommandRunner.run(["render", mesh, "--out", folder.file("x.png")] + wrong).status == 64)
    }
    #expect(
      try CommandRunner.run(["render", folder.file("none"), "--trace", "--out", folder.file("x.png")]).status == 1)
  }
}
