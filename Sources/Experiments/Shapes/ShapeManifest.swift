import Foundation
import Runs
import Synchronization

/// The record of a prepared folder: a line of JSON for each shape, added when all its files are there.
///
/// Lines are added in the order in which shapes are finished; at the end they are sorted by id.
final class ShapeManifest: Sendable {
  static let fileName = "manifest.jsonl"

  let url: URL
  /// Records by id, and the highest number among them.
  private let state: Mutex<(records: [String: ShapeRecord], last: Int)>

  /// Opens the manifest of a folder, with what an earlier run left.
  ///
  /// *Throws*: `ExperimentError` for a line that is no record, unless it is the last and was cut off.
  init(in folder: URL) throws {
    url = folder.appending(path: Self.fileName)
    let records = try Self.read(url)
    state = Mutex((Dictionary(records.map { ($0.id, $0) }) { $1 }, records.map(\.number).max() ?? 0))
  }

  /// All records, by id.
  var records: [ShapeRecord] {
    state.withLock { $0.records.values.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) } }
  }

  func record(of id: String) -> ShapeRecord? { state.withLock { $0.records[id] } }

  /// Adds a shape that is finished, with its number in that order; it is on the disk when this returns.
  func add(_ record: ShapeRecord) throws {
    try state.withLock { state in
      var record = record
      record.number = state.last + 1
      let bytes = Array((try JSONOutput.line(record) + "\n").utf8)
      let descriptor = open(url.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else {
        throw ExperimentError("\(url.path): cannot be written; check permissions and space")
      }
      defer { close(descriptor) }
      guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
        throw ExperimentError("\(url.path): cannot be written; check permissions and space")
      }
      state.records[record.id] = record
      state.last += 1
    }
  }

  /// Writes the records of the given shapes in order and forgets all others.
  func seal(keeping ids: Set<String>) throws -> [ShapeRecord] {
    let kept = records.filter { ids.contains($0.id) }
    let text = try kept.map { try JSONOutput.line($0) + "\n" }.joined()
    try AtomicFile.write(text, to: url)
    return kept
  }

  private static func read(_ url: URL) throws -> [ShapeRecord] {
    guard FileManager.default.fileExists(atPath: url.path) else { return [] }
    let text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    // What stands behind the last line end was cut off when the process was killed.
    if let rest = lines.popLast(), !rest.isEmpty {
      try AtomicFile.write(lines.map { $0 + "\n" }.joined(), to: url)
    }
    return try lines.enumerated().map { index, line in
      do {
        return try JSONDecoder().decode(ShapeRecord.self, from: Data(line.utf8))
      } catch {
        throw ExperimentError("\(url.path): line \(index + 1) is no record of a shape; remove it and use --resume")
      }
    }
  }
}
