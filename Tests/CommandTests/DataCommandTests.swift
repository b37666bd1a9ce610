import Foundation
import Testing
import Volumes

@Suite(.serialized)
struct DataCommandTests {
  private func read(_ path: String) throws -> Series {
    let all = try SeriesFile.read(path)
    try #require(all.count == 1)
    return all[0]
  }

  @Test("the original layout, inverted and pooled, becomes the record that the published pipeline makes of it")
  func originalLayout() throws {
    let folder = try TemporaryFolder()
    let input = Fixtures.file("original_layout.npz")
    let outcome = try CommandRunner.succeed([
      "data", "convert", input, folder.file("out"), "--invert", "--pool", "2", "--json",
    ])
    let object = try outcome.object()
    #expect(object["samples"] as? Int == 1)
    #expect(object["originalLayout"] as? Int == 1)
    #expect(!outcome.errors.contains("remark"))
    let converted = try read(folder.file("out/original_layout.tfrecords"))
    let source = try read(input)
    let expected = try SeriesConversion(invert: true, pool: 2)(source)
    #expect(converted.values == expected.values)
    #expect(converted.shape == expected.shape)
    #expect(converted.labels == source.labels)
  }

  @Test("without --invert the original layout is remarked upon, not with --quiet")
  func remark() throws {
    let folder = try TemporaryFolder()
    let input = Fixtures.file("original_layout.npz")
    let loud = try CommandRunner.succeed(["data", "convert", input, folder.file("a.npz")])
    #expect(loud.errors.contains("--invert"))
    let quiet = try CommandRunner.succeed(["data", "convert", input, folder.file("b.npz"), "--quiet"])
    #expect(quiet.errors.isEmpty && quiet.output.isEmpty)
    #expect(try read(folder.file("b.npz")).values == read(input).values)
  }

  @Test("an image of time and space keeps its voxels and its place through npz and NIfTI")
  func nifti() throws {
    let folder = try TemporaryFolder()
    let source = try read(Fixtures.file("files/mask4d.nii.gz"))
    _ = try CommandRunner.succeed(["data", "convert", Fixtures.file("files/mask4d.nii.gz"), folder.file("out")])
    #expect(try folder.contents == ["out", "out/mask4d.npz"], "a record could not hold the affine")
    _ = try CommandRunner.succeed([
      "data", "convert", folder.file("out/mask4d.npz"), folder.file("back"), "--to", "nifti",
    ])
    for path in ["out/mask4d.npz", "back/mask4d.nii.gz"] {
      let series = try read(folder.file(path))
      #expect(series.values == source.values)
      let (own, original) = (try #require(series.affine), try #require(source.affine))
      for (row, expected) in zip(own.rows, original.rows) {
        // NIfTI-1 keeps single precision.
        for column in 0..<4 { #expect(abs(row[column] - expected[column]) < 1e-4 * max(1, abs(expected[column]))) }
      }
    }
  }

  @Test("a folder of numbered frames is one series, in the order of the numbers")
  func frames() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.file("scan"), withIntermediateDirectories: true)
    for number in 8...11 {
      _ = try folder.write(
        BadInput.npy(shape: "(1, 2, 2)", data: [UInt8](repeating: UInt8(number), count: 4)), "scan/f\(number).npy")
    }
    _ = try CommandRunner.succeed([
      "data", "convert", folder.file("scan/"), folder.file("out.tfrecords"), "--threshold", "9",
    ])
    let series = try read(folder.file("out.tfrecords"))
    #expect(series.shape.dimensions == [4, 1, 2, 2])
    #expect(series.values == .uint8([UInt8](repeating: 0, count: 8) + [UInt8](repeating: 1, count: 8)))
  }

  @Test("one bad file among many is named; the others are converted")
  func oneBadFile() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.file("in"), withIntermediateDirectories: true)
    for name in ["a", "b", "c"] {
      let bytes = BadInput.npy(shape: "(1, 1, 2, 2)")
      _ = try folder.write(name == "b" ? Array(bytes.dropLast()) : bytes, "in/\(name).npy")
    }
    let outcome = try CommandRunner.run(["data", "convert", folder.file("in"), folder.file("out")])
    #expect(outcome.status == 1)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("b.npy") && outcome.errors.contains("1 of 3 files failed"))
    #expect(try folder.contents.filter { $0.hasPrefix("out/") } == ["out/a.tfrecords", "out/c.tfrecords"])
  }

  @Test("cavities are generated, refused a second time, split by seed, and inspected")
  func cavities() throws {
    let folder = try TemporaryFolder()
    let make = ["data", "cavities", folder.file("all"), "--count", "10", "--seed", "3"]
    let made = try CommandRunner.succeed(make + ["--json"])
    #expect(try made.object()["samples"] as? Int == 10)
    let refused = try CommandRunner.run(make)
    #expect(refused.status == 1 && refused.errorLines.count == 1)
    #expect(refused.errors.contains("exists already"))

    let split = ["data", "split", folder.file("all"), folder.file("data"), "--seed", "5"]
    let counts = try CommandRunner.succeed(split + ["--json"]).object()
    #expect(["training", "validation", "test"].map { counts[$0] as? Int } == [8, 1, 1])
    let parts = try folder.contents.filter { $0.hasPrefix("data/") }
    #expect(try CommandRunner.run(split).status == 1)
    let own = try folder.write([1], "data/00_4D_training_datasets/mine.txt")
    _ = try CommandRunner.succeed(split + ["--force"])
    #expect(FileManager.default.fileExists(atPath: own))
    #expect(try folder.contents.filter { $0.hasPrefix("data/") && !$0.hasSuffix("mine.txt") } == parts)

    let report = try CommandRunner.succeed(["data", "inspect", folder.file("data"), "--json"]).object()
    #expect(report["seriesCount"] as? Int == 10)
    #expect(report["shapes"] as? [String: Int] == ["128x16x16x16 uint8": 10])
    #expect((report["parts"] as? [String: Int])?["training"] == 8)
    let changes = try #require(report["changes"] as? [[String: Any]])
    #expect(changes.prefix(3).map { $0["format"] as? String } == ["t20/1", "t40/2", "t80/4"])
    #expect((report["problems"] as? [String])?.isEmpty == true)
  }

  @Test("the split does not depend on where the samples lie, only on names and seed")
  func seededSplit() throws {
    let folder = try TemporaryFolder()
    for place in ["here", "there"] {
      try FileManager.default.createDirectory(atPath: folder.file(place), withIntermediateDirectories: true)
      for number in 0..<12 { _ = try folder.write(BadInput.npy(shape: "(1, 1, 2, 2)"), "\(place)/s\(number).npy") }
      _ = try CommandRunner.succeed([
        "data", "split", folder.file(place), folder.file("\(place)-split"), "--ratios", "0.5,0.25,0.25",
      ])
    }
    func names(_ place: String) throws -> [String] {
      try folder.contents.filter { $0.hasPrefix("\(place)-split/") && $0.hasSuffix(".npy") }
        .map { String($0.dropFirst(place.count)) }
    }
    #expect(try names("here") == names("there"))
    #expect(try names("here").count == 12)
  }
}
