import Foundation
import Runs
import Testing
import Volumes

/// A command line on a shape run that must fail.
struct BadShapeInput: Sendable, CustomTestStringConvertible {
  var name: String
  /// What the message must say, all of it.
  var words: [String]
  /// Options behind `VERB RUN --out OUT`, or the whole command line if it begins with a verb.
  var options: @Sendable (TemporaryFolder) throws -> [String]
  var testDescription: String { name }

  init(_ name: String, says words: String..., options: @escaping @Sendable (TemporaryFolder) throws -> [String]) {
    (self.name, self.words, self.options) = (name, words, options)
  }

  private static func codes(_ folder: TemporaryFolder, shape: [Int], _ values: [Float]) throws -> [String] {
    try NpyFile.write(NpyArray(shape: shape, values), to: folder.file("codes.npy"))
    return ["--codes", folder.file("codes.npy")]
  }

  static let all = [
    BadShapeInput("codes of the wrong length", says: "codes.npy", "have 6 numbers", "the model 4") {
      try codes($0, shape: [1, 6], [0, 0, 0, 0, 0, 0])
    },
    BadShapeInput("a code with NaN", says: "row 1 holds nan (column 2)") {
      try codes($0, shape: [2, 4], [0, 0, 0, 0, 1, 1, .nan, 1])
    },
    BadShapeInput("a file that is no npy", says: "codes.npy", "no npy array") {
      ["--codes", try $0.write(Array("hello, world".utf8), "codes.npy")]
    },
    BadShapeInput("a file that is not there", says: "none.npy") { ["--codes", $0.file("none.npy")] },
    BadShapeInput("trained codes that a generator has not", says: "no trained codes") { _ in ["--trained"] },
    BadShapeInput("a level beyond the clip", says: "level 0.3 is unusable", "±0.1") { _ in ["--level", "0.3"] },
    BadShapeInput("a surface that does not fit", says: "resolution of 16384", "GB", "are free") { _ in
      ["--resolution", "16384"]
    },
  ]
}

@Suite(.serialized)
struct BadShapeInputTests {
  private func expectLine(_ arguments: [String], says words: [String], in folder: TemporaryFolder) throws {
    let before = try folder.contents
    let outcome = try CommandRunner.run(arguments)
    #expect(outcome.status == 1, "\(outcome.errors)")
    #expect(outcome.errorLines.count == 1 && outcome.errors.hasPrefix("formcast: "), "\(outcome.errors)")
    for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
    #expect(outcome.output.isEmpty)
    #expect(try folder.contents == before, "something was left behind")
  }

  @Test(
    "bad codes, levels and resolutions get one clear line and leave nothing behind", arguments: BadShapeInput.all,
    ["generate", "interpolate"])
  func badInput(_ bad: BadShapeInput, verb: String) throws {
    let folder = try TemporaryFolder()
    let run = try TinyShapes.run(in: folder)
    let options = try bad.options(folder)
    try expectLine([verb, run.path, "--out", folder.file("out"), "--quiet"] + options, says: bad.words, in: folder)
  }

  @Test(
    "a level that the field never crosses names the field's range", arguments: ["generate", "interpolate", "sweep"],
    [-5.0, 5.0])
  func neverCrossed(verb: String, level: Double) throws {
    let folder = try TemporaryFolder()
    // Without a clip any level may be asked for; the values of a tanh lie between -1 and 1.
    let run = try TinyShapes.run(in: folder, clip: nil)
    let arguments = [verb, run.path, "--out", folder.file("out"), "--resolution", "12", "--quiet"]
    try expectLine(
      arguments + [verb == "sweep" ? "--levels" : "--level", "\(level)"],
      says: ["level \(level) is never crossed", "between", verb == "sweep" ? "choose --levels" : "choose a --level"],
      in: folder)
  }

  @Test("what is no run of shapes is refused", arguments: ["generate", "interpolate", "sweep", "compare-resolutions"])
  func notARun(verb: String) throws {
    let folder = try TemporaryFolder()
    let out = ["--out", folder.file("out"), "--quiet"]
    try expectLine([verb, folder.file("none")] + out, says: ["none", "no such run"], in: folder)
    try FileManager.default.createDirectory(atPath: folder.file("empty"), withIntermediateDirectories: true)
    try expectLine([verb, folder.file("empty")] + out, says: ["empty", "not a run"], in: folder)
    let text = try folder.write(Array("hello".utf8), "weights.pt")
    try expectLine([verb, text] + out, says: ["weights.pt"], in: folder)
    let environment = RunEnvironment(recipe: "convlstm", seed: 1, version: "0.1.0", engine: .init(device: "cpu"))
    _ = try RunDirectory.create(
      at: URL(filePath: folder.file("forecaster")), configuration: ["recipe": "convlstm"], environment: environment,
      existing: .refuse)
    try expectLine([verb, folder.file("forecaster")] + out, says: ["forecaster convlstm", "no shapes"], in: folder)
  }
}
