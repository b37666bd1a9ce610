/// Reads words and numbers of a text file, line by line, and says where it is.
struct TextScanner {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let file: String
  private(set) var position = 0
  /// Number of the current line, from 1.
  private(set) var line = 1
  /// Where a comment begins, if the format has comments.
  private let comment: UInt8?
  /// What ends a line: a line feed (a return before it is a space), or a return in files of old that have no feeds.
  private let newline: UInt8

  init(_ bytes: UnsafeRawBufferPointer, file: String, comment: Character? = "#") {
    let bytes = bytes.bindMemory(to: UInt8.self)
    let end = bytes.firstIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
    let isFeed = end.map { bytes[$0] == UInt8(ascii: "\n") || bytes[$0...].dropFirst().first == 0x0A } ?? true
    newline = isFeed ? UInt8(ascii: "\n") : UInt8(ascii: "\r")
    (self.bytes, self.file, self.comment) = (bytes, file, comment?.asciiValue)
    // The mark by which some editors say that a text is UTF-8.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  var isAtEnd: Bool { position >= bytes.count }
  var remaining: Int { bytes.count - position }

  func error(_ reason: String) -> MeshFileError { MeshFileError(file, "line \(line)", reason) }

  /// The next word of the current line, or nil at its end.
  mutating func word() -> Substring? {
    guard let range = wordRange() else { return nil }
    return Substring(decoding: bytes[range], as: UTF8.self)
  }

  private mutating func wordRange() -> Range<Int>? {
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\\"), isLineEnd(position + 1) {
        // A backslash at the end continues the line.
        position += bytes[position + 1] == UInt8(ascii: "\r") && isNewline(position + 2) ? 3 : 2
        line += 1
      } else if byte != newline, byte == 0x20 || (0x09...0x0D).contains(byte) {
        position += 1
      } else {
        break
      }
    }
    guard position < bytes.count, bytes[position] != newline, bytes[position] != comment else { return nil }
    let start = position
    while position < bytes.count, bytes[position] > 0x20 { position += 1 }
    // Control characters would never be passed otherwise.
    if position == start { position += 1 }
    return start..<position
  }

  private func isLineEnd(_ index: Int) -> Bool {
    index < bytes.count && (bytes[index] == UInt8(ascii: "\n") || bytes[index] == UInt8(ascii: "\r"))
  }

  private func isNewline(_ index: Int) -> Bool { index < bytes.count && bytes[index] == UInt8(ascii: "\n") }

  /// Leaves the rest of the line; false at the end of the file.
  @discardableResult
  mutating func nextLine() -> Bool {
    while position < bytes.count, bytes[position] != newline { position += 1 }
    guard position < bytes.count else { return false }
    position += 1
    line += 1
    return true
  }

  /// All words left in the current line, with single spaces between them.
  mutating func restOfLine() -> String {
    var words: [Substring] = []
    while let word = word() { words.append(word) }
    return words.joined(separator: " ")
  }

  /// The next word in this or a later line, or nil at the end of the file.
  mutating func wordAnywhere() -> Substring? {
    while true {
      if let word = word() { return word }
      if !nextLine() { return nil }
    }
  }

  /// Goes to the next line that has a word, unless the current one still has; false at the end of the file.
  mutating func skipEmptyLines() -> Bool {
    while true {
      let (before, lineBefore) = (position, line)
      if wordRange() != nil {
        (position, line) = (before, lineBefore)
        return true
      }
      if !nextLine() { return false }
    }
  }

  /// A finite number from the current line.
  mutating func float(_ what: String) throws -> Float {
    guard let range = wordRange() else { throw error("\(what) is missing") }
    if let value = Self.decimal(bytes[range]) { return value }
    let text = Substring(decoding: bytes[range], as: UTF8.self)
    guard let value = Float(text) else { throw error("\(what) \"\(text.prefix(30))\" is not a number") }
    guard value.isFinite else { throw error("\(what) \(text.prefix(30)) is not finite") }
    return value
  }

  /// Three finite numbers from the current line.
  mutating func vector(_ what: String) throws -> SIMD3<Float> {
    let x = try float(what)
    let y = try float(what)
    return SIMD3(x, y, try float(what))
  }

  /// A whole number from the current line.
  mutating func integer(_ what: String) throws -> Int {
    guard let range = wordRange() else { throw error("\(what) is missing") }
    let text = Substring(decoding: bytes[range], as: UTF8.self)
    guard let value = Int(text) else { throw error("\(what) \"\(text.prefix(30))\" is not a whole number") }
    return value
  }

  /// Numbers of up to 15 digits without anything special, exactly: both factors are exact in double precision.
  private static func decimal(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Float? {
    var (mantissa, digits, scale) = (UInt64(0), 0, 0)
    var (isNegative, seenPoint) = (false, false)
    for (index, byte) in text.enumerated() {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        mantissa = mantissa * 10 + UInt64(byte - UInt8(ascii: "0"))
        digits += 1
        if seenPoint { scale += 1 }
        if digits > 15 { return nil }
      case UInt8(ascii: ".") where !seenPoint: seenPoint = true
      case UInt8(ascii: "-") where index == 0: isNegative = true
      default: return nil
      }
    }
    guard digits > 0 else { return nil }
    let value = Double(mantissa) / powersOfTen[scale]
    return Float(isNegative ? -value : value)
  }

  private static let powersOfTen: [Double] = (0...15).reduce(into: []) { list, _ in list.append((list.last ?? 0.1) * 10)
  }
}
