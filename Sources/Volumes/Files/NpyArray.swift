/// An array as numpy stores it.
///
/// *Shapes*: `data` are in row-major (C) order and in the byte order of this machine, whatever the file had.
public struct NpyArray: Sendable, Equatable {
  /// The type of one value.
  public enum ScalarType: String, Sendable, Equatable, CaseIterable {
    /// One byte, 0 or 1.
    case bool = "b1"
    /// Unsigned integers.
    case uint8 = "u1"
    /// Unsigned integers.
    case uint16 = "u2"
    /// Unsigned integers.
    case uint32 = "u4"
    /// Unsigned integers.
    case uint64 = "u8"
    /// Signed integers.
    case int8 = "i1"
    /// Signed integers.
    case int16 = "i2"
    /// Signed integers.
    case int32 = "i4"
    /// Signed integers.
    case int64 = "i8"
    /// Floating-point numbers.
    case float16 = "f2"
    /// Floating-point numbers.
    case float32 = "f4"
    /// Floating-point numbers.
    case float64 = "f8"

    /// Bytes of one value.
    public var size: Int { Int(rawValue.utf8.last!) - 48 }
  }

  /// Extents; empty for a single number.
  public var shape: [Int]
  /// The type of the values.
  public var scalarType: ScalarType
  /// The values, row-major, in this machine's byte order.
  public var data: [UInt8]

  /// An array of raw bytes; traps if their number does not fit.
  public init(shape: [Int], scalarType: ScalarType, data: [UInt8]) {
    precondition(data.count == shape.reduce(scalarType.size, *), "\(data.count) bytes for shape \(shape)")
    (self.shape, self.scalarType, self.data) = (shape, scalarType, data)
  }

  /// An array of bytes.
  public init(shape: [Int], _ values: [UInt8]) {
    self.init(shape: shape, scalarType: .uint8, data: values)
  }

  /// An array of single-precision numbers.
  public init(shape: [Int], _ values: [Float]) {
    self.init(shape: shape, scalarType: .float32, data: values.withUnsafeBytes(Array.init))
  }

  /// An array of double-precision numbers.
  public init(shape: [Int], _ values: [Double]) {
    self.init(shape: shape, scalarType: .float64, data: values.withUnsafeBytes(Array.init))
  }

  /// An array of 64-bit integers.
  public init(shape: [Int], _ values: [Int64]) {
    self.init(shape: shape, scalarType: .int64, data: values.withUnsafeBytes(Array.init))
  }

  /// Number of values.
  public var count: Int { shape.reduce(1, *) }

  /// The values as single-precision numbers, rounded where they do not fit.
  public func floats() -> [Float] {
    switch scalarType {
    case .bool, .uint8: values(of: UInt8.self) { Float($0) }
    case .uint16: values(of: UInt16.self) { Float($0) }
    case .uint32: values(of: UInt32.self) { Float($0) }
    case .uint64: values(of: UInt64.self) { Float($0) }
    case .int8: values(of: Int8.self) { Float($0) }
    case .int16: values(of: Int16.self) { Float($0) }
    case .int32: values(of: Int32.self) { Float($0) }
    case .int64: values(of: Int64.self) { Float($0) }
    case .float16: values(of: UInt16.self, HalfPrecision.float)
    case .float32: values(of: Float.self) { $0 }
    case .float64: values(of: Double.self) { Float($0) }
    }
  }

  /// The values as double-precision numbers; only integers beyond 2^53 are rounded.
  public func doubles() -> [Double] {
    switch scalarType {
    case .uint64: values(of: UInt64.self) { Double($0) }
    case .int64: values(of: Int64.self) { Double($0) }
    case .uint32: values(of: UInt32.self) { Double($0) }
    case .int32: values(of: Int32.self) { Double($0) }
    case .float64: values(of: Double.self) { $0 }
    default: floats().map(Double.init)
    }
  }

  /// The values as integers, nil if one of them is none or does not fit.
  public func int64s() -> [Int64]? {
    switch scalarType {
    case .int64: return values(of: Int64.self) { $0 }
    case .uint64: return exact(values(of: UInt64.self) { $0 }) { Int64(exactly: $0) }
    default: return exact(doubles()) { Int64(exactly: $0) }
    }
  }

  /// The values as bytes, nil if one of them is no integer from 0 to 255.
  public func bytes() -> [UInt8]? {
    switch scalarType {
    case .bool, .uint8: return data
    case .int64: return exact(values(of: Int64.self) { $0 }) { UInt8(exactly: $0) }
    case .uint64: return exact(values(of: UInt64.self) { $0 }) { UInt8(exactly: $0) }
    default: return exact(doubles()) { UInt8(exactly: $0) }
    }
  }

  private func exact<From, To>(_ values: [From], _ convert: (From) -> To?) -> [To]? {
    var result: [To] = []
    result.reserveCapacity(values.count)
    for value in values {
      guard let converted = convert(value) else { return nil }
      result.append(converted)
    }
    return result
  }

  private func values<Stored: BitwiseCopyable, Value>(of type: Stored.Type, _ convert: (Stored) -> Value) -> [Value] {
    data.withUnsafeBytes { bytes in
      [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
        for index in 0..<count {
          let stored = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Stored>.size, as: Stored.self)
          buffer.initializeElement(at: index, to: convert(stored))
        }
        initialized = count
      }
    }
  }
}

/// IEEE 754 half precision by its bits; Swift's own type is not on every platform.
enum HalfPrecision {
  static func float(_ bits: UInt16) -> Float {
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10) & 31
    let fraction = Float(bits & 0x3ff)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default: return sign * (1 + fraction * 0x1p-10) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
    }
  }
}
