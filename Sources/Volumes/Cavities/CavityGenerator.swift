import Foundation
import Randomness

/// What a generated cavity data set looks like.
public struct CavityConfiguration: Sendable, Equatable, Codable {
  /// Side of the 4D lattice. All lengths (sizes and gap) scale with `grid / 128`; the solid shell of one voxel does not.
  public var grid: Int
  /// Seed of the data set; sample `i` depends on the seed and on `i` only.
  public var seed: UInt64
  /// Least distance between the surfaces of two cavities, in voxels of a lattice of side 128.
  public var gap: Double
  /// How often the centre of one cavity is redrawn before the whole sample is drawn anew.
  public var placementAttempts: Int

  /// A data set as published, unless told otherwise.
  public init(grid: Int = 128, seed: UInt64 = 0, gap: Double = 6, placementAttempts: Int = 200) {
    (self.grid, self.seed, self.gap, self.placementAttempts) = (grid, seed, gap, placementAttempts)
  }
}

/// What is wrong with a request for cavity data.
public enum CavityError: Error, Equatable, CustomStringConvertible {
  /// The lattice is too small or too large.
  case grid(Int)
  /// The pooling window does not divide the lattice.
  case pool(Int, grid: Int)
  /// No arrangement was found that keeps the gap.
  case noRoom(index: Int, gap: Double)

  /// One line: what is wrong and what to do.
  public var description: String {
    switch self {
    case .grid(let grid):
      "a cavity lattice has a side of 16 to 512 voxels, not \(grid); 128 is the published size"
    case .pool(let pool, let grid):
      "pooling by \(pool) does not divide a lattice of side \(grid); choose a divisor of \(grid)"
    case .noRoom(let index, let gap):
      "cavity sample \(index): no arrangement keeps a gap of \(gap) voxels; choose a smaller gap or another seed"
    }
  }
}

/// The exact description of one sample: what is in it and where.
public struct CavitySample: Sendable, Equatable, Codable {
  /// Position in the data set.
  public var index: Int
  /// Side of the 4D lattice.
  public var grid: Int
  /// How many cavities of each kind.
  public var composition: CavityComposition
  /// The cavities, those of the largest outer radius first.
  public var cavities: [Cavity]
  /// How often the sample was drawn anew because its cavities did not fit.
  public var restarts: Int

  /// A sample of given parts.
  public init(index: Int, grid: Int, composition: CavityComposition, cavities: [Cavity], restarts: Int = 0) {
    (self.index, self.grid, self.composition) = (index, grid, composition)
    (self.cavities, self.restarts) = (cavities, restarts)
  }

  /// `4d_mixed_#<index>_<number of cavities>`: the stem of its full-size file.
  public var name: String { "4d_mixed_#\(index)_\(composition.label)" }

  /// The stem of its pooled file, which ends in the side of the pooled grid.
  public func name(pooledBy pool: Int) -> String { "\(name)_\(grid / pool)" }
}

/// Draws samples of the 4D cavity data: disjoint balls, rings, shells and tori in a solid 4-cube whose first axis is time.
///
/// The laws of composition, shape, size, orientation and placement were identified from the published pooled samples;
/// their own generator was never published. Exact: compositions, equations, ratios, labels, borders. Measured: the law of
/// orientation, the range of sizes, the gap. Chosen: placement by falling outer radius (it keeps sizes independent of the
/// number of cavities, as in the published data), restart of the sample after `placementAttempts` failures with the same
/// composition.
///
/// *Reference*: Hannouch and Chalup, 2023, arXiv:2306.14442.
public struct CavityGenerator: Sendable {
  /// What is drawn.
  public let configuration: CavityConfiguration
  private static let restartLimit = 500

  /// A generator; throws if the lattice is out of range.
  public init(_ configuration: CavityConfiguration) throws {
    guard (16...512).contains(configuration.grid) else { throw CavityError.grid(configuration.grid) }
    self.configuration = configuration
  }

  /// Sample `index`, independent of any other.
  public func sample(_ index: Int) throws -> CavitySample {
    var random = SeededGenerator(seed: configuration.seed, stream: UInt64(bitPattern: Int64(index)))
    let composition = CavityComposition.all[random.integer(below: CavityComposition.all.count)]
    for restarts in 0..<Self.restartLimit {
      if let cavities = arrangement(composition, &random) {
        return CavitySample(
          index: index, grid: configuration.grid, composition: composition, cavities: cavities, restarts: restarts)
      }
    }
    throw CavityError.noRoom(index: index, gap: configuration.gap)
  }

  /// Draws and places all cavities of a composition, or nil if one of them found no place.
  private func arrangement(_ composition: CavityComposition, _ random: inout SeededGenerator) -> [Cavity]? {
    let drawn = composition.kinds.map { draw($0, &random) }
    let largestFirst = drawn.indices.sorted { (drawn[$0].outerRadius, $1) > (drawn[$1].outerRadius, $0) }
    let separation = CavitySeparation(
      gap: configuration.gap * Double(configuration.grid) / 128, grid: configuration.grid)
    var placed: [PlacedCavity] = []
    for index in largestFirst {
      guard let cavity = place(drawn[index], beside: placed, separation, &random) else { return nil }
      placed.append(cavity)
    }
    return placed.map(\.cavity)
  }

  /// Size, orientation and tilt of one cavity, centred at the origin.
  private func draw(_ kind: CavityKind, _ random: inout SeededGenerator) -> Cavity {
    let scale = Double(configuration.grid) / 128
    let unit = random.uniform(in: 2.4..<6.4)
    let excess = random.uniform()
    let volume = 16 * Double.pi * Double.pi * Double.pi * (1 + excess) * unit * unit * unit * unit
    let size: Double =
      switch kind {
      case .ball: (2 * volume / (.pi * .pi)).squareRoot().squareRoot()
      case .ring: (3 * volume / (16 * .pi * .pi)).squareRoot().squareRoot()
      case .shell: (volume / (16 * .pi * .pi)).squareRoot().squareRoot()
      case .torus: unit
      }
    let angles = (0..<6).map { _ in random.uniform(in: 0..<(2 * .pi)) }
    let tilt = random.uniform(in: 0..<(2 * .pi))
    return Cavity(
      kind: kind, size: size * scale, center: SIMD4(), axes: Cavity.rotation(angles: angles),
      tilt: kind == .torus ? tilt : 0)
  }

  /// Moves a cavity to a uniform lattice point at which it lies in 1...grid-2 and keeps the gap to all others.
  private func place(
    _ cavity: Cavity, beside others: [PlacedCavity], _ separation: CavitySeparation, _ random: inout SeededGenerator
  ) -> PlacedCavity? {
    let reach = cavity.reach
    var lowest = SIMD4<Int>()
    var choices = SIMD4<Int>()
    for axis in 0..<4 {
      lowest[axis] = Int((1 + reach.lower[axis]).rounded(.up))
      let highest = Int((Double(configuration.grid - 2) - reach.upper[axis]).rounded(.down))
      choices[axis] = highest - lowest[axis] + 1
      if choices[axis] < 1 { return nil }
    }
    for _ in 0..<configuration.placementAttempts {
      var moved = cavity
      for axis in 0..<4 {
        moved.center[axis] = Double(lowest[axis] + random.integer(below: choices[axis]))
      }
      let candidate = PlacedCavity(moved)
      if others.allSatisfy({ separation.areSeparated($0, candidate) }) { return candidate }
    }
    return nil
  }
}
