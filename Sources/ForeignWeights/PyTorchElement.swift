import Foundation

/// What a storage of PyTorch holds; the raw value is the storage's class without "Storage".
public enum PyTorchElement: String, Sendable, CaseIterable {
  case float64 = "Double"
  case float32 = "Float"
  case float16 = "Half"
  case bfloat16 = "BFloat16"
  case int64 = "Long"
  case int32 = "Int"
  case int16 = "Short"
  case int8 = "Char"
  case uint8 = "Byte"
  case bool = "Bool"

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .float16, .bfloat16, .int16: 2
    case .int8, .uint8, .bool: 1
    }
  }

  /// Whether values have fractions.
  public var isFloatingPoint: Bool {
    switch self {
    case .float64, .float32, .float16, .bfloat16: true
    default: false
    }
  }

  /// The element of this number as a float.
  func float(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Float {
    let at = index * byteCount
    switch self {
    case .float32: return Float(bitPattern: bits(bytes, at))
    case .float64: return Float(Double(bitPattern: bits(bytes, at)))
    case .float16: return Float(Float16(bitPattern: bits(bytes, at)))
    case .bfloat16: return Float(bitPattern: UInt32(bits(bytes, at) as UInt16) << 16)
    default: return Float(integer(bytes, index))
    }
  }

  /// The element of this number as an integer; of elements with fractions nothing can be asked here.
  func integer(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Int64 {
    let at = index * byteCount
    switch self {
    case .int64: return bits(bytes, at)
    case .int32: return Int64(bits(bytes, at) as Int32)
    case .int16: return Int64(bits(bytes, at) as Int16)
    case .int8: return Int64(Int8(bitPattern: bytes[at]))
    case .uint8: return Int64(bytes[at])
    case .bool: return bytes[at] == 0 ? 0 : 1
    default: preconditionFailure("\(self) elements are not integers")
    }
  }

  private func bits<Number: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> Number {
    Number(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: Number.self))
  }
}
