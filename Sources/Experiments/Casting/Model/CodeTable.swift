import Foundation
import Runs
import Torch

/// The codes of the shapes that a decoder was trained on.
public struct CodeTable: Sendable, Equatable {
  /// The shapes, a row each.
  public let entries: [ShapeEntry]
  /// Their codes, [S, L].
  public let values: [Float]
  /// Length of a code.
  public let latentSize: Int

  /// A table of codes; traps unless there is one for each shape.
  public init(entries: [ShapeEntry], values: [Float], latentSize: Int) {
    precondition(values.count == entries.count * latentSize, "\(values.count) numbers for \(entries.count) codes")
    (self.entries, self.values, self.latentSize) = (entries, values, latentSize)
  }

  /// The code of shape `index`.
  public func code(_ index: Int) -> [Float] { Array(values[index * latentSize..<(index + 1) * latentSize]) }

  /// The row of the shape of that name; nil if there is none.
  public func index(of id: String) -> Int? { entries.firstIndex { $0.id == id } }

  /// Mean and standard deviation of every component.
  func moments() -> (mean: [Float], deviation: [Float]) {
    var (mean, deviation) = ([Float](repeating: 0, count: latentSize), [Float](repeating: 0, count: latentSize))
    for component in 0..<latentSize {
      let column = entries.indices.map { Double(values[$0 * latentSize + component]) }
      let center = column.reduce(0, +) / Double(max(column.count, 1))
      let variance = column.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(max(column.count, 1))
      (mean[component], deviation[component]) = (Float(center), Float(variance.squareRoot()))
    }
    return (mean, deviation)
  }

  /// Name of the file in a run's folder that lists the shapes, a line of JSON each.
  static let entriesName = "shapes.jsonl"

  /// Writes the list of shapes into a run's folder.
  static func write(_ entries: [ShapeEntry], to run: RunDirectory) throws {
    let text = try entries.map { try JSONOutput.line($0) + "\n" }.joined()
    try Runs.AtomicFile.write(Data(text.utf8), to: run.url.appending(path: entriesName))
  }

  /// Reads the list of shapes of a run; nil if it has none.
  static func entries(of run: RunDirectory) throws -> [ShapeEntry]? {
    let url = run.url.appending(path: entriesName)
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    let lines = String(decoding: try Data(contentsOf: url), as: UTF8.self).split(separator: "\n")
    return try lines.enumerated().map { index, line in
      do {
        return try JSONDecoder().decode(ShapeEntry.self, from: Data(line.utf8))
      } catch {
        throw ExperimentError("\(url.path): line \(index + 1) is no shape; the run is damaged")
      }
    }
  }
}
