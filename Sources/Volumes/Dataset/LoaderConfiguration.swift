/// What a loader reads and in which portions.
public struct LoaderConfiguration: Sendable {
  /// What happens to the windows that do not fill a batch at the end of an epoch.
  public enum LastBatch: String, Sendable, Codable {
    /// They are left out.
    case drop
    /// They make a smaller batch.
    case keep
    /// They are filled up with copies of the last window; `SeriesBatch.windowCount` says how many are real.
    case pad
  }

  /// In which type batches come.
  public enum Elements: Sendable, Equatable {
    /// Bytes as they lie in the files; files of floating-point numbers are an error.
    case bytes
    /// Single precision, with a number added to every value: 0, or -0.5 for the normalised variant.
    case floats(offset: Float)
  }

  /// The sample files, one series in each; their order is the order of an epoch without shuffling.
  public var paths: [String]
  /// Which frames of a series are used; nil for all.
  public var format: FrameFormat?
  /// Threshold, inversion and pooling on the fly.
  public var conversion = SeriesConversion()
  /// How frames become inputs and targets.
  public var windows = WindowKind.sequencePairs
  /// Windows per batch.
  public var batchSize = 16
  /// Rest of an epoch.
  public var lastBatch = LastBatch.drop
  /// Whether samples (and windows within a run of `shuffleSpan` samples) come in random order, another every epoch.
  public var isShuffled = true
  /// Seed of the order.
  public var seed: UInt64 = 0
  /// Number of samples whose windows are mixed with each other, where a sample has several windows.
  public var shuffleSpan = 64
  /// Number of epochs; nil goes on without end.
  public var epochs: Int? = nil
  /// Type of the values.
  public var elements = Elements.floats(offset: 0)
  /// Number of threads that read and decode.
  public var threadCount = 2
  /// Number of samples that may lie decoded in memory ahead of the reader, beyond the run that is being mixed.
  public var prefetchCount = 64
  /// Bytes that the samples of one run, and those read ahead, may each take; large samples make both shorter.
  public var memoryBytes = 256 << 20
  /// Bytes that may be spent on keeping decoded samples for later epochs; 0 keeps none.
  public var cacheBytes = 0

  /// Batches of given files with all else at its default.
  public init(paths: [String], format: FrameFormat?) {
    (self.paths, self.format) = (paths, format)
  }
}

/// Where a loader is: enough to go on exactly there, in another process.
public struct LoaderCursor: Sendable, Equatable, Hashable, Codable {
  /// Epochs completed.
  public var epoch: Int
  /// Windows delivered in this epoch.
  public var position: Int

  /// A place; without arguments the beginning.
  public init(epoch: Int = 0, position: Int = 0) {
    (self.epoch, self.position) = (epoch, position)
  }
}

/// A batch of windows.
///
/// *Shapes*: inputs [B, T, D, H, W] with the window's input frames, targets [B, T', D, H, W] with its target frames.
public struct SeriesBatch: Sendable, Equatable {
  /// What goes in, row-major.
  public var inputs: Series.Values
  /// What should come out, row-major; empty for rollouts.
  public var targets: Series.Values
  /// B, T, D, H, W of the inputs.
  public var inputShape: [Int]
  /// B, T', D, H, W of the targets.
  public var targetShape: [Int]
  /// Names of the series that the windows come from, B of them.
  public var names: [String]
  /// Number of windows that are real; fewer than B only in a padded last batch.
  public var windowCount: Int
  /// The epoch of the batch.
  public var epoch: Int

  /// Inputs in single precision, converted if they are bytes.
  public var inputFloats: [Float] { inputs.floats }
  /// Targets in single precision, converted if they are bytes.
  public var targetFloats: [Float] { targets.floats }
}

extension Series.Values {
  /// Number of bytes that the values take.
  public var byteCount: Int {
    switch self {
    case .uint8(let bytes): bytes.count
    case .float32(let floats): floats.count * MemoryLayout<Float>.size
    }
  }

  /// The values in single precision; a copy only if they are bytes.
  public var floats: [Float] {
    switch self {
    case .uint8(let bytes): bytes.map(Float.init)
    case .float32(let floats): floats
    }
  }
}

/// Why a loader cannot go on.
public enum LoaderError: Error, Equatable, CustomStringConvertible {
  /// No files were given.
  case noSamples
  /// A file holds several series or none.
  case notOneSeries(path: String, count: Int)
  /// A series of other extents than the first.
  case mixedSizes(path: String, dimensions: [Int], expected: [Int])
  /// Floating-point values where bytes were asked for.
  case notBytes(path: String)
  /// An epoch without a single full batch.
  case tooFewWindows(windows: Int, batchSize: Int)
  /// A configuration value out of range.
  case setting(String)
  /// Another error, with the file in which it arose.
  case sample(path: String, reason: String)

  /// One line: what is wrong, in which file, what to do.
  public var description: String {
    switch self {
    case .noSamples: "no sample files: the folder is empty or holds none that can be read"
    case .notOneSeries(let path, let count): "\(path): holds \(count) series; convert it to one series per file"
    case .mixedSizes(let path, let dimensions, let expected):
      "\(path): frames and extents \(text(dimensions)) differ from the first sample's \(text(expected));"
        + " convert all to one size"
    case .notBytes(let path): "\(path): holds floating-point values where bytes are needed; set a threshold"
    case .tooFewWindows(let windows, let batchSize):
      "\(windows) windows do not fill a batch of \(batchSize); choose a smaller batch or more samples"
    case .setting(let text): text
    case .sample(let path, let reason): "\(path): \(reason)"
    }
  }

  private func text(_ dimensions: [Int]) -> String { dimensions.map(String.init).joined(separator: "x") }
}
