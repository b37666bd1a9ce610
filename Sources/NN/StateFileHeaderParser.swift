/// A strict reader of the JSON that a safetensors header may contain, and of no other JSON.
///
/// Objects are two levels deep by construction, so hostile nesting cannot exhaust the stack; memory is bounded by the
/// length of the text. Duplicate keys, unknown fields, NaN, fractions, signs, control characters and broken UTF-8 are
/// errors.
struct StateFileHeaderParser {
  /// A tensor as the text gives it, unchecked.
  struct RawEntry {
    var name = ""
    var element = ""
    var shape: [Int] = []
    var begin = 0
    var end = 0
  }

  private let text: UnsafeRawBufferPointer
  private var position = 0

  init(_ text: UnsafeRawBufferPointer) { self.text = text }

  /// The whole header; only white space may follow.
  mutating func header() throws(StateFileProblem) -> ([RawEntry], [String: String]) {
    var entries: [RawEntry] = []
    var names: Set<String> = []
    var metadata: [String: String] = [:]
    try object { (parser, name) throws(StateFileProblem) in
      guard names.insert(name).inserted else { throw StateFileProblem("the header names \"\(name)\" twice") }
      if name == "__metadata__" {
        metadata = try parser.metadata()
      } else {
        entries.append(try parser.entry(name))
      }
    }
    skipSpace()
    guard position == text.count else { throw failure("text after the end of the header") }
    return (entries, metadata)
  }

  private mutating func metadata() throws(StateFileProblem) -> [String: String] {
    var result: [String: String] = [:]
    try object { (parser, key) throws(StateFileProblem) in
      let value = try parser.string()
      guard result.updateValue(value, forKey: key) == nil else {
        throw StateFileProblem("the metadata name \"\(key)\" twice")
      }
    }
    return result
  }

  private mutating func entry(_ name: String) throws(StateFileProblem) -> RawEntry {
    var entry = RawEntry(name: name)
    var fields: Set<String> = []
    try object { (parser, field) throws(StateFileProblem) in
      guard fields.insert(field).inserted else {
        throw StateFileProblem("tensor \"\(name)\" has the field \"\(field)\" twice")
      }
      switch field {
      case "dtype": entry.element = try parser.string()
      case "shape": entry.shape = try parser.integers()
      case "data_offsets":
        let offsets = try parser.integers()
        guard offsets.count == 2 else { throw StateFileProblem("tensor \"\(name)\" needs two data offsets") }
        (entry.begin, entry.end) = (offsets[0], offsets[1])
      default: throw StateFileProblem("tensor \"\(name)\" has the unknown field \"\(field)\"")
      }
    }
    guard fields.count == 3 else {
      throw StateFileProblem("tensor \"\(name)\" lacks dtype, shape or data_offsets")
    }
    return entry
  }

  /// Reads `{ "key": ..., ... }` and hands each key over with the parser at its value.
  private mutating func object(
    _ member: (inout StateFileHeaderParser, String) throws(StateFileProblem) -> Void
  ) throws(StateFileProblem) {
    try expect("{")
    if accept("}") { return }
    repeat {
      let key = try string()
      try expect(":")
      try member(&self, key)
    } while accept(",")
    try expect("}")
  }

  private mutating func integers() throws(StateFileProblem) -> [Int] {
    var result: [Int] = []
    try expect("[")
    if accept("]") { return result }
    repeat { result.append(try integer()) } while accept(",")
    try expect("]")
    return result
  }

  private mutating func integer() throws(StateFileProblem) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while let digit = peek(), digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") {
      let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = shifted.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
      guard !overflow, !carry else { throw failure("a number too large") }
      value = sum
      position += 1
    }
    guard position > start else { throw failure("something else where a number that is not negative belongs") }
    guard position == start + 1 || text[start] != UInt8(ascii: "0") else {
      throw failure("a number with a leading zero")
    }
    return value
  }

  private mutating func string() throws(StateFileProblem) -> String {
    try expect("\"")
    var bytes: [UInt8] = []
    while let byte = peek() {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let result = String(validating: bytes, as: UTF8.self) else { throw failure("text that is not UTF-8") }
        return result
      case UInt8(ascii: "\\"): bytes.append(contentsOf: try escape().utf8)
      case 0..<0x20: throw failure("a control character in a name")
      default: bytes.append(byte)
      }
    }
    throw failure("a name without end")
  }

  private mutating func escape() throws(StateFileProblem) -> String {
    guard let byte = peek() else { throw failure("a name without end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var units = [try codeUnit()]
      if UTF16.isLeadSurrogate(units[0]), peek() == UInt8(ascii: "\\") {
        position += 1
        guard peek() == UInt8(ascii: "u") else { throw failure("half a surrogate pair") }
        position += 1
        units.append(try codeUnit())
      }
      guard let result = String(validating: units, as: UTF16.self) else { throw failure("half a surrogate pair") }
      return result
    default: throw failure("an unknown escape")
    }
  }

  private mutating func codeUnit() throws(StateFileProblem) -> UInt16 {
    guard position + 4 <= text.count else { throw failure("a name without end") }
    var unit: UInt16 = 0
    for byte in text[position..<position + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw failure("a broken \\u escape") }
      unit = unit << 4 | UInt16(digit)
    }
    position += 4
    return unit
  }

  private func peek() -> UInt8? { position < text.count ? text[position] : nil }

  private mutating func skipSpace() {
    while let byte = peek(), byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek() == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(StateFileProblem) {
    guard accept(character) else { throw failure("something else where '\(character)' belongs") }
  }

  private func failure(_ what: String) -> StateFileProblem {
    StateFileProblem("the header has \(what) at byte \(position)")
  }
}
