import ArgumentParser
import Geometry

/// Where the surface of a grid lies and which side of it is solid.
struct SurfaceOptions: ParsableArguments {
  /// Which side of the level is solid.
  enum Side: String, ExpressibleByArgument, CaseIterable {
    case auto, below, above
  }

  @Option(
    parsing: .unconditional,
    help: "The value on the surface; without it 0.5 for occupancies and 0 for signed distances.")
  var level: Float?

  @Option(
    help: """
      Which side of the level is solid: below, above or auto. Auto: a grid with negative values is a signed distance \
      (below), one of values from 0 to 1 an occupancy (above); others need --level and are solid above it.
      """)
  var inside = Side.auto

  @Flag(help: "Smooth the steps of a binary grid, by at most half a voxel.")
  var smooth = false

  func validate() throws {
    guard level?.isFinite ?? true else { throw ValidationError("--level must be a finite number") }
  }

  /// The extraction that suits the values of a grid; throws if they say too little.
  func extraction(for grid: ScalarGrid, path: String) throws -> SurfaceExtraction {
    let range = Self.range(of: grid)
    let side: SurfaceExtraction.Inside
    switch inside {
    case .below: side = .below
    case .above: side = .above
    case .auto where range.lowerBound < 0: side = .below
    case .auto:
      guard range.upperBound <= 1 || level != nil else {
        throw SurfaceChoiceError(
          "\(path): values from \(range.lowerBound) to \(range.upperBound) are neither occupancies nor signed"
            + " distances; give --level")
      }
      side = .above
    }
    var extraction = SurfaceExtraction(level: level ?? (side == .below ? 0 : 0.5), inside: side)
    if smooth { extraction.smoothing = SurfaceSmoothing() }
    return extraction
  }

  /// The surface, which must not be empty.
  func surface(of grid: ScalarGrid, with extraction: SurfaceExtraction, path: String) throws -> Mesh {
    let mesh: Mesh
    do {
      mesh = try extraction.mesh(of: grid)
    } catch {
      throw SurfaceChoiceError("\(path): \(error)")
    }
    guard !mesh.faces.isEmpty else {
      let range = Self.range(of: grid)
      throw SurfaceChoiceError(
        "\(path): nothing is solid at level \(extraction.level), values are from \(range.lowerBound) to"
          + " \(range.upperBound); choose another --level")
    }
    return mesh
  }

  private static func range(of grid: ScalarGrid) -> ClosedRange<Float> {
    var (lower, upper) = (Float.infinity, -Float.infinity)
    for value in grid.values { (lower, upper) = (min(lower, value), max(upper, value)) }
    return lower <= upper ? lower...upper : 0...0
  }
}

/// A surface that cannot be made of the values at hand.
struct SurfaceChoiceError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
