import Foundation

/// Categories of shapes from a table of text: lines of an id and a category with a comma between them.
///
/// A first line with the words `id` and `category` says which columns they are; other columns are left out. Fields may
/// stand in double quotes.
public struct CategoryTable: Sendable, Equatable {
  private var categories: [String: String] = [:]

  /// Reads a table.
  ///
  /// *Throws*: `ExperimentError` naming the line that is wrong.
  public init(contentsOf path: String) throws {
    let text: String
    do {
      text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
    } catch {
      throw ExperimentError("\(path): cannot be read as a table of id,category; check --categories")
    }
    try self.init(text, name: path)
  }

  /// Reads a table from its text; `name` appears in errors.
  public init(_ text: String, name: String) throws {
    var columns = (id: 0, category: 1)
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      guard !line.allSatisfy(\.isWhitespace) else { continue }
      let fields = Self.fields(line)
      let names = fields.map { $0.lowercased() }
      if categories.isEmpty, let id = names.firstIndex(of: "id"), let category = names.firstIndex(of: "category") {
        columns = (id, category)
        continue
      }
      guard max(columns.id, columns.category) < fields.count, !fields[columns.id].isEmpty else {
        throw ExperimentError("\(name): line \(index + 1) has no id and category; write id,category")
      }
      categories[fields[columns.id]] = fields[columns.category]
    }
    guard !categories.isEmpty else { throw ExperimentError("\(name): is empty; write lines of id,category") }
  }

  /// The category of the first of several names that the table knows.
  public func category(of names: [String]) -> String? { names.lazy.compactMap { categories[$0] }.first }

  private static func fields(_ line: Substring) -> [String] {
    var fields = [""]
    var isQuoted = false
    var previous: Character?
    for character in line.drop(while: { $0 == "\u{FEFF}" }) {
      switch character {
      case "\"":
        // Two quotes within a quoted field stand for one.
        if !isQuoted, previous == "\"" { fields[fields.count - 1].append("\"") }
        isQuoted.toggle()
      case "," where !isQuoted: fields.append("")
      default: fields[fields.count - 1].append(character)
      }
      previous = character
    }
    return fields.map { $0.trimmingCharacters(in: .whitespaces) }
  }
}
