/// The header of an npy file: a line of text that looks like a Python dictionary.
struct NpyHeader: Equatable {
  var shape: [Int]
  var scalarType: NpyArray.ScalarType
  var isBigEndian: Bool
  var isFortranOrder: Bool

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  private static let largestText = 1 << 16

  /// Reads magic, version and text, and verifies that what follows is exactly the array that they describe.
  init(from source: any ByteSource, limit: Int) throws {
    try self.init(Self.fields(from: source), path: source.path)
    try checkSize(remaining: source.remaining, limit: limit, path: source.path)
  }

  /// Reads magic, version and text.
  static func fields(from source: any ByteSource) throws -> [String: PythonDictionary.Value] {
    let path = source.path
    let start = try source.read(min(8, source.remaining))
    guard start.starts(with: Self.magic) else {
      throw VolumeError(.corrupt, path, "is no npy array: its first bytes are wrong")
    }
    guard start.count == 8 else { throw VolumeError(.corrupt, path, "the npy header is cut off") }
    guard (1...3).contains(start[6]), start[7] == 0 else {
      throw VolumeError(
        .unsupported, path, "npy version \(start[6]).\(start[7]) is unknown; save it again with numpy.save")
    }
    let length = try source.read(start[6] == 1 ? 2 : 4).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.largestText else { throw VolumeError(.corrupt, path, "the npy header claims \(length) bytes") }
    let text = String(decoding: try source.read(length), as: UTF8.self)
    var parser = PythonDictionary(text)
    guard let fields = parser.fields() else { throw VolumeError(.corrupt, path, "the npy header cannot be understood") }
    return fields
  }

  private init(_ fields: [String: PythonDictionary.Value], path: String) throws {
    guard case .integers(let shape)? = fields["shape"], case .boolean(let isFortranOrder)? = fields["fortran_order"],
      let descriptor = fields["descr"], shape.count <= 32
    else { throw VolumeError(.corrupt, path, "the npy header lacks shape, fortran_order or descr") }
    guard case .string(let type) = descriptor, let order = type.first, "<>|=".contains(order),
      let scalarType = NpyArray.ScalarType(rawValue: String(type.dropFirst()))
    else {
      throw VolumeError(
        .unsupported, path, "the element type is not read; save it as uint8 or float32 (array.astype)")
    }
    (self.shape, self.scalarType, self.isFortranOrder) = (shape, scalarType, isFortranOrder)
    isBigEndian = order == ">"
  }

  private func checkSize(remaining: Int, limit: Int, path: String) throws {
    var size = scalarType.size
    for extent in shape where extent != 0 {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw VolumeError(.corrupt, path, "the npy header claims an impossible shape \(shape)") }
      size = product
    }
    if shape.contains(0) { size = 0 }
    guard size == remaining else {
      throw VolumeError(
        .corrupt, path, "the npy header claims \(size) bytes for shape \(shape), the file holds \(remaining)")
    }
    guard size <= limit else { throw VolumeError(.tooLarge, path, "\(size) bytes are more than the limit of \(limit)") }
  }

  /// Magic, version 1.0 and text of a little-endian array in C order; padded so that the values are aligned to 64 bytes.
  static func bytes(for array: NpyArray) -> [UInt8] { bytes(shape: array.shape, scalarType: array.scalarType) }

  /// The same for an array that is written piece by piece.
  static func bytes(shape: [Int], scalarType: NpyArray.ScalarType) -> [UInt8] {
    bytes(shape: shape, type: (scalarType.size == 1 ? "|" : "<") + scalarType.rawValue)
  }

  /// The same for any type by numpy's name of it.
  static func bytes(shape: [Int], type: String) -> [UInt8] {
    let tuple = shape.count == 1 ? "(\(shape[0]),)" : "(\(shape.map(String.init).joined(separator: ", ")))"
    var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(tuple), }"
    let padding = 63 - (10 + text.utf8.count) % 64
    text += String(repeating: " ", count: padding) + "\n"
    let length = UInt16(text.utf8.count)
    return magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(text.utf8)
  }
}

/// Just enough of Python's literals for npy headers: a flat dictionary of strings, booleans and tuples of integers.
struct PythonDictionary {
  enum Value: Equatable {
    case string(String)
    case boolean(Bool)
    case integers([Int])
    /// A list, as record types have it; its content does not matter here.
    case other
  }

  private var rest: Substring

  init(_ text: String) { rest = Substring(text) }

  /// All fields, nil if the text is anything else.
  mutating func fields() -> [String: Value]? {
    var fields: [String: Value] = [:]
    guard take("{") else { return nil }
    while !take("}") {
      guard let key = string(), take(":"), let value = value() else { return nil }
      fields[key] = value
      if !take(",") {
        guard take("}") else { return nil }
        break
      }
    }
    return rest.allSatisfy(\.isWhitespace) ? fields : nil
  }

  private mutating func take(_ symbol: Character) -> Bool {
    rest = rest.drop(while: \.isWhitespace)
    guard rest.first == symbol else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func string() -> String? {
    guard let quote: Character = take("'") ? "'" : take("\"") ? "\"" : nil else { return nil }
    guard let end = rest.firstIndex(of: quote) else { return nil }
    defer { rest = rest[rest.index(after: end)...] }
    return String(rest[..<end])
  }

  private mutating func value() -> Value? {
    if let text = string() { return .string(text) }
    if take("(") { return tuple() }
    for (word, value) in [("True", true), ("False", false)] where rest.hasPrefix(word) {
      rest.removeFirst(word.count)
      return .boolean(value)
    }
    guard take("["), let end = rest.lastIndex(of: "]") else { return nil }
    rest = rest[rest.index(after: end)...]
    return .other
  }

  private mutating func tuple() -> Value? {
    var numbers: [Int] = []
    while !take(")") {
      rest = rest.drop(while: \.isWhitespace)
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard let number = Int(digits) else { return nil }
      numbers.append(number)
      rest = rest[digits.endIndex...]
      // Python 2 wrote long integers with a trailing L.
      _ = take("L")
      if !take(",") {
        guard take(")") else { return nil }
        break
      }
    }
    return .integers(numbers)
  }
}
