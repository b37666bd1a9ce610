import ArgumentParser
import Foundation
import Geometry
import Runs

/// How `formcast mesh` makes a new surface of a mesh: the level of its signed distance, closed whatever the mesh was.
struct RemeshOptions: ParsableArguments {
  @Option(help: "With a mesh: samples along its longest side; memory grows with the surface only.")
  var resolution: Int?

  @Flag(help: "With a mesh: keep sharp edges, by dual contouring.")
  var sharp = false

  @OptionGroup var inside: SignOption

  func validate() throws {
    let limit = SparseSurfaceExtraction.largestExtent
    guard (4...limit).contains(resolution ?? 4) else {
      throw ValidationError("--resolution must be 4 to \(limit)")
    }
  }

  /// What came out, and how.
  struct Outcome {
    var mesh: Mesh
    var sign: SignDecision
    var statistics: SparseStatistics
  }

  /// The surface at a distance from the mesh in a file; 0 is the mesh itself.
  func surface(of path: String, level: Float) throws -> Outcome {
    let mesh = try Mesh(contentsOf: URL(fileURLWithPath: path))
    let field = try MeshDistanceField(mesh, sign: inside.sign)
    let (shape, frame) = Self.grid(round: mesh, level: level, resolution: resolution ?? 128)
    var extraction = SparseSurfaceExtraction(
      SurfaceExtraction(level: level, inside: .below), shape: shape, frame: frame)
    extraction.method = sharp ? .dualContouring : .marchingCubes
    let surface = try extraction.surface(of: field)
    guard !surface.mesh.faces.isEmpty else {
      throw SurfaceChoiceError("\(path): nothing is solid at level \(level); choose a larger --level or --resolution")
    }
    return Outcome(mesh: surface.mesh, sign: field.sign, statistics: surface.statistics)
  }

  /// A grid over the box of the mesh and what the level adds to it, with two samples to spare on each side.
  private static func grid(
    round mesh: Mesh, level: Float, resolution: Int
  ) -> (ScalarGrid.Shape, GridFrame) {
    let box = mesh.bounds ?? Bounds(lower: .zero, upper: .zero)
    let growth = SIMD3<Double>(repeating: Double(max(0, level)))
    let lower = SIMD3<Double>(box.lower) - growth
    let extent = SIMD3<Double>(box.upper) + growth - lower
    let step = max(extent.max() / Double(resolution - 1), .leastNormalMagnitude)
    let counts = (0..<3).map { Int((extent[$0] / step).rounded(.up)) + 5 }
    let frame = GridFrame(origin: lower - 2 * step, spacing: SIMD3(repeating: step))
    return (ScalarGrid.Shape(counts[0], counts[1], counts[2]), frame)
  }
}
