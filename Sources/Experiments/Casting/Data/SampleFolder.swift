import Foundation
import Volumes

/// The shapes of a folder of samples, however it was made: by `sdf sample`, `sdf prepare` or `data shapes`.
///
/// In a prepared folder the manifest says what there is. Elsewhere every npz file below the folder is a shape; its id is
/// its path without extension, its category the uppermost folder unless a table of the folder (`shapes.csv`,
/// `categories.csv`) knows better.
public struct SampleFolder: Sendable {
  /// A shape and the file of its samples.
  struct Source: Sendable, Equatable {
    var entry: ShapeEntry
    var path: String
  }

  /// The folder.
  public let path: String
  /// The shapes by id.
  let sources: [Source]

  /// Names and categories by id.
  public var entries: [ShapeEntry] { sources.map(\.entry) }

  /// Looks for samples in a folder.
  ///
  /// *Parameters*: `pointSet` names one of the point sets of a prepared folder; it may be nil if there is only one.
  /// `categories` is a table by id, or by the last part of the id.
  /// *Throws*: `ExperimentError` if there are none.
  public init(_ path: String, pointSet: String? = nil, categories: CategoryTable? = nil) throws {
    self.path = path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      throw ExperimentError("\(path): no such folder; name the folder of the samples")
    }
    let root = Self.root(of: path)
    var found: [Source]
    if let lines = try Self.manifest(of: root) {
      found = try Self.prepared(lines, in: root, pointSet: pointSet)
    } else {
      guard pointSet == nil else {
        throw ExperimentError("\(root): was not made by `sdf prepare`, so it has no point sets to choose from")
      }
      found = try Self.scattered(in: root)
    }
    guard !found.isEmpty else {
      throw ExperimentError(
        "\(path): holds no samples (npz with points and sdf); make some with `sdf sample`, `sdf prepare` or `data shapes`"
      )
    }
    if let table = try categories ?? Self.table(in: root) {
      for index in found.indices {
        let id = found[index].entry.id
        let names = [id, id.split(separator: "/").last.map(String.init) ?? id]
        if let category = table.category(of: names) { found[index].entry.category = category }
      }
    }
    sources = found.sorted { $0.entry.id.utf8.lexicographicallyPrecedes($1.entry.id.utf8) }
  }

  /// Names and categories of the shapes of a folder, whichever point sets it has.
  ///
  /// *Throws*: `ExperimentError` if there are none.
  public static func entries(of path: String) throws -> [ShapeEntry] {
    guard let lines = try manifest(of: root(of: path)) else { return try SampleFolder(path).entries }
    // A rejected shape has no files.
    return lines.filter { $0.files.keys.contains { $0.hasSuffix(".npz") } }
      .map { ShapeEntry(id: $0.id, category: $0.category) }
  }

  /// Whether a folder holds samples of shapes, and not series.
  public static func holdsSamples(_ path: String) -> Bool {
    if isPrepared(path) { return true }
    let root = root(of: path)
    guard let files = FileManager.default.enumerator(atPath: resolved(root)) else { return false }
    for case let file as String in files where file.hasSuffix(".npz") {
      // A file that cannot be read is no reason to say yes; whoever reads the folder in earnest names it.
      guard let archive = try? NpzArchive("\(root)/\(file)") else { return false }
      return SampleReading.holdsSamples(archive)
    }
    return false
  }

  /// Whether `sdf prepare` made a folder.
  static func isPrepared(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(root(of: path))/\(ShapeManifest.fileName)")
  }

  /// In a folder of lists: the file that says where the samples lie.
  static let referenceName = "samples.txt"

  /// Where the samples of a folder lie: there, or, for a folder of lists that `data split` wrote, where it says.
  static func root(of path: String) -> String {
    guard let data = FileManager.default.contents(atPath: "\(path)/\(referenceName)") else { return path }
    let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    return text.isEmpty ? path : text
  }

  /// Where a folder lies: an enumeration does not follow a link, not even its own root.
  private static func resolved(_ path: String) -> String { URL(filePath: path).resolvingSymlinksInPath().path }

  private static func table(in folder: String) throws -> CategoryTable? {
    try [FamilyExport.tableName, "categories.csv"].map { "\(folder)/\($0)" }
      .first { FileManager.default.fileExists(atPath: $0) }.map { try CategoryTable(contentsOf: $0) }
  }

  /// Files below a folder; hidden ones are left out.
  private static func scattered(in folder: String) throws -> [Source] {
    guard let files = FileManager.default.enumerator(atPath: resolved(folder)) else {
      throw ExperimentError("\(folder): cannot be searched; check its permissions")
    }
    var result: [Source] = []
    for case let file as String in files where file.hasSuffix(".npz") {
      let parts = file.dropLast(4).split(separator: "/").map(String.init)
      guard !parts.contains(where: { $0.hasPrefix(".") }) else { continue }
      let entry = ShapeEntry(id: parts.joined(separator: "/"), category: parts.count > 1 ? parts[0] : "")
      result.append(Source(entry: entry, path: "\(folder)/\(file)"))
    }
    return result
  }

  /// What is read of a line of a manifest.
  private struct Line: Decodable {
    var id, category: String
    var outcome: ShapeRecord.Outcome
    var files: [String: Int]
  }

  /// The shapes of a prepared folder with their files; nil for another one.
  private static func manifest(of folder: String) throws -> [Line]? {
    let path = "\(folder)/\(ShapeManifest.fileName)"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ExperimentError("\(path): cannot be read; check its permissions")
    }
    // What stands behind the last line end is not finished.
    let text = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    return try text.enumerated().map { index, line in
      do {
        return try JSONDecoder().decode(Line.self, from: Data(line.utf8))
      } catch {
        throw ExperimentError("\(path): line \(index + 1) is no record of a shape; prepare the folder again")
      }
    }
    .filter { $0.outcome != .bad }
  }

  private static func prepared(_ lines: [Line], in folder: String, pointSet: String?) throws -> [Source] {
    let sets = Set(lines.flatMap { $0.files.keys }.filter { $0.hasSuffix(".npz") }.compactMap { setName($0) }).sorted()
    guard let set = pointSet ?? (sets.count == 1 ? sets[0] : nil), sets.contains(set) else {
      guard !sets.isEmpty else {
        throw ExperimentError("\(folder): was prepared without points; prepare it with --preset")
      }
      throw ExperimentError(
        "\(folder): has the point sets \(sets.joined(separator: ", ")); choose one (train: --set data.pointSet=NAME,"
          + " evaluate: --point-set NAME)")
    }
    return lines.compactMap { line in
      let name = "\(set)/\(line.id).npz"
      guard line.files[name] != nil else { return nil }
      return Source(entry: ShapeEntry(id: line.id, category: line.category), path: "\(folder)/\(name)")
    }
  }

  private static func setName(_ path: String) -> String? { path.split(separator: "/").first.map(String.init) }
}
