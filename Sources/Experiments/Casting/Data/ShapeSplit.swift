import Foundation
import Randomness
import Runs

/// The parts that the shapes of a data set are dealt out into.
public enum ShapeSide: String, Codable, Sendable, CaseIterable {
  /// To learn from.
  case training
  /// Held out, to see how well unknown shapes are done.
  case validation
  /// Held out until the end; only where a list says so.
  case test
  /// All shapes.
  case all

  /// The list of a folder that names its shapes.
  var listName: String? {
    switch self {
    case .training: "train.txt"
    case .validation: "val.txt"
    case .test: "test.txt"
    case .all: nil
    }
  }
}

/// Deals shapes out: by the lists `train.txt`, `val.txt` and `test.txt` of their folder if it has them, else by chance
/// within each category. Neither the order of the shapes nor that of the files matters.
public struct ShapeSplit: Sendable {
  private var sides: [String: ShapeSide] = [:]

  /// The side of a shape; nil if lists leave it out.
  public func side(of id: String) -> ShapeSide? { sides[id] }

  /// Deals out shapes, `shares` of each category, rounded; what is left over is for training.
  ///
  /// *Parameters*: `shares` of validation and test.
  public init(_ entries: [ShapeEntry], validation: Double, test: Double = 0, seed: UInt64) {
    for members in Dictionary(grouping: entries, by: \.category).values {
      let ranked = members.map { entry in
        var generator = SeededGenerator(seed: ShapeSeed.seed(seed, for: entry.id), stream: 0x73_70_6C_69_74)
        return (entry.id, generator.next())
      }
      .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
      let heldOut = Int((Double(members.count) * validation).rounded())
      let tested = Int((Double(members.count) * test).rounded())
      for (rank, member) in ranked.enumerated() {
        sides[member.0] = rank < heldOut ? .validation : rank < heldOut + tested ? .test : .training
      }
    }
  }

  /// The lists of a folder, nil if it has none.
  ///
  /// A line names a shape by its id, or by its file.
  /// *Throws*: `ExperimentError` for a list that names an unknown shape, or one that another list names too.
  public init?(listsIn folder: String, _ entries: [ShapeEntry]) throws {
    let known = Set(entries.map(\.id))
    var isThere = false
    for side in ShapeSide.allCases {
      guard let name = side.listName, let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
        continue
      }
      isThere = true
      for line in String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline) {
        let text = line.trimmingCharacters(in: .whitespaces)
        guard !text.isEmpty else { continue }
        let id = known.contains(text) ? text : (text as NSString).deletingPathExtension
        guard known.contains(id) else {
          throw ExperimentError("\(folder)/\(name): names '\(text)', which the folder does not hold")
        }
        if let other = sides.updateValue(side, forKey: id), other != side {
          throw ExperimentError(
            "\(folder)/\(name): names '\(id)', as \(other.listName ?? "") does; one of them is wrong")
        }
      }
    }
    guard isThere else { return nil }
  }

  /// Writes the lists into a folder and says how many shapes each names; if it is not the folder of the samples, also where
  /// these lie, so that it can stand for it.
  ///
  /// *Throws*: errors of the disk, and if a list is there and may not be replaced.
  public func write(to folder: String, samples: String, force: Bool) throws -> [ShapeSide: Int] {
    let lists = [ShapeSide.training, .validation, .test].map { side in
      (side, sides.filter { $0.value == side }.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }
    .filter { $0.0 != .test || !$0.1.isEmpty }
    for side in ShapeSide.allCases {
      guard let name = side.listName, !force else { continue }
      guard !FileManager.default.fileExists(atPath: "\(folder)/\(name)") else {
        throw ExperimentError("\(folder)/\(name): exists already; name another folder or use --force")
      }
    }
    if force, let name = ShapeSide.test.listName, !lists.contains(where: { $0.0 == .test }) {
      // An earlier split with a test side must not speak along.
      unlink("\(folder)/\(name)")
    }
    let root = URL(filePath: SampleFolder.root(of: samples)).resolvingSymlinksInPath().path
    if root != URL(filePath: folder).resolvingSymlinksInPath().path {
      try AtomicFile.write(root + "\n", to: URL(filePath: "\(folder)/\(SampleFolder.referenceName)"))
    }
    for (side, ids) in lists {
      guard let name = side.listName else { continue }
      try AtomicFile.write(ids.map { $0 + "\n" }.joined(), to: URL(filePath: "\(folder)/\(name)"))
    }
    return Dictionary(uniqueKeysWithValues: lists.map { ($0.0, $0.1.count) })
  }
}
