import Experiments
import Foundation

/// Where the samples of meshes go: under the mesh's name or, where two have one, in folders like theirs.
struct SampleFiles {
  /// A mesh and its samples.
  struct File {
    var mesh: String
    /// The name of the samples, without extension.
    var name: String
    var out: String
  }

  let files: [File]

  /// *Throws*: if two meshes lie in one folder and differ in their extension only, or one is named twice.
  init(_ meshes: [String], in folder: String) throws {
    let paths = meshes.map { URL(fileURLWithPath: $0).standardizedFileURL.deletingPathExtension().pathComponents }
    var names = paths.map { $0[$0.count - 1] }
    if Set(names).count < names.count {
      // Folders that all have in common say nothing.
      let shortest = (paths.map(\.count).min() ?? 1) - 1
      let common = (0..<shortest).first { level in Set(paths.map { $0[level] }).count > 1 } ?? shortest
      names = paths.map { $0.dropFirst(common).joined(separator: "/") }
    }
    var owners: [String: String] = [:]
    for (name, mesh) in zip(names, meshes) {
      if let other = owners.updateValue(mesh, forKey: name) {
        throw ExperimentError("\(mesh): would be written to \(name).npz, as \(other) is; sample them into two folders")
      }
    }
    files = zip(meshes, names).map { File(mesh: $0, name: $1, out: "\(folder)/\($1).npz") }
  }
}
