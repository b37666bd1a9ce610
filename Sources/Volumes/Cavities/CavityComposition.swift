/// The four kinds of cavity, in the order of the labels.
public enum CavityKind: Int, Sendable, Codable, CaseIterable {
  /// A solid 4-ball, B^4.
  case ball
  /// A circle with a solid 3-ball as its cross section, S^1 x B^3.
  case ring
  /// A sphere with a disc as its cross section, S^2 x B^2.
  case shell
  /// A torus with a disc as its cross section, S^1 x S^1 x B^2.
  case torus
}

/// How many cavities of each kind a sample has.
public struct CavityComposition: Sendable, Equatable, Hashable, Codable {
  /// Counts in the order of `CavityKind`.
  public var counts: SIMD4<Int>

  /// A composition of given counts.
  public init(balls: Int, rings: Int, shells: Int, tori: Int) {
    counts = SIMD4(balls, rings, shells, tori)
  }

  /// Number of cavities of all kinds: the label in the name of a sample.
  public var label: Int { counts.wrappedSum() }

  /// Betti numbers b0..b3 of the solid, by Alexander duality.
  public var bettiNumbers: [Int] {
    [1, counts[2] + counts[3], counts[1] + 2 * counts[3], label]
  }

  /// The labels as they lie in a file.
  public var labels: CavityLabels {
    CavityLabels(bettiNumbers: bettiNumbers.map(UInt8.init), objectCounts: (0..<4).map { UInt8(counts[$0]) })
  }

  /// The kind of every cavity, kind by kind.
  public var kinds: [CavityKind] {
    CavityKind.allCases.flatMap { Array(repeating: $0, count: counts[$0.rawValue]) }
  }

  /// Every composition a sample may have, each equally probable: 1 to 16 cavities and no Betti number above 16 (4,184).
  public static let all: [CavityComposition] = {
    let most = 16
    var compositions: [CavityComposition] = []
    for balls in 0...most {
      for rings in 0...(most - balls) {
        for shells in 0...(most - balls - rings) {
          for tori in 0...(most - balls - rings - shells) where rings + 2 * tori <= most {
            let composition = CavityComposition(balls: balls, rings: rings, shells: shells, tori: tori)
            if composition.label > 0 { compositions.append(composition) }
          }
        }
      }
    }
    return compositions
  }()
}
