import ArgumentParser
import Foundation
import Geometry
import Runs

/// How `formcast mesh` makes a new surface of a mesh: the level of its signed distance, closed whatever the mesh was.
struct RemeshOptions: ParsableArguments {
  @Option(help: "With a mesh: make it anew with so many samples along its longest side; memory grows with the surface.")
  var resolution: Int?

  @Flag(help: "With --resolution: keep sharp edges, by dual contouring.")
  var sharp = false

  @OptionGroup var inside: SignOption

  func validate() throws {
    let limit = SparseSurfaceExtraction.largestExtent
    guard (4...limit).contains(resolution ?? 4) else {
      throw ValidationError("--resolution must be 4 to \(limit)")
    }
  }

  /// Refuses what says nothing about a grid.
  func validateForGrid() throws {
    guard resolution == nil, !sharp else {
      throw ValidationError("--resolution and --sharp are for meshes; a grid has the resolution that it has")
    }
  }

  /// What came out, and how.
  struct Outcome {
    var mesh: Mesh
    var sign: SignDecision
    var statistics: SparseStatistics
  }

  /// The surface at a distance from the mesh in a file; 0 is the mesh itself.
  func surface(of path: String, level: Float, resolution: Int) throws -> Outcome {
    let mesh = try Mesh(contentsOf: URL(fileURLWithPath: path))
    let field = try MeshDistanceField(mesh, sign: inside.sign)
    let (shape, frame) = Self.grid(round: mesh, level: level, resolution: resolution)
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

extension MeshVerb {
  /// Refuses what says nothing about a mesh.
  func validateForMesh() throws {
    guard frame == nil, spacing == nil, !open, !surface.smooth, surface.inside == .auto else {
      throw ValidationError("--frame, --spacing, --open, --smooth and --inside are for grids; \(grid) is a mesh")
    }
    guard remesh.resolution != nil || surface.level == nil && !remesh.sharp else {
      throw ValidationError("--level and --sharp need --resolution where the input is a mesh")
    }
  }

  /// Converts a mesh, or makes it anew.
  func runMesh() throws {
    guard let resolution = remesh.resolution else {
      let mesh = try Mesh(contentsOf: URL(fileURLWithPath: grid))
      try mesh.write(to: url, encoding: ascii ? .ascii : .binary)
      let summary = MeshSummary(mesh, nil, out: out)
      return try common.report(summary, text: summary.text)
    }
    let level = surface.level ?? 0
    let outcome = try remesh.surface(of: grid, level: level, resolution: resolution)
    try outcome.mesh.write(to: url, encoding: ascii ? .ascii : .binary)
    var summary = MeshSummary(outcome.mesh, SurfaceExtraction(level: level, inside: .below), out: out)
    (summary.sign, summary.statistics) = (outcome.sign, outcome.statistics)
    try common.report(summary, text: summary.text)
  }
}
