/// The header of a safetensors file: which tensors lie where.
///
/// Everything in it comes from outside, so parsing checks all that later code relies on: known element types, shapes
/// whose product does not overflow, byte ranges that fit their shapes and tile the data without gap or overlap.
struct StateFileHeader: Equatable {
  /// One tensor of the file.
  struct Entry: Equatable {
    /// The key.
    var name: String
    /// Element type.
    var element: StateFileElement
    /// Extents.
    var shape: [Int]
    /// Bytes, counted from the end of the header.
    var bytes: Range<Int>
  }

  /// A header may not be longer than this, whatever the size of the file (the limit of the format's own library).
  static let lengthLimit = 100_000_000
  /// Tensors may not have more axes than this.
  static let rankLimit = 32

  /// In the order of their bytes.
  var entries: [Entry]
  /// Free text that came along.
  var metadata: [String: String]

  /// Parses the header of a file that holds `dataCount` bytes after it.
  init(parsing text: UnsafeRawBufferPointer, dataCount: Int) throws(StateFileProblem) {
    guard text.first == UInt8(ascii: "{") else { throw StateFileProblem("the header is not a JSON object") }
    var parser = StateFileHeaderParser(text)
    var raw: [StateFileHeaderParser.RawEntry] = []
    (raw, metadata) = try parser.header()
    entries = []
    entries.reserveCapacity(raw.count)
    for entry in raw { entries.append(try Self.check(entry, dataCount: dataCount)) }
    entries.sort {
      ($0.bytes.lowerBound, $0.bytes.upperBound, $0.name) < ($1.bytes.lowerBound, $1.bytes.upperBound, $1.name)
    }
    try checkTiling(dataCount: dataCount)
  }

  private static func check(_ raw: StateFileHeaderParser.RawEntry, dataCount: Int) throws(StateFileProblem) -> Entry {
    guard let element = StateFileElement(rawValue: raw.element) else {
      let known = StateFileElement.allCases.map(\.rawValue).joined(separator: ", ")
      throw StateFileProblem("tensor \"\(raw.name)\" has element type \"\(raw.element)\"; known are \(known)")
    }
    guard raw.shape.count <= rankLimit else {
      throw StateFileProblem("tensor \"\(raw.name)\" has \(raw.shape.count) axes; at most \(rankLimit) are read")
    }
    // An empty tensor may still have other extents that overflow once multiplied, so zeros do not end the check early.
    var count = element.byteCount
    for extent in raw.shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw StateFileProblem("tensor \"\(raw.name)\": shape \(raw.shape) overflows") }
      count = product
    }
    guard raw.begin <= raw.end, raw.end <= dataCount else {
      throw StateFileProblem(
        """
        tensor "\(raw.name)" lies at bytes \(raw.begin) to \(raw.end), \
        but the file holds \(dataCount) bytes of data; is it cut short?
        """
      )
    }
    guard raw.end - raw.begin == count else {
      throw StateFileProblem(
        "tensor \"\(raw.name)\" takes \(raw.end - raw.begin) bytes, but \(raw.element) \(raw.shape) needs \(count)")
    }
    return Entry(name: raw.name, element: element, shape: raw.shape, bytes: raw.begin..<raw.end)
  }

  /// The format demands that tensors cover the data without holes; this also finds every overlap.
  private func checkTiling(dataCount: Int) throws(StateFileProblem) {
    var end = 0
    for entry in entries {
      guard entry.bytes.lowerBound == end else {
        let what = entry.bytes.lowerBound < end ? "overlaps the tensor before it" : "leaves a hole before it"
        throw StateFileProblem("tensor \"\(entry.name)\" \(what)")
      }
      end = entry.bytes.upperBound
    }
    guard end == dataCount else {
      throw StateFileProblem("\(dataCount - end) bytes after the last tensor belong to nothing")
    }
  }
}

/// What is wrong with a state file, before it is known which file it is.
struct StateFileProblem: Error, Equatable {
  let text: String

  init(_ text: String) { self.text = text }
}

/// The element types of the format that a tensor can hold.
enum StateFileElement: String, CaseIterable {
  case float64 = "F64"
  case int64 = "I64"
  case float32 = "F32"
  case int32 = "I32"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case uint8 = "U8"
  case bool = "BOOL"

  /// Bytes of one element.
  var byteCount: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .float16, .bfloat16: 2
    case .uint8, .bool: 1
    }
  }
}
