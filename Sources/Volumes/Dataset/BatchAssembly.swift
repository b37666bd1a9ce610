/// Reads a sample and brings it into the form of a loader's configuration.
struct SampleDecoder: Sendable {
  let configuration: LoaderConfiguration
  let reader: SeriesLoader.Reader

  /// The chosen frames of the only series of a file; every error names the file.
  func decode(path: String, expecting expected: Series.Shape?) throws -> Series {
    do {
      let list = try reader(path)
      guard list.count == 1 else { throw LoaderError.notOneSeries(path: path, count: list.count) }
      var series = list[0]
      if let format = configuration.format { series = try series.cropped(to: format) }
      series = try configuration.conversion(series)
      if let expected, series.shape != expected {
        throw LoaderError.mixedSizes(path: path, dimensions: series.shape.dimensions, expected: expected.dimensions)
      }
      if case .float32(let floats) = series.values {
        if configuration.elements == .bytes { throw LoaderError.notBytes(path: path) }
        if let index = floats.firstIndex(where: { !$0.isFinite }) {
          throw SeriesError.notFinite(name: series.name, index: index)
        }
      }
      return series
    } catch let error as LoaderError {
      throw error
    } catch let error as CancellationError {
      throw error
    } catch {
      let reason = String(describing: error)
      if reason.hasPrefix(path + ": ") {
        throw LoaderError.sample(path: path, reason: String(reason.dropFirst(path.count + 2)))
      }
      throw LoaderError.sample(path: path, reason: reason)
    }
  }
}

/// Collects the windows of a batch and then writes each of its two buffers in one go.
struct BatchAssembly {
  private let configuration: LoaderConfiguration
  private let shape: Series.Shape
  private let epoch: Int
  private let capacity: Int
  private var windows: [(sample: DecodedSample, frames: FrameWindow)] = []

  init(_ loader: SeriesLoader, count: Int, epoch: Int) {
    configuration = loader.configuration
    shape = loader.sampleShape
    self.epoch = epoch
    capacity = configuration.lastBatch == .pad ? configuration.batchSize : count
    windows.reserveCapacity(capacity)
  }

  /// Adds one window of a sample.
  mutating func append(_ sample: DecodedSample, _ frames: FrameWindow) {
    windows.append((sample, frames))
  }

  /// Makes the batch, padded with its last window where the policy says so, in the memory of a spent one if that fits.
  func write(into batch: inout SeriesBatch?) {
    var padded = windows
    while padded.count < capacity { padded.append(windows[windows.count - 1]) }
    let extents = [shape.depth, shape.height, shape.width]
    // The arrays are moved out, so that nothing else refers to them and writing does not copy.
    var (inputs, targets) = (Series.Values.uint8([]), Series.Values.uint8([]))
    if batch != nil {
      swap(&inputs, &batch!.inputs)
      swap(&targets, &batch!.targets)
    }
    fill(&inputs, with: padded.map { ($0.sample, $0.frames.inputs) })
    fill(&targets, with: padded.map { ($0.sample, $0.frames.targets) })
    batch = SeriesBatch(
      inputs: inputs, targets: targets,
      inputShape: [padded.count, padded[0].frames.inputs.count] + extents,
      targetShape: [padded.count, padded[0].frames.targets.count] + extents,
      names: padded.map(\.sample.name), windowCount: windows.count, epoch: epoch)
  }

  private func fill(_ memory: inout Series.Values, with parts: [(sample: DecodedSample, frames: Range<Int>)]) {
    let voxels = shape.voxelsPerFrame
    let count = parts.reduce(0) { $0 + $1.frames.count * voxels }
    switch configuration.elements {
    case .bytes:
      var bytes = memory.takeBytes(count)
      bytes.withUnsafeMutableBufferPointer { target in
        copy(parts) { values, range, start in
          guard case .uint8(let source) = values else { preconditionFailure("bytes were checked when read") }
          source.withUnsafeBufferPointer { source in
            for index in 0..<range.count { target[start &+ index] = source[range.lowerBound &+ index] }
          }
        }
      }
      memory = .uint8(bytes)
    case .floats(let offset):
      var floats = memory.takeFloats(count)
      floats.withUnsafeMutableBufferPointer { target in
        copy(parts) { values, range, start in
          Self.convert(
            values, range, offset, to: UnsafeMutableBufferPointer(rebasing: target[start..<(start + range.count)]))
        }
      }
      memory = .float32(floats)
    }
  }

  /// Visits the frames of every part with their values' range and the place where they go.
  private func copy(
    _ parts: [(sample: DecodedSample, frames: Range<Int>)], _ body: (Series.Values, Range<Int>, Int) -> Void
  ) {
    let voxels = shape.voxelsPerFrame
    var start = 0
    for part in parts {
      let range = (part.frames.lowerBound * voxels)..<(part.frames.upperBound * voxels)
      body(part.sample.values, range, start)
      start += range.count
    }
  }

  private static func convert(
    _ values: Series.Values, _ range: Range<Int>, _ offset: Float, to target: UnsafeMutableBufferPointer<Float>
  ) {
    switch values {
    case .uint8(let bytes):
      bytes.withUnsafeBufferPointer { source in
        for index in 0..<range.count { target[index] = Float(source[range.lowerBound &+ index]) + offset }
      }
    case .float32(let floats):
      floats.withUnsafeBufferPointer { source in
        for index in 0..<range.count { target[index] = source[range.lowerBound &+ index] + offset }
      }
    }
  }
}

extension Series.Values {
  /// The array of bytes if it has the given length, else a new one of that length; nothing stays behind.
  fileprivate mutating func takeBytes(_ count: Int) -> [UInt8] {
    var taken: [UInt8] = []
    if case .uint8(let bytes) = self, bytes.count == count { taken = bytes }
    self = .uint8([])
    return taken.count == count ? taken : [UInt8](repeating: 0, count: count)
  }

  /// As `takeBytes`, for single precision.
  fileprivate mutating func takeFloats(_ count: Int) -> [Float] {
    var taken: [Float] = []
    if case .float32(let floats) = self, floats.count == count { taken = floats }
    self = .uint8([])
    return taken.count == count ? taken : [Float](repeating: 0, count: count)
  }
}
