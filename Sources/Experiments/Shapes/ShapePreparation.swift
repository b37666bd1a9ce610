import Dispatch
import Foundation
import Geometry
import Runs
import Synchronization

/// What preparing a folder came to.
public struct PreparationSummary: Codable, Sendable, Equatable {
  /// Shapes that are ready.
  public var prepared = 0
  /// Shapes that a test for bad meshes objects to.
  public var rejected = 0
  /// Shapes that could not be read or sampled.
  public var bad = 0
  /// Shapes among all these that were done before.
  public var skipped = 0
  /// Shapes that are left to do.
  public var remaining = 0
  /// The prepared folder.
  public var out: String
  /// Its summary page; nil if the work was broken off.
  public var page: String?
}

/// Prepares the meshes of a folder for learning: voxels and point sets of signed distances, in one pass over each mesh.
///
/// Several meshes are worked on at a time, each by one thread; memory grows with the number of threads, not of meshes.
/// A bad mesh is listed and stops nothing. What is finished stays finished: after an interruption, a power cut included,
/// the rest is done and the files are the same to the byte as without it.
///
/// *Units and frame*: voxels in the unit cube at linspace(-1, 1, side) along x, y, z, point sets in the unit sphere; the
/// manifest has the way back to mesh units of both.
public struct ShapePreparation: Sendable {
  /// What is made.
  public var settings: PreparationSettings
  /// The meshes.
  public var shapes: ShapeFolder
  /// The prepared folder.
  public var out: URL
  /// How many meshes are worked on at a time.
  public var threadCount = max(1, ProcessInfo.processInfo.activeProcessorCount)
  /// Go on with a folder that was begun.
  public var resumes = false

  /// A preparation.
  public init(_ shapes: ShapeFolder, settings: PreparationSettings, out: URL) {
    (self.shapes, self.settings, self.out) = (shapes, settings, out)
  }

  private struct Progress {
    var next = 0
    var done = 0
    var failure: (any Error)?
  }

  /// Prepares what is not done yet.
  ///
  /// *Parameters*: `progress` is told the number of shapes done after each, from any thread; once `isStopped` is true the
  /// work ends soon.
  /// *Throws*: `ExperimentError` for settings that cannot be or that contradict those of the folder, errors of the disk.
  public func callAsFunction(
    isStopped: @escaping @Sendable () -> Bool = { false }, progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws -> PreparationSummary {
    try settings.validate()
    try makeFolder()
    let lock = try RunLock(directory: out)
    defer { withExtendedLifetime(lock) {} }
    try settings.claim(out, resumes: resumes)
    let manifest = try ShapeManifest(in: out)
    let open = shapes.shapes.filter { shape in
      let bytes = FileSize.bytes(of: shapes.url(of: shape)) ?? 0
      return manifest.record(of: shape.id).map { !$0.covers(shape, sourceBytes: bytes, in: out) } ?? true
    }
    let skipped = shapes.shapes.count - open.count
    progress(skipped)
    let done = try prepare(open, into: manifest, isStopped: isStopped) { progress(skipped + $0) }
    var summary = PreparationSummary(out: out.path)
    (summary.skipped, summary.remaining) = (skipped, open.count - done)
    let records = done == open.count ? try manifest.seal(keeping: Set(shapes.shapes.map(\.id))) : manifest.records
    summary.count(records)
    if done == open.count {
      try PreparationLists(records).write(to: out)
      summary.page = try PreparationPage(settings: settings, shapes: shapes, records: records).write(to: out).path
    }
    return summary
  }

  /// The prepared folder: new, empty or one of ours.
  private func makeFolder() throws {
    _ = try OutputFolder(out.path, mark: PreparationSettings.fileName, force: false)
    guard resumes, let files = FileManager.default.enumerator(at: out, includingPropertiesForKeys: nil) else { return }
    // What a killed process was writing, hidden under names of the kind `.shape.npz.12-3.part`.
    for case let file as URL in files where file.pathExtension == "part" && file.lastPathComponent.hasPrefix(".") {
      try FileManager.default.removeItem(at: file)
    }
    try AtomicFile.removeLeftovers(in: out)
  }

  /// Returns how many shapes were done.
  private func prepare(
    _ open: [ShapeSource], into manifest: ShapeManifest, isStopped: @escaping @Sendable () -> Bool,
    progress: @escaping @Sendable (Int) -> Void
  ) throws -> Int {
    let state = Mutex(Progress())
    let preparer = ShapePreparer(
      settings: settings, shapes: shapes, out: out,
      isStopped: { isStopped() || state.withLock { $0.failure != nil } })
    DispatchQueue.concurrentPerform(iterations: max(1, min(threadCount, open.count))) { _ in
      while !preparer.isStopped() {
        let index: Int? = state.withLock { state in
          guard state.next < open.count else { return nil }
          defer { state.next += 1 }
          return state.next
        }
        guard let index else { return }
        do {
          try manifest.add(try preparer.prepare(open[index]))
          progress(
            state.withLock { state in
              state.done += 1
              return state.done
            })
        } catch is ShapePreparer.Stop {
          return
        } catch {
          state.withLock { $0.failure = $0.failure ?? error }
        }
      }
    }
    let end = state.withLock { $0 }
    if let failure = end.failure { throw failure }
    return end.done
  }
}

extension PreparationSummary {
  fileprivate mutating func count(_ records: [ShapeRecord]) {
    prepared = records.count { $0.outcome == .prepared }
    rejected = records.count { $0.outcome == .rejected }
    bad = records.count { $0.outcome == .bad }
  }
}

/// `bad.csv`: the shapes that are bad or rejected.
struct PreparationLists {
  let records: [ShapeRecord]

  init(_ records: [ShapeRecord]) { self.records = records }

  func write(to folder: URL) throws {
    let rows = records.filter { $0.outcome != .prepared }.map { record in
      [record.id, record.source, record.outcome.rawValue, record.reason ?? ""].map(Self.field).joined(separator: ",")
    }
    try AtomicFile.write(
      (["id,source,outcome,reason"] + rows).joined(separator: "\n") + "\n", to: folder.appending(path: "bad.csv"))
  }

  private static func field(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"\(text.replacingOccurrences(of: "\"", with: "\"\""))\""
  }
}
