import ArgumentParser
import Foundation
import Geometry
import Runs

/// `formcast mesh`.
struct MeshVerb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mesh",
    abstract:
      "Extract the surface of a grid: closed, consistently oriented, in physical units where the file has them.",
    discussion: """
      GRID: npy [D,H,W] or [T,D,H,W], NIfTI, npz with frames, TFRecord, a folder of frames, binvox, or a .mat file of \
      voxels. Positions are voxel indices unless the file (NIfTI, binvox), what sdf grid wrote beside it (G.json) or \
      --spacing says more.
      A mesh file instead of a grid is written in the format of the other name. With --resolution it is made anew: \
      closed, without what crosses itself or lies inside; --level 0.01 moves the surface outward by that distance.
      """)

  @Argument(help: "The grid, or a mesh to convert or make anew.")
  var grid: String

  @Option(help: "The mesh to write: .stl, .obj, .ply, .off, .glb or .gltf.")
  var out: String

  @OptionGroup var surface: SurfaceOptions
  @OptionGroup var remesh: RemeshOptions

  @Option(help: "Which frame of a series; the first is 0.")
  var frame: Int?

  @Option(help: "Voxel sizes x,y,z along the three axes, instead of what the file says.")
  var spacing: NumberList?

  @Flag(help: "Leave the surface open where the solid touches the border of the grid.")
  var open = false

  @Flag(help: "Write text where the format has it (STL, PLY).")
  var ascii = false

  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  var url: URL { URL(fileURLWithPath: out) }

  /// Whether the input is a mesh.
  private var isMesh: Bool { MeshFormat(rawValue: URL(fileURLWithPath: grid).pathExtension.lowercased()) != nil }

  func validate() throws {
    guard let format = MeshFormat(rawValue: url.pathExtension.lowercased()) else {
      throw ValidationError("--out must end in .stl, .obj, .ply, .off, .glb or .gltf")
    }
    guard !(ascii && format == .glb) else { throw ValidationError("--ascii: .glb has no text form; use .obj") }
    try isMesh ? validateForMesh() : remesh.validateForGrid()
    guard let spacing else { return }
    guard spacing.values.count == 3, spacing.values.allSatisfy({ $0 > 0 }) else {
      throw ValidationError("--spacing must be three positive numbers such as 0.5,0.5,2")
    }
  }

  func run() throws {
    try force.requireFree(out)
    if isMesh { return try runMesh() }
    let values = try GridInput(grid).grid(frame: frame, spacing: spacing.map { SIMD3($0.values) })
    var extraction = try surface.extraction(for: values, path: grid)
    if open { extraction.border = .open }
    let mesh = try surface.surface(of: values, with: extraction, path: grid)
    try mesh.write(to: url, encoding: ascii ? .ascii : .binary)
    let summary = MeshSummary(mesh, extraction, out: out)
    try common.report(summary, text: summary.text)
  }
}
