import ArgumentParser
import Foundation
import Volumes

extension ForceOption {
  /// Throws if there is something of that name that may not be replaced.
  func requireFree(_ path: String) throws {
    guard !OutputFolder.exists(path) else {
      throw VolumeError(.inputOutput, path, "is a folder; name a file")
    }
    guard force || !FileManager.default.fileExists(atPath: path) else {
      throw VolumeError(.inputOutput, path, "exists already; name another file or use --force")
    }
  }
}

/// Folders that a verb writes into.
enum OutputFolder {
  /// Makes a folder unless it is there.
  static func make(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw VolumeError(.inputOutput, path, "cannot be made a folder; name another one")
    }
  }

  /// True if there is a folder of that name.
  static func exists(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }
}

/// Numbers with commas between them, such as `0.8,0.1,0.1`.
struct NumberList: ExpressibleByArgument, CustomStringConvertible {
  var values: [Double]

  init(_ values: [Double]) { self.values = values }

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    let values = parts.compactMap { $0 }.filter(\.isFinite)
    guard values.count == parts.count else { return nil }
    self.values = values
  }

  var description: String { values.map { "\($0)" }.joined(separator: ",") }
  var defaultValueDescription: String { description }
}
