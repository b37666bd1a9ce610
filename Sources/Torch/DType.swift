/// The type of a tensor's elements. Raw values are stable: they are written to files.
public enum DType: String, Sendable, CaseIterable, Codable {
  case float32, float64, bfloat16, float16, int64, int32, uint8, bool

  /// Bytes that one element takes.
  public var size: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .bfloat16, .float16: 2
    case .uint8, .bool: 1
    }
  }

  /// Whether elements are real numbers, which alone can be differentiated.
  public var isFloatingPoint: Bool {
    switch self {
    case .float32, .float64, .bfloat16, .float16: true
    case .int64, .int32, .uint8, .bool: false
    }
  }

  /// The number by which the shim knows the type: its place in the declaration.
  var code: Int32 {
    switch self {
    case .float32: 0
    case .float64: 1
    case .bfloat16: 2
    case .float16: 3
    case .int64: 4
    case .int32: 5
    case .uint8: 6
    case .bool: 7
    }
  }

  init?(code: Int32) {
    guard let match = DType.allCases.first(where: { $0.code == code }) else { return nil }
    self = match
  }
}

/// A Swift type whose arrays become tensors and back by copying bytes.
public protocol TensorScalar: BitwiseCopyable, Sendable {
  /// The type of the tensor's elements that has the same bytes.
  static var dtype: DType { get }
  /// What new arrays are filled with before elements are copied in.
  static var zero: Self { get }
}

extension Float: TensorScalar {
  /// 32-bit real numbers.
  public static var dtype: DType { .float32 }
}

extension Double: TensorScalar {
  /// 64-bit real numbers.
  public static var dtype: DType { .float64 }
}

extension Int64: TensorScalar {
  /// 64-bit whole numbers.
  public static var dtype: DType { .int64 }
}

extension Int: TensorScalar {
  /// 64-bit whole numbers.
  public static var dtype: DType { .int64 }
}

extension Int32: TensorScalar {
  /// 32-bit whole numbers.
  public static var dtype: DType { .int32 }
}

extension UInt8: TensorScalar {
  /// Bytes.
  public static var dtype: DType { .uint8 }
}

extension Bool: TensorScalar {
  /// Truth values, a byte each.
  public static var dtype: DType { .bool }
  /// False.
  public static var zero: Bool { false }
}
