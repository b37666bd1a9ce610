import Foundation
import Records
import Testing
import Volumes

@Suite struct FilesRecordTests {
  @Test(arguments: [("4d_mixed_#1_1_16", 1), ("4d_mixed_#2_2_16", 2), ("4d_mixed_#3_4_16", 3)])
  func samplesOfTheCavityLayoutAreRead(name: String, index: Int) throws {
    let expected = try NpzArchive(Fixtures.record("expected.npz"))
    let series = try SeriesFile.read(Fixtures.record("\(name).tfrecords"))
    #expect(series.count == 1)
    let key = "file\(index)"
    let first = try #require(series.first)
    #expect(first.name == name)
    #expect(first.shape.dimensions == [128, 16, 16, 16])
    let voxels = try #require(expected.array("\(key).object4d").bytes())
    // Compared outside of the macro, which would print half a million values.
    let isEqual = first.values == .uint8(voxels)
    #expect(isEqual)
    #expect(try first.labels?.bettiNumbers == expected.array("\(key).labelBetti").bytes())
    #expect(try first.labels?.objectCounts == expected.array("\(key).labelObjs").bytes())
  }

  @Test(arguments: ["two_plain", "two_gzip"]) func severalRecordsAreSeveralSeries(name: String) throws {
    let voxels = try #require(NpyFile.read(Fixtures.file("two_voxels.npy")).bytes())
    let series = try SeriesFile.read(Fixtures.file("\(name).tfrecords"))
    #expect(series.map(\.name) == ["\(name)#0", "\(name)#1"])
    for (index, item) in series.enumerated() {
      #expect(item.shape.dimensions == [128, 2, 2, 2])
      #expect(item.values == .uint8(Array(voxels[index * 1024..<(index + 1) * 1024])))
      #expect(
        item.labels == CavityLabels(bettiNumbers: [1, UInt8(index), 0, 2], objectCounts: [UInt8(index), 0, 1, 3]))
    }
  }

  @Test func writtenSamplesHoldExactlyTheOriginalFeatures() throws {
    let folder = try VanishingFolder()
    let original = try #require(SeriesFile.read(Fixtures.record("4d_mixed_#2_2_16.tfrecords")).first)
    let path = folder.file("4d_mixed_#2_2_16.tfrecords")
    try SeriesFile.write(original, to: path)
    #expect(try SeriesFile.read(path) == [original])
    let example = try SeriesRecord.example(of: original, path: path)
    #expect(example.features.keys.sorted() == ["labelBetti", "labelObjs", "object4d"])
    #expect(try folder.contents == ["4d_mixed_#2_2_16.tfrecords"])
  }

  @Test(arguments: [
    [5, 4, 3, 6], [128, 4, 4, 4], [16, 16, 16, 16], [20, 16, 16, 16], [1, 1, 1, 1], [128, 2, 4, 1],
  ])
  func anyShapeRoundTrips(extents: [Int]) throws {
    let folder = try VanishingFolder()
    for (stem, labels) in [("sample", true), ("sample_16", false), ("sample_2", false)] {
      let series = sampleSeries(extents, name: stem, labels: labels)
      try SeriesFile.write(series, to: folder.file("\(stem).tfrecords"))
      #expect(try SeriesFile.read(folder.file("\(stem).tfrecords")) == [series])
    }
  }

  @Test func extentsComeFromTheByteCountAndThenFromTheName() throws {
    func read(_ count: Int, name: String) throws -> [Int] {
      let example = Example(features: ["object4d": .bytes([Data(count: count)])])
      return try SeriesRecord.series(of: example, name: "a", path: name).shape.dimensions
    }
    #expect(try read(128 * 27, name: "a.tfrecords") == [128, 3, 3, 3])
    #expect(try read(20 * 4096, name: "b_16.tfrecords") == [20, 16, 16, 16])
    #expect(problem { try read(20 * 4096 + 1, name: "b_16.tfrecords") } == .wrongShape)
    #expect(problem { try read(20 * 4096, name: "b.tfrecords") } == .wrongShape)
    #expect(problem { try read(0, name: "b_16.tfrecords") } == .wrongShape)
  }

  @Test func featuresThatDoNotFitAreErrors() throws {
    func read(_ features: [String: Example.Feature]) throws -> Series {
      try SeriesRecord.series(of: Example(features: features), name: "a", path: "a")
    }
    let voxels = Example.Feature.bytes([Data(count: 128)])
    #expect(problem { try read([:]) } == .unsupported)
    #expect(problem { try read(["object4d": .int64([1])]) } == .unsupported)
    #expect(problem { try read(["object4d": voxels, "shape": .int64([128, 1, 1])]) } == .wrongShape)
    #expect(problem { try read(["object4d": voxels, "shape": .int64([.max, .max, 2, 2])]) } == .wrongShape)
    #expect(problem { try read(["object4d": voxels, "shape": .int64([-128, -1, 1, 1])]) } == .wrongShape)
    #expect(
      problem {
        try read(["object4d": voxels, "labelBetti": .bytes([Data(count: 3)]), "labelObjs": .bytes([Data(count: 4)])])
      } == .wrongShape)
    #expect(problem { try SeriesRecord.example(of: floatSeries(), path: "a") } == .unsupported)
  }

  @Test func wrongChecksumsInsideAGoodGzipAreFound() throws {
    let folder = try VanishingFolder()
    let raw = try Gzip.decompress(Fixtures.bytes(Fixtures.record("4d_mixed_#1_1_16.tfrecords")), path: "sample")
    for position in [0, 9, 12, 5000, raw.count - 1] {
      var damaged = raw
      damaged[position] ^= 4
      let path = try folder.write(Gzip.compress(damaged, level: 1), "damaged.tfrecords")
      #expect(problem { try SeriesFile.read(path) } == .corrupt)
    }
  }

  @Test func theOriginalArchiveIsReadAsStored() throws {
    let series = try #require(SeriesFile.read(Fixtures.record("original_layout.npz")).first)
    let archive = try NpzArchive(Fixtures.record("original_layout.npz"))
    let expected = try NpzArchive(Fixtures.record("expected.npz"))
    #expect(series.shape.dimensions == [16, 16, 16, 16])
    #expect(try series.values == .uint8(archive.array("data").data))
    #expect(try series.labels?.bettiNumbers == expected.array("original.labelBetti").bytes())
    #expect(try series.labels?.objectCounts == expected.array("original.labelObjs").bytes())
    let inverted = try #require(expected.array("original.object4d_pool1").bytes())
    #expect(try archive.array("data").data.map { 1 - $0 } == inverted)
  }
}
