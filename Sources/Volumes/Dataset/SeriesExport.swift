import Foundation
import Synchronization

/// Converts files of series into files of another format, several at a time; what is written does not depend on how many.
///
/// A file that cannot be converted does not keep the others from it: it is listed among the failures.
public struct SeriesExport: Sendable {
  /// Where converted series go.
  public enum Target: Sendable, Equatable {
    /// One file, whose extension says the format.
    case file(String)
    /// A folder with a file for every series. Without an extension these are record files, and npz where a record
    /// cannot hold everything: floats or a place in physical space.
    case folder(String, fileExtension: String?)
  }

  /// What became of the files.
  public struct Outcome: Sendable, Equatable {
    /// Paths that were written, in the order of the files that were read.
    public var written: [String] = []
    /// A line for each file that could not be converted.
    public var failures: [String] = []
    /// Number of files in the original cavity layout, in which 1 means solid.
    public var originalLayoutCount = 0
  }

  /// What is done to every series.
  public var conversion: SeriesConversion
  /// Where it goes.
  public var target: Target
  /// Whether files of the same name are replaced; otherwise they are an error.
  public var replacing: Bool
  /// Number of threads.
  public var threadCount: Int

  /// An export.
  public init(_ conversion: SeriesConversion, to target: Target, replacing: Bool = false, threadCount: Int = 2) {
    (self.conversion, self.target) = (conversion, target)
    (self.replacing, self.threadCount) = (replacing, threadCount)
  }

  /// The files of series that a list of files and folders stands for: a folder for all that lie in it.
  public static func inputs(_ paths: [String]) throws -> [String] {
    try paths.flatMap { path in
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
        return [path]
      }
      // A folder of frames gives its name to a series, which "." or "frames/" would not.
      return try SeriesFile.listSeries(in: URL(fileURLWithPath: path).standardizedFileURL.path)
    }
  }

  /// Converts files; `progress` is told the number of files done after each, from any thread.
  ///
  /// *Throws*: `VolumeError` before anything is written if two files would get the same name or one exists already.
  public func write(_ paths: [String], progress: @escaping @Sendable (Int) -> Void = { _ in }) throws -> Outcome {
    let ledger = ExportLedger()
    for path in paths {
      for output in expectedOutputs(of: path) {
        try ledger.claim(output, for: path)
        guard replacing || !FileManager.default.fileExists(atPath: output) else {
          throw VolumeError(.inputOutput, output, "exists already; name another target or use --force")
        }
      }
    }
    DispatchQueue.concurrentPerform(iterations: max(1, min(threadCount, paths.count))) { _ in
      while let index = ledger.next(before: paths.count) {
        ledger.record(Result { try convert(paths[index], ledger) }, at: index, path: paths[index])
        progress(ledger.doneCount)
      }
    }
    return ledger.outcome
  }

  /// The names that a file may lead to, as far as its own name says; several only where the content decides the format.
  private func expectedOutputs(of path: String) -> [String] {
    switch target {
    case .file(let output): [output]
    case .folder(let folder, let fileExtension):
      (fileExtension.map { [$0] } ?? ["tfrecords", "npz"]).map { "\(folder)/\(SeriesFile.stem(of: path)).\($0)" }
    }
  }

  private func convert(_ path: String, _ ledger: ExportLedger) throws -> [String] {
    let all = try SeriesFile.read(path)
    if case .file(let output) = target, all.count > 1 {
      throw VolumeError(.unsupported, path, "holds \(all.count) series, \(output) takes one; name a folder instead")
    }
    if try NumpySeries.isOriginalLayout(path) { ledger.countOriginalLayout() }
    return try all.map { series in
      let converted = try conversion(series)
      let output = try output(for: converted)
      try ledger.claim(output, for: path)
      try SeriesFile.write(converted, to: output, replacing: replacing)
      return output
    }
  }

  /// The path of a series; its folder is made only now, so that a failure leaves none behind.
  private func output(for series: Series) throws -> String {
    guard case .folder(let folder, let fileExtension) = target else {
      if case .file(let path) = target { return path }
      preconditionFailure("a target is a file or a folder")
    }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw VolumeError(.inputOutput, folder, "cannot be made a folder; name another target")
    }
    let isPlain = if case .uint8 = series.values { series.affine == nil } else { false }
    return "\(folder)/\(series.name).\(fileExtension ?? (isPlain ? "tfrecords" : "npz"))"
  }
}

extension NumpySeries {
  /// True for an npz file in the original layout of the cavity data, whose array `data` has 1 for solid.
  static func isOriginalLayout(_ path: String) throws -> Bool {
    guard path.hasSuffix(".npz") else { return false }
    let archive = try NpzArchive(path)
    return archive.contains("data") && !archive.contains("frames")
  }
}

/// What the threads of an export share.
private final class ExportLedger: Sendable {
  private struct State {
    var next = 0
    var doneCount = 0
    var isStopped = false
    var owners: [String: String] = [:]
    var written: [Int: [String]] = [:]
    var failures: [Int: String] = [:]
    var originalLayoutCount = 0
  }

  private let state = Mutex(State())

  var doneCount: Int { state.withLock { $0.doneCount } }

  var outcome: SeriesExport.Outcome {
    state.withLock { state in
      SeriesExport.Outcome(
        written: state.written.sorted { $0.key < $1.key }.flatMap(\.value),
        failures: state.failures.sorted { $0.key < $1.key }.map(\.value),
        originalLayoutCount: state.originalLayoutCount)
    }
  }

  /// The next file to work on, nil if there is none.
  func next(before count: Int) -> Int? {
    state.withLock { state in
      guard !state.isStopped, state.next < count else { return nil }
      defer { state.next += 1 }
      return state.next
    }
  }

  /// Reserves an output for an input; throws if another one has it.
  func claim(_ output: String, for path: String) throws {
    let owner = state.withLock { state in
      if state.owners[output] == nil { state.owners[output] = path }
      return state.owners[output]
    }
    guard owner == path else {
      throw VolumeError(.inputOutput, path, "would be written to \(output), as \(owner ?? "") is; rename one of them")
    }
  }

  func countOriginalLayout() { state.withLock { $0.originalLayoutCount += 1 } }

  func record(_ result: Result<[String], any Error>, at index: Int, path: String) {
    state.withLock { state in
      state.doneCount += 1
      switch result {
      case .success(let outputs): state.written[index] = outputs
      case .failure(let error):
        let text = String(describing: error)
        state.failures[index] = text.contains(path) ? text : "\(path): \(text)"
        // A full disk or a lost folder would fail all the others as well.
        if let error = error as? VolumeError, error.problem == .inputOutput { state.isStopped = true }
      }
    }
  }
}
