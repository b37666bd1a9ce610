import Foundation
import Runs

/// A folder of results: made if missing, never mixed with files that are not ours.
struct OutputFolder {
  let url: URL

  /// *Parameters*: `mark` is the file by which a folder of ours is known; such a folder may be written again.
  /// *Throws*: if the folder holds other files and `force` is false.
  init(_ path: String, mark: String, force: Bool) throws {
    url = URL(filePath: path)
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    if manager.fileExists(atPath: path, isDirectory: &isFolder) {
      guard isFolder.boolValue else { throw ExperimentError("\(path): is a file; name a folder with --out") }
      let isOurs = manager.fileExists(atPath: url.appending(path: mark).path)
      let isEmpty = try manager.contentsOfDirectory(atPath: path).isEmpty
      guard isEmpty || isOurs || force else {
        throw ExperimentError("\(path): holds files that are not results; name another folder or use --force")
      }
    }
    do {
      try manager.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw ExperimentError("\(path): cannot be made: \(error.localizedDescription)")
    }
  }

  /// A file or folder in it.
  func file(_ name: String) -> URL { url.appending(path: name) }

  /// A folder in it, made if missing.
  func folder(_ name: String) throws -> URL {
    try FileManager.default.createDirectory(at: file(name), withIntermediateDirectories: true)
    return file(name)
  }

  /// Writes a file so that it is there wholly or not at all.
  func write(_ data: Data, as name: String) throws { try Runs.AtomicFile.write(data, to: file(name)) }
}
