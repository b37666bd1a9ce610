import Randomness

/// Which codes a verb works on.
public struct CodeChoice: Sendable, Equatable {
  /// Where codes come from.
  public enum Source: Sendable, Equatable {
    /// So many from the model's prior.
    case random(count: Int)
    /// Those of an npy file.
    case file(String)
    /// The first of those that the model was trained on; nil for all.
    case trained(count: Int?)
    /// So many of those that the model was trained on, drawn by the seed without repetition.
    case drawn(count: Int)
    /// The trained codes of these shapes.
    case ids([String])
    /// The trained codes with these numbers, from 0.
    case indices([Int])
  }

  /// Where codes come from.
  public var source: Source
  /// Seed of random choices.
  public var seed: UInt64

  /// A choice of codes.
  public init(_ source: Source, seed: UInt64 = 1) { (self.source, self.seed) = (source, seed) }

  /// The codes.
  ///
  /// *Throws*: `ExperimentError` for codes that the space does not have, and what ``CodeFile/read(_:latentSize:)`` throws.
  public func codes(of space: ShapeSpace) throws -> [NamedCode] {
    switch source {
    case .random(let count):
      return space.randomCodes(count, seed).enumerated().map { NamedCode("code \($0)", values: $1) }
    case .file(let path): return try CodeFile.read(path, latentSize: space.latentSize)
    case .trained(let count): return Array(try trained(of: space).prefix(count ?? .max))
    case .drawn(let count):
      let known = try trained(of: space)
      var generator = SeededGenerator(seed: seed)
      return generator.permutation(count: known.count).prefix(count).map { known[$0] }
    case .ids(let ids):
      let known = try trained(of: space)
      let places = Dictionary(known.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
      return try ids.map { id in
        guard let place = places[id] else {
          let some = known.prefix(3).map(\.name).joined(separator: ", ")
          throw ExperimentError(
            "\(space.name): was not trained on a shape \(id); it knows \(known.count), such as \(some)")
        }
        return known[place]
      }
    case .indices(let indices):
      let known = try trained(of: space)
      return try indices.map { index in
        guard known.indices.contains(index) else {
          throw ExperimentError("\(space.name): has no trained code \(index); they are 0 to \(known.count - 1)")
        }
        return known[index]
      }
    }
  }

  private func trained(of space: ShapeSpace) throws -> [NamedCode] {
    guard !space.trained.isEmpty else {
      throw ExperimentError("\(space.name): has no trained codes, as a generator; use --count or --codes")
    }
    return space.trained
  }
}
