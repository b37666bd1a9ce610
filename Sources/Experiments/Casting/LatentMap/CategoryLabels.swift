import Foundation
import Volumes

/// Categories of codes from a file, for runs that know none or others.
enum CategoryLabels {
  /// More bytes than these are no list of categories.
  private static let largestSize = 1 << 26

  /// The category of each code.
  ///
  /// The file is text with a line for each code in their order, or lines of an id, a comma and a category in any order, or
  /// an npy array of whole numbers.
  ///
  /// *Returns*: the categories, empty where the file names none, and what is to be said about that.
  ///
  /// *Throws*: `ExperimentError` if lines and codes do not fit together.
  static func read(_ path: String, for codes: [NamedCode]) throws -> (categories: [String], remark: String?) {
    if path.lowercased().hasSuffix(".npy") { return (try numbers(path, count: codes.count), nil) }
    let lines = try text(path).split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty && !$0.hasPrefix("#") }
    guard !lines.isEmpty, lines.allSatisfy({ $0.contains(",") }) else {
      guard lines.count == codes.count else {
        throw ExperimentError(
          "\(path): \(lines.count) categories for \(codes.count) codes; give a line for each code, or lines of id,category"
        )
      }
      return (lines, nil)
    }
    return try named(lines, path: path, codes: codes)
  }

  private static func named(
    _ lines: [String], path: String, codes: [NamedCode]
  ) throws -> (categories: [String], remark: String?) {
    var categories: [String: String] = [:]
    for line in lines {
      let parts = line.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
      categories[clean(parts[0])] = clean(parts[1])
    }
    let missing = codes.count { categories[$0.name] == nil }
    guard missing < codes.count else {
      let (first, own) = (clean(lines[0].prefix { $0 != "," }), codes.first?.name ?? "")
      throw ExperimentError("\(path): names none of the run's shapes; its first id is \(first), the run's \(own)")
    }
    let remark = missing == 0 ? nil : "\(path) names no category for \(missing) of \(codes.count) codes"
    return (codes.map { categories[$0.name] ?? "" }, remark)
  }

  private static func clean(_ part: Substring) -> String {
    part.trimmingCharacters(in: .whitespaces).trimmingCharacters(in: CharacterSet(charactersIn: "\""))
  }

  private static func text(_ path: String) throws -> String {
    let data: Data
    do {
      let file = try FileHandle(forReadingFrom: URL(filePath: path))
      data = try file.read(upToCount: largestSize + 1) ?? Data()
    } catch {
      throw ExperimentError("\(path): cannot be read; name a file of categories with --labels")
    }
    guard data.count <= largestSize, let text = String(data: data, encoding: .utf8) else {
      throw ExperimentError(
        "\(path): is no list of categories; give text, a line for each code, or npy of whole numbers")
    }
    return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
  }

  private static func numbers(_ path: String, count: Int) throws -> [String] {
    let array = try NpyFile.read(path, limit: largestSize)
    let values = array.floats()
    guard values.count == count else {
      throw ExperimentError("\(path): \(values.count) categories for \(count) codes; give one for each")
    }
    return try values.map { value in
      guard let number = Int(exactly: value) else {
        throw ExperimentError("\(path): \(value) is no category; give whole numbers")
      }
      return "\(number)"
    }
  }
}
