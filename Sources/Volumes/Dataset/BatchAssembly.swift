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

/// Copies windows behind each other into the buffers of a batch.
struct BatchAssembly {
  private let configuration: LoaderConfiguration
  private let shape: Series.Shape
  private let window: FrameWindow
  private let epoch: Int
  private let capacity: Int
  private var names: [String] = []
  private var inputBytes: [UInt8] = []
  private var targetBytes: [UInt8] = []
  private var inputFloats: [Float] = []
  private var targetFloats: [Float] = []

  init(_ loader: SeriesLoader, count: Int, epoch: Int) {
    configuration = loader.configuration
    shape = loader.sampleShape
    window = loader.windows[0]
    self.epoch = epoch
    capacity = configuration.lastBatch == .pad ? configuration.batchSize : count
    let inputs = capacity * window.inputs.count * shape.voxelsPerFrame
    let targets = capacity * window.targets.count * shape.voxelsPerFrame
    if configuration.elements == .bytes {
      inputBytes.reserveCapacity(inputs)
      targetBytes.reserveCapacity(targets)
    } else {
      inputFloats.reserveCapacity(inputs)
      targetFloats.reserveCapacity(targets)
    }
  }

  /// Adds one window of a sample.
  mutating func append(_ sample: DecodedSample, _ window: FrameWindow) throws {
    names.append(sample.name)
    let voxels = shape.voxelsPerFrame
    let inputs = (window.inputs.lowerBound * voxels)..<(window.inputs.upperBound * voxels)
    let targets = (window.targets.lowerBound * voxels)..<(window.targets.upperBound * voxels)
    switch (configuration.elements, sample.values) {
    case (.bytes, .uint8(let bytes)):
      inputBytes.append(contentsOf: bytes[inputs])
      targetBytes.append(contentsOf: bytes[targets])
    case (.bytes, .float32):
      throw LoaderError.notBytes(path: sample.name)
    case (.floats(let offset), .uint8(let bytes)):
      Self.append(bytes, inputs, offset, to: &inputFloats)
      Self.append(bytes, targets, offset, to: &targetFloats)
    case (.floats(let offset), .float32(let floats)):
      inputFloats.append(contentsOf: offset == 0 ? floats[inputs] : floats[inputs].map { $0 + offset }[...])
      targetFloats.append(contentsOf: offset == 0 ? floats[targets] : floats[targets].map { $0 + offset }[...])
    }
  }

  private static func append(_ bytes: [UInt8], _ range: Range<Int>, _ offset: Float, to floats: inout [Float]) {
    let converted = [Float](unsafeUninitializedCapacity: range.count) { buffer, count in
      bytes.withUnsafeBytes { source in
        var position = 0
        while position + 16 <= range.count {
          let lanes = source.loadUnaligned(fromByteOffset: range.lowerBound + position, as: SIMD16<UInt8>.self)
          let values = SIMD16<Float>(lanes) + offset
          UnsafeMutableRawBufferPointer(buffer).storeBytes(
            of: values, toByteOffset: position * 4, as: SIMD16<Float>.self)
          position += 16
        }
        for rest in position..<range.count { buffer[rest] = Float(bytes[range.lowerBound + rest]) + offset }
      }
      count = range.count
    }
    floats.append(contentsOf: converted)
  }

  /// The batch, padded with its last window where the policy says so.
  var batch: SeriesBatch {
    var padded = self
    let windowCount = names.count
    while padded.names.count < capacity { padded.repeatLast() }
    let extents = [shape.depth, shape.height, shape.width]
    let isBytes = configuration.elements == .bytes
    return SeriesBatch(
      inputs: isBytes ? .uint8(padded.inputBytes) : .float32(padded.inputFloats),
      targets: isBytes ? .uint8(padded.targetBytes) : .float32(padded.targetFloats),
      inputShape: [padded.names.count, window.inputs.count] + extents,
      targetShape: [padded.names.count, window.targets.count] + extents,
      names: padded.names, windowCount: windowCount, epoch: epoch)
  }

  private mutating func repeatLast() {
    let inputs = window.inputs.count * shape.voxelsPerFrame
    let targets = window.targets.count * shape.voxelsPerFrame
    names.append(names[names.count - 1])
    if configuration.elements == .bytes {
      inputBytes.append(contentsOf: inputBytes.suffix(inputs))
      targetBytes.append(contentsOf: targetBytes.suffix(targets))
    } else {
      inputFloats.append(contentsOf: inputFloats.suffix(inputs))
      targetFloats.append(contentsOf: targetFloats.suffix(targets))
    }
  }
}
