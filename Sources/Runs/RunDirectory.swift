import Foundation

/// A run on the disk: the one place that knows what its files are called and how it comes into being.
///
/// ```
/// RUN/config.yaml  environment.json  convolutions.json  events.jsonl  log.txt  events.out.tfevents.*
///     checkpoints/  samples/  plots/
/// ```
public struct RunDirectory: Sendable, Equatable {
  /// The folder of the run.
  public let url: URL

  /// What to do with a folder that has something in it.
  public enum Existing: Sendable {
    /// Fail with a message.
    case refuse
    /// Remove the files of an earlier run of ours; leave everything else where it is.
    case replaceRun
  }

  /// The configuration of the run.
  public var configuration: URL { url.appendingPathComponent("config.yaml") }
  /// What it was made with.
  public var environment: URL { url.appendingPathComponent("environment.json") }
  /// How its convolutions were computed.
  public var convolutions: URL { url.appendingPathComponent("convolutions.json") }
  /// The stream of events, one JSON object a line.
  public var events: URL { url.appendingPathComponent("events.jsonl") }
  /// The console lines of the run.
  public var log: URL { url.appendingPathComponent("log.txt") }
  /// Checkpoints by step.
  public var checkpoints: CheckpointStore { CheckpointStore(directory: url.appendingPathComponent("checkpoints")) }
  /// Sample objects made during training.
  public var samples: URL { url.appendingPathComponent("samples") }
  /// Figures of the run.
  public var plots: URL { url.appendingPathComponent("plots") }
  /// The TensorBoard files, in the order of their names.
  public func tensorBoardFiles() throws -> [URL] {
    try FileManager.default.contentsOfDirectory(atPath: url.path)
      .filter { $0.hasPrefix("events.out.tfevents.") }.sorted().map(url.appendingPathComponent)
  }

  private static let folders = ["checkpoints", "samples", "plots"]
  private var ownFiles: [URL] { [environment, configuration, convolutions, events, log] }

  private init(url: URL) { self.url = url }

  /// Makes a run: the folders, `config.yaml` and `environment.json`.
  ///
  /// *Throws*: `RunError` if the folder has something in it (unless `existing` allows to replace a run of ours), or cannot be
  /// written.
  public static func create(
    at url: URL, configuration: some Encodable, environment: RunEnvironment, existing: Existing = .refuse
  ) throws -> RunDirectory {
    let run = RunDirectory(url: url.standardizedFileURL)
    let text = try Self.yaml(of: configuration, recipe: environment.recipe)
    try run.prepareFolder(existing: existing)
    for name in folders {
      try run.makeFolder(run.url.appendingPathComponent(name))
    }
    try AtomicFile.write(text, to: run.configuration)
    // Last: a folder is a run as soon as this file is there.
    try run.write(environment)
    return run
  }

