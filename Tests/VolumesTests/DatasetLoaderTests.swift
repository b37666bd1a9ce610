import Foundation
import Synchronization
import Testing
import Volumes

/// Series in memory that are read by name; counts reads and can fail.
private final class MemoryFiles: Sendable {
  struct Broken: Error, CustomStringConvertible {
    var description: String { "truncated after 12 bytes" }
  }
  let series: [String: Series]
  let brokenPath: String?
  let readCount = Atomic<Int>(0)

  init(count: Int, dimensions: [Int] = [8, 2, 2, 4], broken: String? = nil) {
    var all: [String: Series] = [:]
    for index in 0..<count {
      all["p\(index)"] = randomSeries("s\(index)", dimensions, seed: UInt64(index))
    }
    (series, brokenPath) = (all, broken)
  }

  var reader: SeriesLoader.Reader {
    { path in
      self.readCount.wrappingAdd(1, ordering: .relaxed)
      if path == self.brokenPath { throw Broken() }
      guard let series = self.series[path] else { throw Broken() }
      // Different samples take differently long, so that threads overtake each other.
      usleep(UInt32(path.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) % 400 }))
      return [series]
    }
  }
}

@Suite struct DatasetLoaderTests {
  private func configuration(_ count: Int, _ windows: WindowKind = .singleFramePairs) throws -> LoaderConfiguration {
    var configuration = LoaderConfiguration(
      paths: (0..<count).map { "p\($0)" }, format: try FrameFormat(span: 6, stride: 1))
    configuration.windows = windows
    configuration.batchSize = 7
    configuration.shuffleSpan = 4
    configuration.prefetchCount = 5
    configuration.seed = 9
    configuration.epochs = 3
    return configuration
  }

  private func all(_ loader: SeriesLoader) throws -> [SeriesBatch] {
    var batches: [SeriesBatch] = []
    while let batch = try loader.nextBatch() { batches.append(batch) }
    return batches
  }

  @Test(arguments: [WindowKind.sequencePairs, .singleFramePairs, .multiFrame(past: 3), .rollout])
  func everyWindowComesOncePerEpochAndHoldsItsFrames(_ kind: WindowKind) throws {
    let files = MemoryFiles(count: 10)
    var configuration = try configuration(10, kind)
    configuration.lastBatch = .keep
    configuration.elements = .floats(offset: -0.5)
    let loader = try SeriesLoader(configuration, reader: files.reader)
    let batches = try all(loader)
    #expect(batches.count == 3 * loader.batchesPerEpoch)
    for epoch in 0..<3 {
      var seen: [String: Int] = [:]
      for batch in batches where batch.epoch == epoch {
        let inputs = batch.inputFloats
        let perWindow = inputs.count / batch.names.count
        #expect(batch.inputShape.reduce(1, *) == inputs.count)
        #expect(batch.targetShape.reduce(1, *) == batch.targetFloats.count)
        for (index, name) in batch.names.enumerated() {
          let window = Array(inputs[(index * perWindow)..<((index + 1) * perWindow)])
          let targets = batch.targetFloats
          let perTarget = targets.count / batch.names.count
          seen["\(name) \(window) \(targets[(index * perTarget)..<((index + 1) * perTarget)])", default: 0] += 1
        }
      }
      var expected: [String: Int] = [:]
      for series in files.series.values {
        guard case .uint8(let bytes) = series.values else { continue }
        let floats = bytes.map { Float($0) - 0.5 }
        for window in try kind.windows(frameCount: 6) {
          let inputs = Array(floats[((window.inputs.lowerBound + 1) * 16)..<((window.inputs.upperBound + 1) * 16)])
          let targets = floats[((window.targets.lowerBound + 1) * 16)..<((window.targets.upperBound + 1) * 16)]
          expected["\(series.name) \(inputs) \(Array(targets)[...])", default: 0] += 1
        }
      }
      #expect(seen == expected)
    }
  }

