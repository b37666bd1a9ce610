import Foundation
import Randomness

/// The three parts of a data set.
public enum DatasetPart: String, Sendable, Codable, CaseIterable {
  /// What a model learns from.
  case training
  /// What decides which state of a model is kept.
  case validation
  /// What a model is judged by.
  case test

  /// Name of its folder, as in the published data.
  public var folderName: String {
    switch self {
    case .training: "00_4D_training_datasets"
    case .validation: "01_4D_validation_datasets"
    case .test: "02_4D_test_datasets"
    }
  }

  /// The sample files of this part of a split data set, in name order; throws if the folder is missing or empty.
  public func paths(in directory: String) throws -> [String] {
    try SeriesFile.listSeries(in: "\(directory)/\(folderName)")
  }
}

/// Why a data set cannot be split.
public enum SplitError: Error, Equatable, CustomStringConvertible {
  /// Ratios that are not three shares of one.
  case ratios([Double])
  /// Two samples of the same name.
  case sameName(String)
  /// A folder that already holds something.
  case exists(String)
  /// A file that a split did not make stands where a sample should go.
  case foreign(String)
  /// A file operation that failed.
  case failed(path: String, reason: String)

  /// One line: what is wrong and what to do.
  public var description: String {
    switch self {
    case .ratios(let ratios): "ratios \(ratios) are not three shares of 1, such as 0.8,0.1,0.1"
    case .sameName(let name): "\(name): occurs twice among the samples; give every sample its own name"
    case .exists(let path): "\(path): holds files already; name another folder or use --force"
    case .foreign(let path): "\(path): was not made by a split and is left alone; move it away first"
    case .failed(let path, let reason): "\(path): \(reason)"
    }
  }
}

/// A seeded division of sample files into training, validation and test folders.
public struct DatasetSplit: Sendable, Equatable, Codable {
  /// Shares of training, validation and test.
  public var ratios: [Double]
  /// Seed of the order in which samples are dealt out.
  public var seed: UInt64

  /// What a split leaves beside its folders, so that a later one knows which files it may remove.
  private struct Manifest: Codable {
    var split: DatasetSplit
    var files: [String: [String]]
  }
  private static let manifestName = "split.json"

  /// A split; throws unless the ratios are three shares of one.
  public init(ratios: [Double] = [0.8, 0.1, 0.1], seed: UInt64 = 0) throws {
    guard ratios.count == 3, ratios.allSatisfy({ $0 >= 0 && $0 <= 1 }), abs(ratios.reduce(0, +) - 1) < 1e-6 else {
      throw SplitError.ratios(ratios)
    }
    (self.ratios, self.seed) = (ratios, seed)
  }

  /// Which samples go where; depends on the set of names and the seed, not on the order in which they are given.
  public func parts(of names: [String]) -> [DatasetPart: [String]] {
    let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var random = SeededGenerator(seed: seed)
    let dealt = random.permutation(count: sorted.count).map { sorted[$0] }
    let count = Double(sorted.count)
    let first = min(sorted.count, Int((ratios[0] * count).rounded()))
    let second = min(sorted.count, max(first, Int(((ratios[0] + ratios[1]) * count).rounded())))
    // Shares that add up to one leave nothing over, whatever rounding did.
    let end = ratios[2] == 0 ? second : sorted.count
    return [
      .training: Array(dealt[..<first]), .validation: Array(dealt[first..<second]),
      .test: Array(dealt[second..<end]),
    ]
  }

  /// Puts samples into the three folders below `directory`, as hard links where the file system has them, else as copies.
  ///
  /// Folders that hold something are refused unless `force`, and even then only what an earlier split made is removed.
  public func write(_ paths: [String], to directory: String, force: Bool = false) throws -> [DatasetPart: Int] {
    var sources: [String: String] = [:]
    for path in paths {
      let name = URL(fileURLWithPath: path).lastPathComponent
      guard sources.updateValue(path, forKey: name) == nil else { throw SplitError.sameName(name) }
    }
    let parts = parts(of: Array(sources.keys))
    try prepare(directory, force: force)
    for part in DatasetPart.allCases {
      try Self.attempt("\(directory)/\(part.folderName)") {
        try FileManager.default.createDirectory(atPath: $0, withIntermediateDirectories: true)
      }
      for name in parts[part] ?? []
      where FileManager.default.fileExists(atPath: "\(directory)/\(part.folderName)/\(name)") {
        throw SplitError.foreign("\(directory)/\(part.folderName)/\(name)")
      }
    }
    // The list comes first, so that an interrupted split can be taken back.
    let files = Dictionary(uniqueKeysWithValues: parts.map { ($0.key.folderName, $0.value.sorted()) })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let manifest = try encoder.encode(Manifest(split: self, files: files))
    try AtomicFile.write([UInt8](manifest), to: "\(directory)/\(Self.manifestName)")
    for (part, names) in parts {
      for name in names { try Self.place(sources[name] ?? "", as: "\(directory)/\(part.folderName)/\(name)") }
    }
    return parts.mapValues(\.count)
  }

  /// Makes sure that there is room: nothing there, or only what an earlier split made and `force` gives up.
  private func prepare(_ directory: String, force: Bool) throws {
    let manager = FileManager.default
    let folders = DatasetPart.allCases.map { "\(directory)/\($0.folderName)" }
    let occupied = try folders.first { path in
      guard manager.fileExists(atPath: path) else { return false }
      var isOccupied = false
      try Self.attempt(path) { isOccupied = try !manager.contentsOfDirectory(atPath: $0).isEmpty }
      return isOccupied
    }
    let path = "\(directory)/\(Self.manifestName)"
    guard let occupied else {
      guard force || !manager.fileExists(atPath: path) else { throw SplitError.exists(path) }
      return
    }
    guard force else { throw SplitError.exists(occupied) }
    guard let data = manager.contents(atPath: path) else { return }
    let manifest: Manifest
    do {
      manifest = try JSONDecoder().decode(Manifest.self, from: data)
    } catch {
      throw SplitError.foreign(path)
    }
    let known = Set(DatasetPart.allCases.map(\.folderName))
    for (folder, names) in manifest.files where known.contains(folder) {
      for name in names where !name.contains("/") && name != ".." && name != "." {
        let file = "\(directory)/\(folder)/\(name)"
        if manager.fileExists(atPath: file) { try Self.attempt(file) { try manager.removeItem(atPath: $0) } }
      }
    }
  }

  private static func place(_ source: String, as target: String) throws {
    let resolved = URL(fileURLWithPath: source).resolvingSymlinksInPath().path
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: resolved, isDirectory: &isFolder)
    if exists && !isFolder.boolValue && link(resolved, target) == 0 { return }
    let url = URL(fileURLWithPath: target)
    let temporary = url.deletingLastPathComponent().appendingPathComponent(".\(url.lastPathComponent).part").path
    try attempt(target) { _ in
      if FileManager.default.fileExists(atPath: temporary) { try FileManager.default.removeItem(atPath: temporary) }
      try FileManager.default.copyItem(atPath: resolved, toPath: temporary)
      try FileManager.default.moveItem(atPath: temporary, toPath: target)
    }
  }

  /// Runs a file operation and turns its failure into one line.
  private static func attempt(_ path: String, _ operation: (String) throws -> Void) throws {
    do {
      try operation(path)
    } catch {
      throw SplitError.failed(path: path, reason: error.localizedDescription)
    }
  }
}
