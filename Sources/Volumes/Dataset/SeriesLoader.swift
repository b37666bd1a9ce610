import Foundation
import Randomness
import Synchronization

/// Streams batches of windows from sample files, in a reproducible order and with bounded memory.
///
/// The order is a function of seed, epoch and position alone: samples are permuted every epoch; where a sample has several
/// windows, the windows of each run of `shuffleSpan` samples are permuted among themselves. Number of threads, prefetching
/// and caching never change it. In memory lie one run, `prefetchCount` samples ahead, and the cache.
///
/// An error of a file is thrown by the call that would have used it, and again by every later call.
public final class SeriesLoader: Sendable {
  /// Reads the series of a file.
  public typealias Reader = @Sendable (String) throws -> [Series]

  private struct State {
    var cursor: LoaderCursor
    /// The run in use: its first sample's number, its samples, the order of its windows.
    var run: (first: Int, samples: [DecodedSample], order: [Int])?
    /// What stopped the loader: samples of a batch that failed are gone, so it cannot go on.
    var failure: (any Error)?
  }

  /// What was asked for.
  public let configuration: LoaderConfiguration
  /// Extents of what one sample contributes: the frames of the format after conversion.
  public let sampleShape: Series.Shape
  /// The windows of one sample.
  public let windows: [FrameWindow]
  private let span: Int
  private let prefetcher: SamplePrefetcher<DecodedSample>
  private let state: Mutex<State>

  /// A loader that goes on at a cursor; reads the first file to learn the extents.
  public init(
    _ configuration: LoaderConfiguration, at cursor: LoaderCursor = LoaderCursor(),
    reader: @escaping Reader = { try SeriesFile.read($0) }
  )
    throws
  {
    guard let firstPath = configuration.paths.first else { throw LoaderError.noSamples }
    guard configuration.batchSize > 0, configuration.shuffleSpan > 0, (configuration.epochs ?? 1) > 0 else {
      throw LoaderError.setting("batch size, shuffle span and number of epochs must be at least 1")
    }
    let decoder = SampleDecoder(configuration: configuration, reader: reader)
    let first = try decoder.decode(path: firstPath, expecting: nil)
    let shape = first.shape
    windows = try configuration.windows.windows(frameCount: shape.frameCount)
    (self.configuration, sampleShape) = (configuration, shape)
    let sampleCount = configuration.paths.count
    let windowCount = windows.count * sampleCount
    if configuration.lastBatch == .drop && windowCount < configuration.batchSize {
      throw LoaderError.tooFewWindows(windows: windowCount, batchSize: configuration.batchSize)
    }
    let affordable = max(1, configuration.memoryBytes / max(1, first.values.byteCount))
    span =
      configuration.isShuffled && windows.count > 1 ? min(configuration.shuffleSpan, affordable, sampleCount) : 1
    let orders = SampleOrder(count: sampleCount, seed: configuration.isShuffled ? configuration.seed : nil)
    let cache = SampleCache(budget: configuration.cacheBytes)
    prefetcher = SamplePrefetcher(
      range: 0..<(configuration.epochs.map { $0 * sampleCount } ?? .max), threadCount: configuration.threadCount,
      capacity: max(min(configuration.prefetchCount, affordable), configuration.threadCount)
    ) { number in
      let index = orders.sample(number)
      if let sample = cache[index] { return sample }
      let series = try decoder.decode(path: configuration.paths[index], expecting: shape)
      let sample = DecodedSample(name: series.name, values: series.values)
      cache.insert(sample, at: index)
      return sample
    }
    guard cursor.epoch >= 0, (0...windowCount).contains(cursor.position) else {
      throw LoaderError.setting("the saved place in the data does not belong to this data set; start without resuming")
    }
    state = Mutex(State(cursor: cursor))
  }

  deinit { prefetcher.cancel() }

  /// Windows of one epoch.
  public var windowsPerEpoch: Int { windows.count * configuration.paths.count }

  /// Batches of one epoch under the chosen policy.
  public var batchesPerEpoch: Int {
    let (full, rest) = windowsPerEpoch.quotientAndRemainder(dividingBy: configuration.batchSize)
    return configuration.lastBatch == .drop || rest == 0 ? full : full + 1
  }

