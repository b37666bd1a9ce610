import ArgumentParser
import Foundation
import Geometry
import Runs
import Volumes

/// `formcast sdf grid`.
struct SdfGrid: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grid",
    abstract: "Write the signed distances of a mesh on a grid, [R,R,R] float32, indices along x, y, z.",
    discussion: """
      The grid is a cube round the box of the mesh, in mesh units. With --normalize it is linspace(-1, 1, R) along each \
      axis of the unit sphere or cube, and distances are in that unit. Beside G.npy, G.json says where the samples lie.
      """)

  @Argument(help: "The mesh.")
  var mesh: String

  @Option(help: "Samples along each axis.")
  var resolution: Int

  @Option(help: "The grid to write, .npy.")
  var out: String

  @Option(help: "sphere, cube or none.")
  var normalize = MeshNormalization.none

  @Option(help: "Room on each side of the box in mesh units, as a share of its longest side.")
  var margin = 0.05

  @Option(parsing: .unconditional, help: "The box x0,y0,z0,x1,y1,z1 of the first and last samples instead.")
  var box: NumberList?

  @Option(help: "Bring distances between minus and plus this, such as 0.1.")
  var clip: Float?

  @Flag(help: "Add one sample of value 1 at either end of every axis.")
  var pad = false

  @OptionGroup var sign: SignOption
  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  private var frameFile: String { URL(fileURLWithPath: out).deletingPathExtension().path + ".json" }

  func validate() throws {
    guard out.lowercased().hasSuffix(".npy") else { throw ValidationError("--out must end in .npy") }
    guard (2...1024).contains(resolution) else { throw ValidationError("--resolution must be 2 to 1024") }
    guard margin.isFinite, margin >= 0 else { throw ValidationError("--margin must be 0 or more") }
    guard clip.map({ $0 > 0 && $0.isFinite }) ?? true else { throw ValidationError("--clip must be a positive number") }
    guard let values = box?.values else { return }
    guard values.count == 6, (0..<3).allSatisfy({ values[$0] < values[$0 + 3] }) else {
      throw ValidationError("--box must be x0,y0,z0,x1,y1,z1 with each first number less than its second")
    }
  }

  func run() throws {
    for file in [out, frameFile] { try force.requireFree(file) }
    let progress = ProgressMeter(
      "grid", total: resolution * resolution * resolution, options: common.progress("samples"))
    let (summary, grid) = try MeshFailure.with(mesh) { mesh in
      let placed = try PlacedDistanceField(mesh, normalize, sign: sign.sign)
      let frame = try frame(of: mesh)
      let sampler = DistanceGridSampler(.init(cube: resolution), frame: frame, placement: placed.placement)
      let result = try sampler.sample(placed.field) { progress.update(to: $0) }
      progress.update(to: result.grid.values.count)
      var grid = clip.map { result.grid.clipped(to: $0) } ?? result.grid
      if pad { grid = grid.padded() }
      let request = SdfGridSummary.Request(out: out, frame: frameFile, mesh: self.mesh, normalize: normalize)
      return (SdfGridSummary(request, placed, result, written: grid), grid)
    }
    let shape = [grid.shape.depth, grid.shape.height, grid.shape.width]
    try NpyFile.write(NpyArray(shape: shape, grid.values), to: out)
    try Runs.AtomicFile.write(try JSONOutput.line(summary) + "\n", to: URL(fileURLWithPath: frameFile))
    progress.finish()
    try common.report(summary, text: summary.text)
  }

  private func frame(of mesh: Mesh) throws -> GridFrame {
    var (lower, upper) = (SIMD3<Double>(repeating: -1), SIMD3<Double>(repeating: 1))
    if let values = box?.values {
      (lower, upper) = (SIMD3(values[0], values[1], values[2]), SIMD3(values[3], values[4], values[5]))
    } else if normalize == .none {
      let cube = try UnitFrame(of: mesh, .cube, margin: 1 + 2 * margin)
      (lower, upper) = (cube.outer(lower), cube.outer(upper))
    }
    return GridFrame(origin: lower, spacing: (upper - lower) / Double(resolution - 1))
  }
}
