import Foundation
import Runs
import Synchronization

/// The record of a prepared folder: a line of JSON for each shape, added when all its files are there.
///
/// Lines are added in the order in which shapes are finished; at the end they are sorted by id.
final class ShapeManifest: Sendable {
  static let fileName = "manifest.jsonl"

  let url: URL
  private let state: Mutex<State>

  private struct State {
    var records: [String: ShapeRecord]
    /// Ids of the shapes that were added since it was opened, the first one first.
    var added: [String] = []
  }

  /// Opens the manifest of a folder, with what an earlier run left.
  ///
  /// *Throws*: `ExperimentError` for a line that is no record, unless it is the last and was cut off.
  init(in folder: URL) throws {
    url = folder.appending(path: Self.fileName)
    let records = try Self.read(url)
    state = Mutex(State(records: Dictionary(records.map { ($0.id, $0) }) { $1 }))
  }

  /// All records, by id.
  var records: [ShapeRecord] {
    state.withLock { $0.records.values.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) } }
  }

  func record(of id: String) -> ShapeRecord? { state.withLock { $0.records[id] } }

  /// Records of the shapes that were added since it was opened, the first one first.
  var finished: [ShapeRecord] { state.withLock { state in state.added.compactMap { state.records[$0] } } }

  /// Adds a shape that is finished; it is on the disk when this returns.
  func add(_ record: ShapeRecord) throws {
    let line = try JSONOutput.line(record) + "\n"
    try state.withLock { state in
      let descriptor = open(url.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else {
        throw ExperimentError("\(url.path): cannot be written; check permissions and space")
      }
      defer { close(descriptor) }
      let bytes = Array(line.utf8)
      guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
        throw ExperimentError("\(url.path): cannot be written; check permissions and space")
      }
      state.records[record.id] = record
      state.added.append(record.id)
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
