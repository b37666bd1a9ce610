/// A function or initializer that has a body.
struct FunctionDeclaration: Sendable, CustomStringConvertible {
  let file: String
  let name: String
  /// Line of `func` or `init`, counted from 1.
  let line: Int
  /// Lines from there to the closing brace.
  let lineCount: Int
  /// What stands on the lines before the declaration, back to the end of the previous one: attributes and modifiers.
  let prefix: String
  let body: String

  var description: String { "\(file):\(line) \(name): \(lineCount) lines" }
}

extension SourceFile {
  /// All functions and initializers with a body, nested ones too.
  var functions: [FunctionDeclaration] {
    let words = identifiers()
    return words.indices.compactMap { index -> FunctionDeclaration? in
      let word = words[index]
      let start = word.range.lowerBound
      let isFunction = word.text == "func" && index + 1 < words.count
      let isInitializer =
        word.text == "init" && !isPreceded(start, by: 46) && index > 0 && opensList(word.range.upperBound)
      guard isFunction || isInitializer, let body = body(after: word.range.upperBound) else { return nil }
      return FunctionDeclaration(
        file: path, name: isFunction ? words[index + 1].text : "init", line: lineNumber(start),
        lineCount: lineNumber(body.upperBound - 1) - lineNumber(start) + 1, prefix: prefix(before: start),
        body: String(decoding: code[body], as: UTF8.self))
    }
  }

  private func identifiers() -> [(text: String, range: Range<Int>)] {
    var words: [(String, Range<Int>)] = []
    var at = 0
    while at < code.count {
      var end = at
      while end < code.count, Self.isLetter(code[end]) { end += 1 }
      if end > at { words.append((String(decoding: code[at..<end], as: UTF8.self), at..<end)) }
      at = max(end, at + 1)
    }
    return words
  }

  static func isLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 95, 97...122, 128...: true
    default: false
    }
  }

  private func isPreceded(_ start: Int, by byte: UInt8) -> Bool { start > 0 && code[start - 1] == byte }

  /// `init` is followed by its parameters or by `?`, `!` or generic parameters.
  private func opensList(_ at: Int) -> Bool { at < code.count && [40, 60, 63, 33].contains(code[at]) }

  /// Braces and what is between them; nil for a requirement of a protocol.
  private func body(after start: Int) -> Range<Int>? {
    guard let list = code[start...].firstIndex(of: 40), var at = matching(list) else { return nil }
    while at < code.count, code[at] != 123 {
      guard code[at] != 125, !(code[at] == 10 && startsDeclaration(at + 1)) else { return nil }
      at = code[at] == 40 ? matching(at) ?? code.count : at + 1
    }
    return at < code.count ? matching(at).map { at..<$0 } : nil
  }

  /// One past the bracket that closes the one at `open`.
  private func matching(_ open: Int) -> Int? {
    var depth = 0
    for at in open..<code.count {
      switch code[at] {
      case 40, 91, 123: depth += 1
      case 41, 93, 125:
        depth -= 1
        if depth == 0 { return at + 1 }
      default: break
      }
    }
    return nil
  }

  private func startsDeclaration(_ start: Int) -> Bool {
    let line = code[start...].prefix { $0 != 10 }.drop { $0 == 32 }
    if line.first == 64 || line.first == 125 { return true }
    let words: Set = [
      "func", "init", "var", "let", "static", "mutating", "associatedtype", "subscript", "public", "package", "private",
      "borrowing", "consuming", "nonisolated", "deinit", "typealias",
    ]
    return words.contains(String(decoding: line.prefix { Self.isLetter($0) }, as: UTF8.self))
  }

  private func lineNumber(_ position: Int) -> Int { code[..<position].reduce(1) { $0 + ($1 == 10 ? 1 : 0) } }

  private func prefix(before start: Int) -> String {
    let from = code[..<start].lastIndex { $0 == 125 || $0 == 123 }.map { $0 + 1 } ?? 0
    return String(decoding: code[from..<start], as: UTF8.self)
  }
}