  /// Opens a run that ``create(at:configuration:environment:existing:)`` made.
  ///
  /// *Throws*: `RunError` for any other folder, and for a run of a later version of the format.
  public static func open(at url: URL) throws -> RunDirectory {
    let run = RunDirectory(url: url.standardizedFileURL)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: run.url.path, isDirectory: &isFolder) else {
      throw RunError("\(run.url.path): no such run")
    }
    guard isFolder.boolValue else {
      throw RunError("\(run.url.path) is a file, not the folder of a run")
    }
    guard FileManager.default.fileExists(atPath: run.environment.path) else {
      throw RunError(
        "\(run.url.path) is not a run: it has no environment.json (formcast train and formcast import make runs)")
    }
    let environment = try run.readEnvironment()
    guard environment.formatVersion <= RunEnvironment.currentFormatVersion else {
      throw RunError(
        "\(run.url.path) was written by a later version of Formcast (\(environment.version)); use that version")
    }
    guard FileManager.default.fileExists(atPath: run.configuration.path) else {
      throw RunError("\(run.url.path) is not a complete run: it has no config.yaml")
    }
    return run
  }

  /// What the run was made with.
  public func readEnvironment() throws -> RunEnvironment {
    struct Mark: Decodable { var format: String }
    let data = try Self.contents(of: environment, limit: 1 << 20)
    let decoder = JSONDecoder()
    do {
      guard try decoder.decode(Mark.self, from: data).format == RunEnvironment.formatName else {
        throw RunError("\(url.path) is not a run: its environment.json is not of Formcast")
      }
      return try decoder.decode(RunEnvironment.self, from: data)
    } catch is DecodingError {
      throw RunError("\(url.path) is not a run: its environment.json is damaged or not of Formcast")
    }
  }

  /// Writes `environment.json`.
  public func write(_ environment: RunEnvironment) throws {
    try AtomicFile.write(try Self.json(of: environment), to: self.environment)
  }

  /// What `convolutions.json` says; nil if there is none, as in runs of earlier versions.
  ///
  /// *Throws*: `RunError` if it is damaged.
  public func readConvolutions<Value: Decodable>(_ type: Value.Type) throws -> Value? {
    guard FileManager.default.fileExists(atPath: convolutions.path) else { return nil }
    do {
      return try JSONDecoder().decode(type, from: Self.contents(of: convolutions, limit: 1 << 20))
    } catch is DecodingError {
      throw RunError(
        "\(convolutions.path) is damaged or not of Formcast; remove it to decide anew how convolutions are computed")
    }
  }

  /// Writes `convolutions.json`; the caller holds the lock.
  public func write(convolutions: some Encodable) throws {
    try AtomicFile.write(try Self.json(of: convolutions), to: self.convolutions)
  }

  private static func json(of value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value) + Data("\n".utf8)
  }

  /// The configuration of the run; a key that `Value` does not know, a missing one and a wrong type are errors.
  public func readConfiguration<Value: Codable>(_ type: Value.Type) throws -> Value {
    try Configuration.read(type, from: configuration)
  }

  /// Writes `config.yaml` anew, for a run that goes on with another number of steps; the caller holds the lock.
  public func write(configuration: some Encodable, recipe: String) throws {
    try AtomicFile.write(try Self.yaml(of: configuration, recipe: recipe), to: self.configuration)
  }

  private static func yaml(of configuration: some Encodable, recipe: String) throws -> String {
    try Configuration.yaml(of: configuration, comment: "Configuration of this run; recipe \(recipe).")
  }

  /// Takes the right to write to this run, and tidies what a killed writer left behind.
  public func lock() throws -> RunLock {
    let lock = try RunLock(directory: url)
    for folder in [url] + Self.folders.map({ url.appendingPathComponent($0) })
    where FileManager.default.fileExists(atPath: folder.path) {
      try AtomicFile.removeLeftovers(in: folder)
    }
    return lock
  }

  /// Forgets everything that happened after `step`, so that training goes on from its checkpoint as if never interrupted.
  ///
  /// Later events and checkpoints are dropped; the caller holds the lock. Samples stay: they are written again under the same
  /// names.
  public func rewind(to step: Int) throws {
    try EventLog(url: events).rewind(to: step)
    try checkpoints.rewind(to: step)
  }

  static func contents(of url: URL, limit: Int) throws -> Data {
    do {
      let size = try FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int ?? 0
      guard size <= limit else { throw RunError("\(url.path): too large (\(size) bytes) for such a file") }
      return try Data(contentsOf: url)
    } catch let error as RunError {
      throw error
    } catch {
      throw RunError("cannot read \(url.path): \(error.localizedDescription)")
    }
  }

  private func prepareFolder(existing: Existing) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      return try makeFolder(url)
    }
    guard isFolder.boolValue else { throw RunError("\(url.path) is a file; give the name of a folder") }
    let names = try FileManager.default.contentsOfDirectory(atPath: url.path)
    guard !names.isEmpty else { return }
    guard existing == .replaceRun else {
      throw RunError("\(url.path) is not empty; choose another --out, or --force to replace a run there")
    }
    if FileManager.default.fileExists(atPath: environment.path) {
      _ = try readEnvironment()
      try removeOwn()
    } else if let taken = (ownFiles.map(\.lastPathComponent) + Self.folders).first(where: names.contains) {
      throw RunError("\(url.path) holds a \(taken) that is not of a run; it is not replaced, choose another --out")
    }
  }

  private func removeOwn() throws {
    let lock = try lock()
    try withExtendedLifetime(lock) {
      try checkpoints.removeAll()
      try removeRecordedSamples()
      for file in try tensorBoardFiles() { try FileManager.default.removeItem(at: file) }
      // Marker last: a removal that is cut short leaves something that is still known as a run.
      for file in ownFiles.reversed() where FileManager.default.fileExists(atPath: file.path) {
        try FileManager.default.removeItem(at: file)
      }
    }
  }

  /// Removes the samples and figures that the events say were made; other files in those folders stay.
  private func removeRecordedSamples() throws {
    let recorded: [String] = try EventLog(url: events).readLenient().compactMap {
      if case .sample(let sample) = $0.event { sample.path } else { nil }
    }
    for path in Set(recorded) {
      let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      let isInside = ["samples", "plots"].contains(parts.first) && !parts.contains("..") && parts.count == 2
      let file = url.appendingPathComponent(path)
      if isInside && FileManager.default.fileExists(atPath: file.path) { try FileManager.default.removeItem(at: file) }
    }
  }

  private func makeFolder(_ folder: URL) throws {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw RunError("cannot make \(folder.path): \(error.localizedDescription)")
    }
  }
}