  /// Where the next batch begins.
  public var cursor: LoaderCursor { state.withLock(\.cursor) }

  /// Largest number of samples that lay decoded ahead or were in work at once.
  public var peakPrefetchCount: Int { prefetcher.peakCount }

  /// Stops the background work; a waiting or later `nextBatch` throws `CancellationError`.
  public func cancel() { prefetcher.cancel() }

  /// The next batch, or nil after the last epoch.
  public func nextBatch() throws -> SeriesBatch? {
    var batch: SeriesBatch?
    return try readBatch(into: &batch) ? batch : nil
  }

  /// Replaces a batch by the next one, or by nil after the last epoch; true if there was one.
  ///
  /// A batch of the same size that nothing else refers to is overwritten in place, which spares most of the time that
  /// fresh memory costs.
  public func readBatch(into batch: inout SeriesBatch?) throws -> Bool {
    let assembly: BatchAssembly? = try state.withLock { state in
      if let failure = state.failure { throw failure }
      do {
        return try nextAssembly(&state)
      } catch {
        state.failure = error
        throw error
      }
    }
    guard let assembly else {
      batch = nil
      return false
    }
    assembly.write(into: &batch)
    return true
  }

  private func nextAssembly(_ state: inout State) throws -> BatchAssembly? {
    var start = state.cursor
    let remaining = windowsPerEpoch - start.position
    if remaining == 0 || (configuration.lastBatch == .drop && remaining < configuration.batchSize) {
      start = LoaderCursor(epoch: start.epoch + 1)
    }
    if let epochs = configuration.epochs, start.epoch >= epochs { return nil }
    let count = min(configuration.batchSize, windowsPerEpoch - start.position)
    var assembly = BatchAssembly(self, count: count, epoch: start.epoch)
    for position in start.position..<(start.position + count) {
      let (sample, window) = try window(position, epoch: start.epoch, &state)
      assembly.append(sample, windows[window])
    }
    state.cursor = LoaderCursor(epoch: start.epoch, position: start.position + count)
    if state.cursor.position == windowsPerEpoch { state.cursor = LoaderCursor(epoch: start.epoch + 1) }
    return assembly
  }

  /// The sample and window at a position of an epoch; takes the run that holds it from the prefetcher if need be.
  private func window(_ position: Int, epoch: Int, _ state: inout State) throws -> (DecodedSample, Int) {
    let sampleCount = configuration.paths.count
    let run = position / windows.count / span
    let first = epoch * sampleCount + run * span
    if state.run?.first != first {
      state.run = nil
      let count = min(span, sampleCount - run * span)
      let samples = try (first..<(first + count)).map { try prefetcher.take($0) }
      var random = SeededGenerator(seed: configuration.seed ^ 0x7769_6E64_6F77, stream: UInt64(first))
      let windowCount = count * windows.count
      let order = span > 1 ? random.permutation(count: windowCount) : Array(0..<windowCount)
      state.run = (first, samples, order)
    }
    guard let current = state.run else { throw CancellationError() }
    let (sample, window) = current.order[position - run * span * windows.count]
      .quotientAndRemainder(dividingBy: windows.count)
    return (current.samples[sample], window)
  }
}

/// The order in which samples come: number n is sample `n % count` of the permutation of epoch `n / count`.
private final class SampleOrder: Sendable {
  private let count: Int
  private let seed: UInt64?
  private let permutations = Mutex<[Int: [Int]]>([:])

  init(count: Int, seed: UInt64?) {
    (self.count, self.seed) = (count, seed)
  }

  func sample(_ number: Int) -> Int {
    let (epoch, position) = number.quotientAndRemainder(dividingBy: count)
    guard let seed else { return position }
    return permutations.withLock { permutations in
      if let order = permutations[epoch] { return order[position] }
      var random = SeededGenerator(seed: seed, stream: UInt64(epoch))
      let order = random.permutation(count: count)
      // Neighbouring epochs overlap while one is read ahead; older ones are never asked for again.
      permutations = permutations.filter { $0.key + 1 >= epoch }
      permutations[epoch] = order
      return order[position]
    }
  }
}
