/// What is wrong with a series for what is asked of it.
public enum SeriesError: Error, Equatable, CustomStringConvertible {
  /// Inversion of values outside 0...1.
  case notBinary(name: String, value: Double)
  /// NaN or infinity.
  case notFinite(name: String, index: Int)
  /// A pooling window that does not divide the frames.
  case indivisible(name: String, dimensions: [Int], pool: Int)

  /// One line: what is wrong, in which series, what to do.
  public var description: String {
    switch self {
    case .notBinary(let name, let value):
      "\(name): the value \(value) cannot be inverted, only 0 to 1 can; set a threshold first"
    case .notFinite(let name, let index):
      "\(name): value number \(index) is not a finite number; clean the data first"
    case .indivisible(let name, let dimensions, let pool):
      "\(name): pooling by \(pool) does not divide frames of \(dimensions.map(String.init).joined(separator: "x"));"
        + " choose a common divisor"
    }
  }
}

extension Series {
  /// 1 minus every value; throws on values outside 0...1.
  public func inverted() throws -> Series {
    var result = self
    switch values {
    case .uint8(let bytes):
      if let value = bytes.max(), value > 1 { throw SeriesError.notBinary(name: name, value: Double(value)) }
      result.values = .uint8(bytes.map { 1 &- $0 })
    case .float32(let floats):
      if let value = floats.first(where: { !($0 >= 0 && $0 <= 1) }) {
        throw SeriesError.notBinary(name: name, value: Double(value))
      }
      result.values = .float32(floats.map { 1 - $0 })
    }
    return result
  }

  /// 1 where a value is strictly greater than the threshold, else 0; throws on NaN.
  public func thresholded(above threshold: Float) throws -> Series {
    var result = self
    switch values {
    case .uint8(let bytes):
      result.values = .uint8(bytes.map { Float($0) > threshold ? 1 : 0 })
    case .float32(let floats):
      if let index = floats.firstIndex(where: \.isNaN) { throw SeriesError.notFinite(name: name, index: index) }
      result.values = .uint8(floats.map { $0 > threshold ? 1 : 0 })
    }
    return result
  }

  /// The maximum over blocks of `pool`^3 voxels, every frame by itself; throws if the blocks do not divide the frames.
  ///
  /// The affine map follows: a voxel of the result lies at the centre of its block.
  public func maxPooled(by pool: Int) throws -> Series {
    guard pool >= 1, [shape.depth, shape.height, shape.width].allSatisfy({ $0.isMultiple(of: pool) }) else {
      throw SeriesError.indivisible(name: name, dimensions: [shape.depth, shape.height, shape.width], pool: pool)
    }
    if pool == 1 { return self }
    let pooled = Shape(
      frameCount: shape.frameCount, depth: shape.depth / pool, height: shape.height / pool, width: shape.width / pool)
    let result: Values =
      switch values {
      case .uint8(let bytes): .uint8(Self.pool(bytes, shape, pooled, window: pool, lowest: 0))
      case .float32(let floats): .float32(Self.pool(floats, shape, pooled, window: pool, lowest: -.infinity))
      }
    return Series(name: name, shape: pooled, values: result, affine: affine?.pooled(by: pool), labels: labels)
  }

  /// Maximum over blocks; frames and planes lie behind each other, so only the three axes within a frame matter.
  private static func pool<Value: Comparable>(
    _ values: [Value], _ shape: Shape, _ pooled: Shape, window: Int, lowest: Value
  ) -> [Value] {
    var result = [Value](repeating: lowest, count: pooled.count)
    let rows = shape.frameCount * shape.depth * shape.height
    values.withUnsafeBufferPointer { source in
      result.withUnsafeMutableBufferPointer { target in
        for row in 0..<rows {
          let (plane, y) = row.quotientAndRemainder(dividingBy: shape.height)
          // Depth is divisible by the window, so planes of different frames never share a block.
          let out = (plane / window * pooled.height + y / window) * pooled.width
          var position = row * shape.width
          for x in 0..<pooled.width {
            var best = target[out + x]
            for _ in 0..<window {
              best = max(best, source[position])
              position += 1
            }
            target[out + x] = best
          }
        }
      }
    }
    return result
  }

  /// The frames of a format; throws if the series is too short for it.
  public func cropped(to format: FrameFormat) throws -> Series {
    try selecting(frames: format.indices(available: shape.frameCount, in: name))
  }

  /// The frames of the given positions, in that order; traps on a position that does not exist.
  public func selecting(frames: [Int]) -> Series {
    let voxels = shape.voxelsPerFrame
    func gather<Value>(_ values: [Value]) -> [Value] {
      var result: [Value] = []
      result.reserveCapacity(frames.count * voxels)
      for frame in frames { result.append(contentsOf: values[(frame * voxels)..<((frame + 1) * voxels)]) }
      return result
    }
    var selected = shape
    selected.frameCount = frames.count
    let result: Values =
      switch values {
      case .uint8(let bytes): .uint8(gather(bytes))
      case .float32(let floats): .float32(gather(floats))
      }
    return Series(name: name, shape: selected, values: result, affine: affine, labels: labels)
  }
}

extension Affine {
  /// The map of a grid whose voxels are blocks of `pool`^3 voxels of this one.
  public func pooled(by pool: Int) -> Affine {
    let factor = Double(pool)
    return Affine(
      rows: rows.map { row in
        let shift = (row[0] + row[1] + row[2]) * (factor - 1) / 2
        return SIMD4(row[0] * factor, row[1] * factor, row[2] * factor, row[3] + shift)
      })
  }
}

/// The steps that turn raw data into what a forecaster reads, in this order: threshold, inversion, pooling.
public struct SeriesConversion: Sendable, Equatable, Codable {
  /// Values strictly above become 1, the rest 0; nil leaves values as they are.
  public var threshold: Float?
  /// Whether values become 1 minus themselves, so that cavities of a solid are what is forecast.
  public var invert: Bool
  /// Side of the blocks over which the maximum is taken in every frame.
  public var pool: Int

  /// A conversion; without arguments it changes nothing.
  public init(threshold: Float? = nil, invert: Bool = false, pool: Int = 1) {
    (self.threshold, self.invert, self.pool) = (threshold, invert, pool)
  }

  /// The converted series; throws if a step is impossible for it.
  public func callAsFunction(_ series: Series) throws -> Series {
    var result = series
    if let threshold { result = try result.thresholded(above: threshold) }
    if invert { result = try result.inverted() }
    return try result.maxPooled(by: pool)
  }
}
