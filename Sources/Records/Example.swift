import Foundation
import SwiftProtobuf

/// A `tf.train.Example`: named features, each a list of byte strings, integers or floats.
public struct Example: Sendable, Equatable {
  /// The values of one feature.
  public enum Feature: Sendable, Equatable {
    /// Byte strings, usually one.
    case bytes([Data])
    /// 64-bit integers.
    case int64([Int64])
    /// Single-precision numbers.
    case float([Float])
  }

  /// The features by name.
  public var features: [String: Feature]

  /// An example of the given features.
  public init(features: [String: Feature] = [:]) {
    self.features = features
  }

  /// Reads an example from the payload of a record.
  ///
  /// *Throws*: `RecordError` if the bytes are no such message.
  public init(parsing payload: UnsafeRawBufferPointer, file: String, offset: Int? = nil) throws {
    let message: Tensorflow_Example
    do {
      message = try Self.parsed(payload)
    } catch {
      throw RecordError(
        .malformed, file: file, offset: offset, message: "a record holds no tf.train.Example (\(error))")
    }
    features = message.features.feature.compactMapValues { feature in
      switch feature.kind {
      case .bytesList(let list): .bytes(list.value)
      case .int64List(let list): .int64(list.value)
      case .floatList(let list): .float(list.value)
      case nil: nil
      }
    }
  }

  /// The message of the bytes, without a copy of the whole of them.
  private static func parsed(_ payload: UnsafeRawBufferPointer) throws -> Tensorflow_Example {
    guard let start = payload.baseAddress, payload.count > 0 else { return Tensorflow_Example() }
    let bytes = Data(
      bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: payload.count, deallocator: .none)
    return try Tensorflow_Example(serializedBytes: bytes)
  }

  /// The payload of a record; equal examples give equal bytes.
  public func serialized() throws -> [UInt8] {
    var message = Tensorflow_Example()
    message.features.feature = features.mapValues { feature in
      var encoded = Tensorflow_Feature()
      switch feature {
      case .bytes(let values): encoded.bytesList.value = values
      case .int64(let values): encoded.int64List.value = values
      case .float(let values): encoded.floatList.value = values
      }
      return encoded
    }
    var options = BinaryEncodingOptions()
    options.useDeterministicOrdering = true
    return try message.serializedBytes(options: options)
  }
}
