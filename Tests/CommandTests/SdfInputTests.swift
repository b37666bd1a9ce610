import Foundation
import Testing
import Volumes

/// Wrong usage and bad input of `formcast sdf`.
@Suite(.serialized)
struct SdfInputTests {
  @Test(
    "wrong usage leaves with 64",
    arguments: [
      "sample", "sample a.obj", "sample a.obj --out d --preset nonsense", "sample a.obj --out d --points 0",
      "sample a.obj --out d --sign maybe", "sample a.obj --out d --normalize ball", "sample a.obj --out d --near 2",
      "sample a.obj --out d --sigma x", "sample a.obj --out d --radius 0", "sample a.obj --out d --region plane",
      "sample a.obj --out d --preset uniform --near 0.5", "grid a.obj --resolution 8", "grid a.obj --out g.npy",
      "grid a.obj --out g.npy --resolution 1", "grid a.obj --out g.txt --resolution 8",
      "grid a.obj --out g.npy --resolution 8 --clip 0", "grid a.obj --out g.npy --resolution 8 --box 0,0,0,1,1",
      "grid a.obj --out g.npy --resolution 8 --box 1,0,0,0,1,1", "query a.obj --points p.npy",
      "query a.obj --out d.npy",
      "query a.obj --points p.txt --out d.npy", "query a.obj --points p.npy --out p.npy", "check",
      "check a.obj --points 1", "prepare", "prepare in", "prepare in --out d --voxels 8,x",
      "prepare in --out d --voxels 1",
      "prepare in --out d --voxels 8,8", "prepare in --out d --preset deepsdf,other", "prepare in --out d --threads 0",
      "prepare in --out d --preset none --voxels none", "prepare in --out d --clip -1", "nonsense",
    ])
  func usage(line: String) throws {
    let outcome = try CommandRunner.run(["sdf"] + line.split(separator: " ").map(String.init))
    #expect(outcome.status == 64, "\(outcome.errors)")
    #expect(outcome.errors.contains("Error: ") && outcome.output.isEmpty)
  }

  @Test("every part of sdf explains itself", arguments: ["sample", "grid", "query", "check", "prepare"])
  func help(verb: String) throws {
    let outcome = try CommandRunner.succeed(["sdf", verb, "--help"])
    #expect(outcome.output.hasPrefix("OVERVIEW:") && outcome.output.contains("USAGE: formcast sdf \(verb)"))
  }

  private static func mesh(_ name: String, _ text: String, says fragment: String) -> [BadInput] {
    let options: [(String, @Sendable (TemporaryFolder) throws -> [String])] = [
      ("sample", { ["--out", $0.file("out"), "--points", "10"] }),
      ("grid", { ["--out", $0.file("out.npy"), "--resolution", "4"] }),
      ("check", { _ in ["--points", "100"] }),
      ("query", { ["--points", $0.file("p.npy"), "--out", $0.file("out.npy")] }),
    ]
    return options.map { verb, rest in
      BadInput("\(verb): \(name)", says: fragment) { folder in
        _ = try folder.write(BadInput.npy(shape: "(1, 3)", data: [0, 1, 2]), "p.npy")
        if verb == "sample" {
          try FileManager.default.createDirectory(atPath: folder.file("out"), withIntermediateDirectories: true)
        }
        let file = try folder.write(Array(text.utf8), "bad.obj")
        return ["sdf", verb, file] + (try rest(folder))
      }
    }
  }

  private static let good = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"

  private static func points(_ name: String, _ bytes: [UInt8], says fragment: String) -> BadInput {
    BadInput(name, says: fragment) { folder in
      [
        "sdf", "query", try folder.write(Array(good.utf8), "a.obj"), "--points", try folder.write(bytes, "p.npy"),
        "--out",
        folder.file("d.npy"),
      ]
    }
  }

  static let inputs =
    mesh("empty", "", says: "bad.obj") + mesh("no faces", "v 0 0 0\n", says: "bad.obj")
    + mesh("no extent", "v 1 1 1\nv 1 1 1\nv 1 1 1\nf 1 2 3\n", says: "bad.obj")
    + mesh("broken", "v 0 0 0\nf 1 2 9\n", says: "bad.obj")
    + [
      points("points of two numbers", BadInput.npy(shape: "(2, 2)"), says: "3 numbers"),
      points(
        "points that are NaN",
        BadInput.npy(shape: "(3,)", type: "<f4", data: [0, 0, 0xC0, 0x7F, 0, 0, 0, 0, 0, 0, 0, 0]), says: "NaN"),
      points("cut-off points", BadInput.npy(shape: "(5, 3)"), says: "p.npy"),
      BadInput("missing mesh", says: "none.obj") {
        ["sdf", "grid", $0.file("none.obj"), "--out", $0.file("g.npy"), "--resolution", "4"]
      },
      BadInput("existing grid", says: "--force") { folder in
        ["sdf", "grid", folder.file("a.obj"), "--out", try folder.write([1], "g.npy"), "--resolution", "4"]
      },
      BadInput("two meshes for one file", says: "two folders") {
        ["sdf", "sample", $0.file("a.obj"), $0.file("a.stl"), "--out", $0.file("out")]
      },
      BadInput("missing folder to prepare", says: "no such folder") {
        ["sdf", "prepare", $0.file("none"), "--out", $0.file("out")]
      },
      BadInput("folder without meshes", says: "holds no mesh") {
        ["sdf", "prepare", $0.path, "--out", $0.file("out")]
      },
      BadInput("missing categories", says: "--categories") { folder in
        _ = try folder.write(Array(good.utf8), "a.obj")
        return ["sdf", "prepare", folder.path, "--out", folder.file("out"), "--categories", folder.file("none.csv")]
      },
    ]

  @Test("bad input gets one clear line, exit code 1 and leaves nothing behind", arguments: inputs)
  func badInput(_ bad: BadInput) throws {
    let folder = try TemporaryFolder()
    let arguments = try bad.arguments(folder)
    let before = try folder.contents
    let outcome = try CommandRunner.run(arguments)
    #expect(outcome.status == 1)
    try #require(outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("formcast: ") && outcome.errors.contains(bad.fragment), "\(outcome.errors)")
    #expect(outcome.errors.count < 500 && outcome.output.isEmpty)
    #expect(try folder.contents == before)
  }
}
