import Foundation
import Synchronization
import Testing
import Volumes

/// A folder that is removed when the last reference to it goes.
private final class DataSetFolder: Sendable {
  let path: String
  init() throws {
    path = NSTemporaryDirectory() + "formcast-dataset-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  deinit {
    do { try FileManager.default.removeItem(atPath: path) } catch { print("left behind: \(path)") }
  }
  func names(_ folder: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)").sorted()
  }
}

@Suite struct DatasetFilesTests {
  private func generator() throws -> CavityGenerator { try CavityGenerator(CavityConfiguration(grid: 32, seed: 6)) }

  @Test func exportedFilesDoNotDependOnTheNumberOfThreads() throws {
    let (one, three) = (try DataSetFolder(), try DataSetFolder())
    let layout = CavityExport.Layout.pooled(by: 2, fileExtension: "tfrecords")
    let done = Mutex<[Int]>([])
    try CavityExport(generator(), layout: layout, threadCount: 1).write(0..<9, to: one.path)
    try CavityExport(generator(), layout: layout, threadCount: 3).write(0..<9, to: three.path) { count in
      done.withLock { $0.append(count) }
    }
    #expect(done.withLock { $0 } == Array(1...9))
    #expect(try one.names() == three.names())
    for name in try one.names() {
      #expect(FileManager.default.contentsEqual(atPath: "\(one.path)/\(name)", andPath: "\(three.path)/\(name)"))
      let series = try SeriesFile.read("\(one.path)/\(name)")
      let index = try #require(Int(name.dropFirst("4d_mixed_#".count).prefix { $0 != "_" }))
      #expect(try series == [CavityRaster(generator().sample(index)).pooled(by: 2)])
    }
    #expect(throws: (any Error).self) {
      try CavityExport(generator(), layout: layout).write(0..<1, to: one.path)
    }
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try CavityExport(generator(), layout: layout, replacing: true).write(0..<9, to: one.path) { _ in throw Stop() }
    }
  }

  @Test func theOriginalLayoutHoldsTheSolidAndConvertsToTheRecords() throws {
    let folder = try DataSetFolder()
    try CavityExport(generator(), layout: .original).write(3..<4, to: folder.path)
    let sample = try generator().sample(3)
    #expect(try folder.names() == ["\(sample.name).npz"])
    let archive = try NpzArchive("\(folder.path)/\(sample.name).npz")
    let data = try archive.array("data")
    #expect(data.shape == [32, 32, 32, 32])
    #expect(try archive.array("bettiNumbers").int64s() == sample.composition.bettiNumbers.map(Int64.init))
    let objects = try #require(try archive.array("objects").int64s())
    #expect(objects == (0..<4).flatMap { [Int64($0), Int64(sample.composition.counts[$0])] })
    let shape = Series.Shape(frameCount: 32, depth: 32, height: 32, width: 32)
    let series = Series(name: "full", shape: shape, values: .uint8(try #require(data.bytes())))
    let converted = try SeriesConversion(invert: true, pool: 2)(series)
    #expect(try converted.values == CavityRaster(sample).pooled(by: 2).values)
  }

  @Test func splitsDependOnNamesAndSeedOnly() throws {
    let names = (0..<100).map { "n\($0)" }
    let split = try DatasetSplit(seed: 3)
    let parts = split.parts(of: names)
    #expect(split.parts(of: names.reversed()) == parts)
    #expect([DatasetPart.training, .validation, .test].map { parts[$0]!.count } == [80, 10, 10])
    #expect(Set(parts.values.flatMap { $0 }) == Set(names))
    #expect(try DatasetSplit(seed: 4).parts(of: names) != parts)
    #expect(try DatasetSplit(ratios: [0.5, 0.5, 0]).parts(of: ["a", "b", "c"]).values.map(\.count).reduce(0, +) == 3)
    for ratios in [[0.8, 0.2], [0.5, 0.6, 0.1], [1.2, -0.1, -0.1], [.nan, 0, 1]] {
      #expect(throws: SplitError.self) { try DatasetSplit(ratios: ratios) }
    }
  }

  @Test func splittingMakesThreeFoldersAndSparesWhatItDidNotMake() throws {
    let (source, target) = (try DataSetFolder(), try DataSetFolder())
    try CavityExport(generator(), layout: .pooled(by: 2, fileExtension: "tfrecords")).write(0..<10, to: source.path)
    let paths = try SeriesFile.listSeries(in: source.path)
    let counts = try DatasetSplit(seed: 1).write(paths, to: target.path)
    #expect(counts == [.training: 8, .validation: 1, .test: 1])
    #expect(try DatasetPart.training.paths(in: target.path).count == 8)
    #expect(
      try target.names() == [
        "00_4D_training_datasets", "01_4D_validation_datasets", "02_4D_test_datasets", "split.json",
      ])
    #expect(throws: SplitError.exists("\(target.path)/00_4D_training_datasets")) {
      try DatasetSplit(seed: 2).write(paths, to: target.path)
    }
    let own = "\(target.path)/00_4D_training_datasets/mine.txt"
    try "mine".write(toFile: own, atomically: true, encoding: .utf8)
    _ = try DatasetSplit(ratios: [0.5, 0.3, 0.2], seed: 2).write(paths, to: target.path, force: true)
    #expect(FileManager.default.fileExists(atPath: own))
    #expect(try target.names("00_4D_training_datasets").count == 6)
    #expect(try target.names("01_4D_validation_datasets").count == 3)
    #expect(try source.names().count == 10, "the source is untouched")
    #expect(throws: SplitError.sameName("x.npz")) { try DatasetSplit().write(["a/x.npz", "b/x.npz"], to: target.path) }
  }

  @Test func aLoaderReadsASplitDataSet() throws {
    let (source, target) = (try DataSetFolder(), try DataSetFolder())
    try CavityExport(generator(), layout: .pooled(by: 4, fileExtension: "npz")).write(0..<6, to: source.path)
    _ = try DatasetSplit(ratios: [1, 0, 0]).write(SeriesFile.listSeries(in: source.path), to: target.path)
    var configuration = LoaderConfiguration(
      paths: try DatasetPart.training.paths(in: target.path), format: try FrameFormat(span: 20, stride: 2))
    (configuration.batchSize, configuration.epochs) = (3, 1)
    let loader = try SeriesLoader(configuration)
    let batch = try #require(try loader.nextBatch())
    #expect(batch.inputShape == [3, 9, 8, 8, 8])
    #expect(Array(batch.inputFloats[512..<(9 * 512)]) == Array(batch.targetFloats[..<(8 * 512)]))
  }

  @Test func reportsTellRangesChangesAndProblems() throws {
    let folder = try DataSetFolder()
    try CavityExport(generator(), layout: .pooled(by: 2, fileExtension: "tfrecords")).write(0..<4, to: folder.path)
    try "not a series".write(toFile: "\(folder.path)/broken.npz", atomically: true, encoding: .utf8)
    let report = DatasetReport(paths: try SeriesFile.listSeries(in: folder.path))
    #expect(report.seriesCount == 4)
    #expect(report.shapes == ["32x16x16x16 uint8": 4])
    #expect(report.changes.map(\.format) == ["t20/1", "every frame"])
    #expect(report.problems.count == 1 && report.problems[0].contains("broken.npz"))
    let moving = Series(
      name: "m", shape: Series.Shape(frameCount: 3, depth: 1, height: 1, width: 4),
      values: .float32([1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0]))
    let single = SeriesReport(moving)
    #expect(single.occupancy == 0.25)
    #expect(single.emptyFrameCount == 1)
    #expect(single.changes.map(\.mse) == [3.0 / 8])
    #expect(single.changes.map(\.jaccardPerFrame) == [0.75])
    #expect(single.changes.map(\.jaccardPerSequence) == [0.75])
    let scan = Series(
      name: "ct", shape: Series.Shape(frameCount: 1, depth: 1, height: 1, width: 2), values: .float32([-300, .nan]))
    #expect(SeriesReport(scan).problems.count >= 3)
  }
}
