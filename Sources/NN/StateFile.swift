import Foundation
import Torch

/// Named tensors and free text in one file: the safetensors format, read and written.
///
/// Files come from anywhere, so reading trusts nothing: sizes are checked against the real length of the file before
/// anything is allocated, and every byte range against its shape. Writing goes to a temporary name in the same folder,
/// is synced and then renamed, so that the final name never holds half a file.
///
/// *Reference*: huggingface/safetensors, "Format". Differs: element types that tensors here cannot hold are refused.
public struct StateFile: Sendable {
  /// The tensors by key, on the CPU after reading.
  public var tensors: [String: Tensor]
  /// Free text by key.
  public var metadata: [String: String]

  /// A file's content, not yet written.
  public init(tensors: [String: Tensor], metadata: [String: String] = [:]) {
    (self.tensors, self.metadata) = (tensors, metadata)
  }

  /// Reads a whole file.
  ///
  /// *Throws*: `StateFileError` if it cannot be opened or is not a well-formed safetensors file.
  public init(reading path: String) throws {
    let reader = try StateFileReader(path: path)
    metadata = reader.header.metadata
    tensors = [:]
    for entry in reader.header.entries { tensors[entry.name] = try reader.tensor(entry) }
  }

  /// Reads only the free text of a file; its tensors are checked for consistency but not loaded.
  ///
  /// *Throws*: `StateFileError` as reading does.
  public static func metadata(of path: String) throws -> [String: String] {
    try StateFileReader(path: path).header.metadata
  }

  /// Writes the content under `path`, replacing what is there in one step.
  ///
  /// *Throws*: `StateFileError` if the disk is full or the folder cannot be written; then nothing is left behind.
  public func write(to path: String) throws {
    let order = try layout(path: path)
    let file = try ReplacementFile(path: path)
    do {
      try file.write(contentsOf: headerBytes(order))
      for entry in order {
        guard let tensor = tensors[entry.name] else { continue }
        try tensor.detached().to(device: .cpu).contiguous().withUnsafeBytes { try file.write($0) }
      }
      try file.commit()
    } catch {
      file.discard()
      throw error
    }
  }

  /// Widest elements first, so that every tensor is aligned; then by key.
  private func layout(path: String) throws -> [StateFileHeader.Entry] {
    var entries: [StateFileHeader.Entry] = []
    for (name, tensor) in tensors {
      guard name != "__metadata__" else {
        throw StateFileError(path: path, problem: "a tensor cannot be called __metadata__")
      }
      entries.append(.init(name: name, element: StateFileElement(tensor.dtype), shape: tensor.shape, bytes: 0..<0))
    }
    entries.sort { ($1.element.byteCount, $0.name) < ($0.element.byteCount, $1.name) }
    var end = 0
    for index in entries.indices {
      let begin = end
      end += entries[index].shape.reduce(entries[index].element.byteCount, *)
      entries[index].bytes = begin..<end
    }
    return entries
  }

  /// Length and text of the header, padded so that the data start at a multiple of eight bytes.
  private func headerBytes(_ entries: [StateFileHeader.Entry]) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
      members.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
    }
    for entry in entries {
      let shape = entry.shape.map(String.init).joined(separator: ",")
      members.append(
        """
        \(quoted(entry.name)):{"dtype":"\(entry.element.rawValue)","shape":[\(shape)],\
        "data_offsets":[\(entry.bytes.lowerBound),\(entry.bytes.upperBound)]}
        """)
    }
    var text = Array("{\(members.joined(separator: ","))}".utf8)
    while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
    return withUnsafeBytes(of: UInt64(text.count).littleEndian, Array.init) + text
  }

  /// A string as JSON text.
  private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension StateFileElement {
  /// The element type of the file for a tensor's.
  init(_ dtype: DType) {
    self =
      switch dtype {
      case .float64: .float64
      case .int64: .int64
      case .float32: .float32
      case .int32: .int32
      case .float16: .float16
      case .bfloat16: .bfloat16
      case .uint8: .uint8
      case .bool: .bool
      }
  }

  /// The element type of a tensor read from the file.
  var dtype: DType {
    switch self {
    case .float64: .float64
    case .int64: .int64
    case .float32: .float32
    case .int32: .int32
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .uint8: .uint8
    case .bool: .bool
    }
  }
}
