import Foundation
import Geometry

/// A mesh of a folder.
public struct ShapeSource: Sendable, Equatable {
  /// What it is called: its path without the parts that say nothing. Unique in its folder.
  public var id: String
  /// Its category, empty for none.
  public var category: String
  /// Its path in the folder.
  public var path: String
}

/// Where the categories of shapes come from.
public enum ShapeCategories: Sendable, Equatable {
  /// The uppermost folder.
  case folder
  /// A table by id, by path or by the last part of the id.
  case table(CategoryTable)
}

/// The meshes of a folder, however they lie in it.
///
/// The id of `chairs/a.obj` is `chairs/a`, its category `chairs`. ShapeNet's `category/id/models/model_normalized.obj` is
/// `category/id`, and if all files have one name, the folders above them are the ids.
public struct ShapeFolder: Sendable {
  /// The folder.
  public let url: URL
  /// Its meshes, by id.
  public let shapes: [ShapeSource]

  /// Looks for meshes in a folder and all below it; hidden files and folders are left out.
  ///
  /// *Throws*: `ExperimentError` if there is no such folder or no mesh in it.
  public init(_ path: String, categories: ShapeCategories = .folder) throws {
    url = URL(filePath: path)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ExperimentError("\(path): no such folder; check the path")
    }
    guard isFolder.boolValue else { throw ExperimentError("\(path): is a file; name the folder of the meshes") }
    let paths = try Self.meshPaths(url)
    let known = MeshFormat.allCases.map { "." + $0.rawValue }.joined(separator: ", ")
    guard !paths.isEmpty else { throw ExperimentError("\(path): holds no mesh (\(known)), nor do the folders in it") }
    let names = Self.names(paths)
    let counts = Dictionary(names.map { ($0.joined(separator: "/"), 1) }, uniquingKeysWith: +)
    let folderName = url.standardizedFileURL.lastPathComponent
    shapes = zip(paths, names).map { path, name in
      var id = name.joined(separator: "/")
      if counts[id, default: 0] > 1 { id += "." + (path as NSString).pathExtension }
      let category: String
      switch categories {
      case .folder: category = name.count > 1 ? name[0] : Self.isShapeNet(path) ? folderName : ""
      case .table(let table): category = table.category(of: [id, path, name[name.count - 1]]) ?? ""
      }
      return ShapeSource(id: id, category: category, path: path)
    }
    .sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
  }

  /// Where a shape lies.
  public func url(of shape: ShapeSource) -> URL { url.appending(path: shape.path) }

  private static func meshPaths(_ url: URL) throws -> [String] {
    guard
      let files = FileManager.default.enumerator(
        at: url, includingPropertiesForKeys: nil, options: [.skipsHiddenFiles])
    else { throw ExperimentError("\(url.path): cannot be searched; check its permissions") }
    let root = url.standardizedFileURL.resolvingSymlinksInPath().path
    var paths: [String] = []
    for case let file as URL in files where MeshFormat(rawValue: file.pathExtension.lowercased()) != nil {
      let path = file.standardizedFileURL.resolvingSymlinksInPath().path
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else { continue }
      paths.append(path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : file.lastPathComponent)
    }
    return paths.sorted()
  }

  private static func isShapeNet(_ path: String) -> Bool {
    let parts = path.split(separator: "/")
    return parts.count > 2 && parts[parts.count - 2] == "models"
      && parts[parts.count - 1].hasPrefix("model_normalized.")
  }

  /// The parts of the paths that name their shapes.
  private static func names(_ paths: [String]) -> [[String]] {
    var names = paths.map { path in
      let parts = (path as NSString).deletingPathExtension.split(separator: "/").map(String.init)
      return isShapeNet(path) ? parts.dropLast(2) : parts
    }
    let last = Set(names.map { $0[$0.count - 1] })
    if names.count > 1, last.count == 1, names.allSatisfy({ $0.count > 1 }) { names = names.map { $0.dropLast() } }
    return names
  }
}
