import Foundation
import NN
import Runs

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

  /// Key under which a checkpoint's free text lists the shapes.
  static let metadataKey = "shapes"

  /// The list of shapes as a checkpoint holds it: a line of JSON each.
  static func text(of entries: [ShapeEntry]) throws -> String {
    try entries.map { try JSONOutput.line($0) }.joined(separator: "\n")
  }

  /// The list of shapes in a checkpoint; nil if it has none.
  static func entries(in file: StateFile, path: String) throws -> [ShapeEntry]? {
    try file.metadata[metadataKey].map { try entries($0, path: path) }
  }

  /// The shapes that such a list names.
  static func entries(_ text: String, path: String) throws -> [ShapeEntry] {
    try text.split(separator: "\n").enumerated().map { index, line in
      do {
        return try JSONDecoder().decode(ShapeEntry.self, from: Data(line.utf8))
      } catch {
        throw ExperimentError("\(path): line \(index + 1) of the list of shapes is none; the checkpoint is damaged")
      }
    }
  }
}
