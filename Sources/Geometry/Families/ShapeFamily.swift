import Randomness

/// Families of solids with exact distances: shapes of several categories to learn from, as many as are wanted.
///
/// A shape depends on seed, family and number alone. The second axis points up in all of them, and no wall is thinner
/// than about a twentieth of the radius of the unit sphere.
public enum ShapeFamily: String, Sendable, Codable, CaseIterable {
  /// Four legs, a seat, and a back that is solid or of bars; some have arms.
  case chairs
  /// A top on four legs or on a column; some have a lower board.
  case tables
  /// Boards between two sides; some have a back.
  case shelves
  /// Hollow bodies with a belly and a neck, open at the top.
  case vases
  /// Full bodies with a shoulder, a neck and a ring.
  case bottles
  /// A foot, a stem and a hollow bowl.
  case goblets
  /// Tori with a round or angular section, lying.
  case rings
  /// Standing rods with round ends, thicker at one end.
  case rods
  /// Toothed wheels with a hole, standing.
  case gears
  /// Stars, standing.
  case stars
  /// Rectangular or oval frames, standing.
  case frames

  /// The shape of a number.
  ///
  /// *Parameters*: its farthest point lies at one over `margin`.
  /// *Throws*: `MeshError` where memory ends.
  public func shape(_ index: Int, seed: UInt64, margin: Double = 1.03) throws -> FamilyShape {
    let number = Self.allCases.firstIndex(of: self) ?? 0
    var draw = ParameterDraw(
      SeededGenerator(seed: seed, stream: UInt64(number) << 32 | UInt64(truncatingIfNeeded: index)))
    let solid = solid(&draw)
    return try FamilyShape(self, index: index, parameters: draw.drawn, solid: solid, margin: margin)
  }

  private func solid(_ draw: inout ParameterDraw) -> FamilySolid {
    switch self {
    case .chairs: .built(BuiltFamilies.chair(&draw))
    case .tables: .built(BuiltFamilies.table(&draw))
    case .shelves: .built(BuiltFamilies.shelf(&draw))
    case .vases: .turned([TurnedFamilies.vase(&draw)])
    case .bottles: .turned([TurnedFamilies.bottle(&draw)])
    case .goblets: .turned([TurnedFamilies.goblet(&draw)])
    case .rings: .turned([TurnedFamilies.ring(&draw)])
    case .rods: .turned([TurnedFamilies.rod(&draw)])
    case .gears: CutFamilies.gear(&draw)
    case .stars: CutFamilies.star(&draw)
    case .frames: CutFamilies.frame(&draw)
    }
  }
}

/// Draws the parameters of a shape and remembers them by name.
struct ParameterDraw {
  private var generator: SeededGenerator
  private(set) var drawn: [(name: String, value: Double)] = []

  init(_ generator: SeededGenerator) { self.generator = generator }

  /// A number of a range.
  mutating func callAsFunction(_ name: String, _ range: Range<Double>) -> Double {
    let value = generator.uniform(in: range)
    drawn.append((name, value))
    return value
  }

  /// A whole number of a range.
  mutating func whole(_ name: String, _ range: ClosedRange<Int>) -> Int {
    let value = range.lowerBound + generator.integer(below: range.count)
    drawn.append((name, Double(value)))
    return value
  }

  /// True with a chance.
  mutating func flag(_ name: String, chance: Double) -> Bool {
    let value = generator.uniform() < chance
    drawn.append((name, value ? 1 : 0))
    return value
  }
}
