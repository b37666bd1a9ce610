import Foundation

/// A file of the package and what can be told about it without a compiler.
struct SourceFile: Sendable, CustomStringConvertible {
  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Path from the repository's root.
  let path: String
  let text: String
  /// The text with comments and the contents of string literals blanked; lines stay where they are.
  let code: [UInt8]

  init(path: String, text: String) {
    (self.path, self.text) = (path, text)
    code = SwiftText(text).blanked()
  }

  var description: String { path }
  /// The folder below Sources or Tests.
  var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
  var isGenerated: Bool { path.contains("/Generated/") || path.hasSuffix(".pb.swift") }
  var lineCount: Int { text.utf8.reduce(text.utf8.last == 10 ? 0 : 1) { $0 + ($1 == 10 ? 1 : 0) } }

  /// All files with one of these extensions in a folder of the repository, in the order of their paths.
  static func all(in folder: String, extensions: Set<String> = ["swift"]) throws -> [SourceFile] {
    let root = repository.appending(path: folder)
    let names = try FileManager.default.subpathsOfDirectory(atPath: root.path)
    return try names.filter { extensions.contains(($0 as NSString).pathExtension) }.sorted().map { name in
      SourceFile(path: "\(folder)/\(name)", text: try String(contentsOf: root.appending(path: name), encoding: .utf8))
    }
  }

  /// Names of the modules that the file imports.
  var imports: [String] {
    let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
    return String(decoding: code, as: UTF8.self).split(separator: "\n").compactMap { line in
      var words = line.split { $0 == " " || $0 == "\t" }
      guard let place = words.firstIndex(of: "import"),
        words[..<place].allSatisfy({ $0.hasPrefix("@") || ["public", "package", "internal", "private"].contains($0) })
      else { return nil }
      words.removeFirst(place + 1)
      if let first = words.first, kinds.contains(first) { words.removeFirst() }
      return words.first.flatMap { $0.split(separator: ".").first }.map(String.init)
    }
  }
}

/// Swift source as bytes, with enough of the grammar to tell code from comments and strings.
struct SwiftText {
  private let bytes: [UInt8]

  init(_ text: String) { bytes = Array(text.utf8) }

  /// A copy in which comments and the contents of strings, interpolations included, are spaces.
  func blanked() -> [UInt8] {
    var result = bytes
    var at = 0
    while at < bytes.count {
      let end =
        if starts("//", at) {
          bytes[at...].firstIndex(of: 10) ?? bytes.count
        } else if starts("/*", at) {
          endOfComment(at)
        } else if let string = endOfString(at) {
          string
        } else {
          at
        }
      for index in at..<end where result[index] != 10 { result[index] = 32 }
      at = max(end, at + 1)
    }
    return result
  }

  private func starts(_ text: StaticString, _ at: Int) -> Bool {
    text.withUTF8Buffer { bytes[at...].starts(with: $0) }
  }

  private func endOfComment(_ start: Int) -> Int {
    var (at, depth) = (start, 0)
    while at < bytes.count {
      if starts("/*", at) {
        (at, depth) = (at + 2, depth + 1)
      } else if starts("*/", at) {
        (at, depth) = (at + 2, depth - 1)
      } else {
        at += 1
      }
      if depth == 0 { return at }
    }
    return at
  }

  /// The end of the string literal that starts here; nil if none does.
  private func endOfString(_ start: Int) -> Int? {
    let hashes = bytes[start...].prefix { $0 == 35 }.count
    var at = start + hashes
    guard at < bytes.count, bytes[at] == 34 else { return nil }
    let isLong = starts("\"\"\"", at)
    at += isLong ? 3 : 1
    let close = Array(repeating: UInt8(34), count: isLong ? 3 : 1) + Array(repeating: 35, count: hashes)
    let escape = [92] + Array(repeating: UInt8(35), count: hashes)
    while at < bytes.count {
      if bytes[at...].starts(with: close) { return at + close.count }
      if bytes[at...].starts(with: escape) {
        at += escape.count
        at = at < bytes.count && bytes[at] == 40 ? endOfInterpolation(at) : at + 1
      } else if bytes[at] == 10, !isLong {
        return at
      } else {
        at += 1
      }
    }
    return at
  }

  private func endOfInterpolation(_ start: Int) -> Int {
    var (at, depth) = (start, 0)
    while at < bytes.count {
      if let end = endOfString(at) {
        at = end
        continue
      }
      if bytes[at] == 40 { depth += 1 }
      if bytes[at] == 41 { depth -= 1 }
      at += 1
      if depth == 0 { return at }
    }
    return at
  }
}
