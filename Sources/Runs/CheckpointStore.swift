import Foundation

/// A complete checkpoint on the disk.
public struct Checkpoint: Sendable, Equatable, Codable {
  /// Steps done when it was saved.
  public var step: Int
  /// Epochs begun when it was saved.
  public var epoch: Int
  /// What the last evaluation before it measured; empty if there was none.
  public var metrics: [String: Double]
  /// The files in it with their sizes in bytes.
  public var files: [String: Int]
  /// Name of its folder.
  public internal(set) var name = ""

  private enum CodingKeys: String, CodingKey { case step, epoch, metrics, files }
}

/// The checkpoints of a run, each a folder `step-000001000` with what the trainer wrote and a `checkpoint.json` that lists it.
///
/// A checkpoint is written under a temporary name, synced and renamed; one whose list is missing or does not fit its files is never
/// returned.
public struct CheckpointStore: Sendable, Equatable {
  /// The folder that holds the checkpoints.
  public let directory: URL

  private static let manifestName = "checkpoint.json"

  /// The store in `directory`, which need not exist yet.
  public init(directory: URL) { self.directory = directory }

  /// Saves a checkpoint: `write` puts the trainer's files into the folder that it is given.
  ///
  /// A checkpoint of the same step is replaced only after the new one is complete.
  ///
  /// *Throws*: what `write` throws, or `RunError`; no checkpoint is added then.
  @discardableResult
  public func save(
    step: Int, epoch: Int, metrics: [String: Double] = [:], write: (URL) throws -> Void
  ) throws -> Checkpoint {
    precondition(step >= 0, "a checkpoint of step \(step)")
    let earlier = try all().filter { $0.step == step }
    let name = try freeName(step: step)
    try AtomicFile.makeDirectory(at: directory.appendingPathComponent(name)) { folder in
      try write(folder)
      let record = Checkpoint(step: step, epoch: epoch, metrics: metrics, files: try fileSizes(in: folder))
      let data = try Self.encoder.encode(record)
      try AtomicFile.write(data, to: folder.appendingPathComponent(Self.manifestName))
    }
    for checkpoint in earlier { try remove(checkpoint) }
    guard let saved = read(name) else { throw RunError("\(directory.path)/\(name) changed while it was written") }
    return saved
  }

  /// The folder of a checkpoint.
  public func url(of checkpoint: Checkpoint) -> URL { directory.appendingPathComponent(checkpoint.name) }

  /// Every complete checkpoint, by step; of two of one step the later written.
  public func all() throws -> [Checkpoint] {
    var byStep: [Int: Checkpoint] = [:]
    for name in try names() {
      guard let checkpoint = read(name) else { continue }
      byStep[checkpoint.step] = checkpoint
    }
    return byStep.values.sorted { $0.step < $1.step }
  }

  /// The complete checkpoint of the highest step.
  public func latest() throws -> Checkpoint? { try all().last }

  /// The complete checkpoint with the best value of a metric; of equal ones the earlier; nil if none has it.
  public func best(by criterion: CheckpointRetention.Criterion) throws -> Checkpoint? {
    criterion.ranked(try all()).first
  }

  /// Removes what `retention` does not keep.
  ///
  /// *Returns*: the checkpoints removed.
  @discardableResult
  public func prune(keeping retention: CheckpointRetention) throws -> [Checkpoint] {
    let checkpoints = try all()
    let kept = retention.kept(of: checkpoints)
    let removed = checkpoints.filter { !kept.contains($0.step) }
    for checkpoint in removed { try remove(checkpoint) }
    return removed
  }

  /// Removes the checkpoints after `step`.
  func rewind(to step: Int) throws {
    for checkpoint in try all() where checkpoint.step > step { try remove(checkpoint) }
  }

  /// Removes every checkpoint, also incomplete ones, and leaves other files alone.
  func removeAll() throws {
    for name in try names() { try removeFolder(name) }
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = EventCoding.floatNamesForEncoding
    return encoder
  }

  /// Names of checkpoint folders in the order in which they were written for each step.
  private func names() throws -> [String] {
    guard FileManager.default.fileExists(atPath: directory.path) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: directory.path)
      .compactMap { name in Self.parse(name).map { (name, $0) } }
      .sorted { $0.1 < $1.1 }.map(\.0)
  }

  private static func parse(_ name: String) -> (step: Int, attempt: Int)? {
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3, parts[0] == "step", parts[1].allSatisfy(\.isNumber),
      let step = Int(parts[1]), let attempt = parts.count == 3 ? Int(parts[2]) : 1
    else { return nil }
    return (step, attempt)
  }

  private func freeName(step: Int) throws -> String {
    let digits = String(step)
    let stem = "step-" + String(repeating: "0", count: max(0, 9 - digits.count)) + digits
    let attempts = try names().compactMap(Self.parse).filter { $0.step == step }.map(\.attempt)
    guard let last = attempts.max() else { return stem }
    return "\(stem)-\(last + 1)"
  }

  private func read(_ name: String) -> Checkpoint? {
    let folder = directory.appendingPathComponent(name)
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = EventCoding.floatNamesForDecoding
    // An unreadable list or file means an incomplete checkpoint: it does not exist for the reader.
    guard
      let data = try? RunDirectory.contents(of: folder.appendingPathComponent(Self.manifestName), limit: 1 << 24),
      var checkpoint = try? decoder.decode(Checkpoint.self, from: data),
      checkpoint.step == Self.parse(name)?.step,
      let sizes = try? fileSizes(in: folder), sizes == checkpoint.files
    else { return nil }
    checkpoint.name = name
    return checkpoint
  }

  private func fileSizes(in folder: URL) throws -> [String: Int] {
    var sizes: [String: Int] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) where name != Self.manifestName {
      let attributes = try FileManager.default.attributesOfItem(atPath: folder.appendingPathComponent(name).path)
      guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
      sizes[name] = attributes[.size] as? Int
    }
    return sizes
  }

  private func remove(_ checkpoint: Checkpoint) throws { try removeFolder(checkpoint.name) }

  /// The list goes first, so that a removal that is cut short leaves no checkpoint that looks complete.
  private func removeFolder(_ name: String) throws {
    let folder = directory.appendingPathComponent(name)
    unlink(folder.appendingPathComponent(Self.manifestName).path)
    do {
      try FileManager.default.removeItem(at: folder)
    } catch {
      throw RunError("cannot remove \(folder.path): \(error.localizedDescription)")
    }
  }
}