  @Test func theOrderDoesNotDependOnThreadsPrefetchOrCache() throws {
    let files = MemoryFiles(count: 13)
    var reference: [SeriesBatch]?
    for (threads, prefetch, cache) in [(1, 1, 0), (2, 5, 0), (4, 40, 1 << 20), (3, 2, 40)] {
      var configuration = try configuration(13)
      (configuration.threadCount, configuration.prefetchCount) = (threads, prefetch)
      configuration.cacheBytes = cache
      let batches = try all(SeriesLoader(configuration, reader: files.reader))
      if let reference { #expect(batches == reference) }
      reference = batches
    }
    let batches = try #require(reference)
    let perEpoch = batches.count / 3
    #expect(batches[0].names != batches[perEpoch].names, "epochs differ")
    var other = try configuration(13)
    other.seed = 10
    #expect(try all(SeriesLoader(other, reader: files.reader)) != batches)
  }

  @Test(arguments: [LoaderConfiguration.LastBatch.drop, .keep, .pad])
  func resumingAtAnyBatchEqualsGoingOn(_ policy: LoaderConfiguration.LastBatch) throws {
    let files = MemoryFiles(count: 9)
    var configuration = try configuration(9)
    configuration.lastBatch = policy
    let loader = try SeriesLoader(configuration, reader: files.reader)
    var batches: [SeriesBatch] = []
    var cursors = [loader.cursor]
    while let batch = try loader.nextBatch() {
      batches.append(batch)
      cursors.append(loader.cursor)
    }
    #expect(batches.count == 3 * loader.batchesPerEpoch)
    for stop in 0..<batches.count {
      let stored = try JSONEncoder().encode(cursors[stop])
      let cursor = try JSONDecoder().decode(LoaderCursor.self, from: stored)
      let resumed = try SeriesLoader(configuration, at: cursor, reader: files.reader)
      #expect(try all(resumed) == Array(batches[stop...]))
    }
  }

  @Test func lastBatchesFollowThePolicy() throws {
    let files = MemoryFiles(count: 2)
    var configuration = try configuration(2)
    configuration.epochs = 1
    configuration.lastBatch = .drop
    #expect(try all(SeriesLoader(configuration, reader: files.reader)).map(\.windowCount) == [7])
    configuration.lastBatch = .keep
    #expect(
      try all(SeriesLoader(configuration, reader: files.reader)).map(\.inputShape) == [
        [7, 1, 2, 2, 4], [3, 1, 2, 2, 4],
      ])
    configuration.lastBatch = .pad
    let padded = try all(SeriesLoader(configuration, reader: files.reader))
    #expect(padded.map(\.windowCount) == [7, 3])
    #expect(padded[1].inputShape == [7, 1, 2, 2, 4])
    #expect(padded[1].inputFloats[96...] == padded[1].inputFloats[32..<48])
    configuration.lastBatch = .drop
    configuration.batchSize = 11
    #expect(throws: LoaderError.tooFewWindows(windows: 10, batchSize: 11)) {
      try SeriesLoader(configuration, reader: files.reader)
    }
  }

  @Test func withoutShufflingSamplesComeInTheirOrder() throws {
    let files = MemoryFiles(count: 5)
    var configuration = try configuration(5, .sequencePairs)
    configuration.isShuffled = false
    configuration.batchSize = 2
    configuration.lastBatch = .keep
    configuration.epochs = 1
    configuration.elements = .bytes
    let batches = try all(SeriesLoader(configuration, reader: files.reader))
    #expect(batches.flatMap(\.names) == ["s0", "s1", "s2", "s3", "s4"])
    guard case .uint8(let bytes) = batches[0].inputs, case .uint8(let series) = files.series["p0"]!.values else {
      return
    }
    #expect(Array(bytes[..<80]) == Array(series[16..<96]))
  }

  @Test func aSpentBatchIsOverwrittenInPlaceAndEqualsAFreshOne() throws {
    func address(_ batch: SeriesBatch?) -> Int {
      guard case .float32(let floats)? = batch?.targets else { return 0 }
      return floats.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) }
    }
    let files = MemoryFiles(count: 12)
    var configuration = try configuration(12)
    configuration.lastBatch = .keep
    let expected = try all(SeriesLoader(configuration, reader: files.reader))
    let loader = try SeriesLoader(configuration, reader: files.reader)
    var batch: SeriesBatch?
    var (count, first) = (0, 0)
    while try loader.readBatch(into: &batch) {
      #expect(batch == expected[count])
      if count == 0 { first = address(batch) }
      if count == 3 { #expect(address(batch) == first) }
      count += 1
    }
    #expect(count == expected.count && batch == nil)
    let kept = try SeriesLoader(configuration, reader: files.reader)
    batch = try kept.nextBatch()
    let copy = batch
    _ = try kept.readBatch(into: &batch)
    #expect(copy == expected[0] && batch == expected[1], "a batch that is still held elsewhere is not overwritten")
  }

  @Test func anErrorComesWhereItsFileIsNeededAndNamesIt() throws {
    let files = MemoryFiles(count: 6, broken: "p4")
    var configuration = try configuration(6, .sequencePairs)
    configuration.isShuffled = false
    configuration.batchSize = 1
    configuration.threadCount = 3
    let loader = try SeriesLoader(configuration, reader: files.reader)
    for index in 0..<4 { #expect(try loader.nextBatch()?.names == ["s\(index)"]) }
    let expected = LoaderError.sample(path: "p4", reason: "truncated after 12 bytes")
    #expect(throws: expected) { try loader.nextBatch() }
    #expect(throws: expected) { try loader.nextBatch() }
    #expect(loader.cursor == LoaderCursor(epoch: 0, position: 4))
  }

  @Test func samplesThatDoNotFitAreRefusedByName() throws {
    let files = MemoryFiles(count: 2)
    var configuration = try configuration(2)
    configuration.batchSize = 1
    configuration.isShuffled = false
    let reader: SeriesLoader.Reader = { path in
      path == "p1" ? [randomSeries("odd", [8, 2, 2, 2], seed: 1)] : try files.reader(path)
    }
    let loader = try SeriesLoader(configuration, reader: reader)
    #expect(throws: LoaderError.mixedSizes(path: "p1", dimensions: [6, 2, 2, 2], expected: [6, 2, 2, 4])) {
      for _ in 0..<6 { _ = try loader.nextBatch() }
    }
    let several: SeriesLoader.Reader = { try files.reader($0) + files.reader($0) }
    #expect(throws: LoaderError.notOneSeries(path: "p0", count: 2)) { try SeriesLoader(configuration, reader: several) }
    let short: SeriesLoader.Reader = { _ in [randomSeries("short", [5, 2, 2, 2], seed: 1)] }
    #expect(throws: LoaderError.self) { try SeriesLoader(configuration, reader: short) }
    configuration.paths = []
    #expect(throws: LoaderError.noSamples) { try SeriesLoader(configuration, reader: files.reader) }
    #expect(throws: LoaderError.self) {
      try SeriesLoader(self.configuration(2), at: LoaderCursor(epoch: 0, position: 99), reader: files.reader)
    }
  }

  @Test func memoryIsBoundedByTheQueueWhateverTheNumberOfSamples() throws {
    let files = MemoryFiles(count: 200)
    var configuration = try configuration(200, .sequencePairs)
    configuration.prefetchCount = 6
    configuration.threadCount = 4
    configuration.epochs = nil
    let loader = try SeriesLoader(configuration, reader: files.reader)
    _ = try loader.nextBatch()
    usleep(30_000)
    // One probe, one batch of seven, six ahead.
    #expect(files.readCount.load(ordering: .relaxed) <= 1 + 7 + 6)
    for _ in 0..<40 { _ = try loader.nextBatch() }
    #expect(loader.peakPrefetchCount <= 6)
  }

  @Test func aCacheIsReadInsteadOfFilesWithinItsBudget() throws {
    let files = MemoryFiles(count: 8)
    var configuration = try configuration(8, .sequencePairs)
    configuration.batchSize = 8
    // Six frames of 16 binary voxels are 12 bytes as bits: room for four samples.
    configuration.cacheBytes = 50
    let loader = try SeriesLoader(configuration, reader: files.reader)
    _ = try all(loader)
    // The probe, all eight once, and then the four that found no room twice more.
    #expect(files.readCount.load(ordering: .relaxed) == 1 + 8 + 2 * 4)
  }

  @Test func cancellingWakesAReaderAndStopsTheWork() async throws {
    let slow: SeriesLoader.Reader = { path in
      usleep(20_000)
      return [randomSeries(path, [8, 2, 2, 2], seed: 1)]
    }
    var configuration = try configuration(50)
    configuration.epochs = nil
    let loader = try SeriesLoader(configuration, reader: slow)
    let reading = Task.detached {
      while try loader.nextBatch() != nil {}
    }
    try await Task.sleep(for: .milliseconds(50))
    loader.cancel()
    await #expect(throws: CancellationError.self) { try await reading.value }
    #expect(throws: CancellationError.self) { try loader.nextBatch() }
  }
}
