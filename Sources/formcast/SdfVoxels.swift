import ArgumentParser
import Foundation
import Geometry
import Runs
import Volumes

/// `formcast sdf voxels`.
struct SdfVoxels: ParsableCommand {
  /// What counts as solid.
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case solid, surface, both
  }

  static let configuration = CommandConfiguration(
    commandName: "voxels",
    abstract: "Write the occupancy of a mesh on a cubic grid: what is inside, and what the surface passes through.",
    discussion: "The grid is filled by the box of the mesh, centred and without distortion; indices run along x, y, z.")

  @Argument(help: "The mesh.")
  var mesh: String

  @Option(help: "Voxels along each side.")
  var side: Int

  @Option(help: "The grid to write: .npy of zeros and ones (uint8), or .binvox, which also says where it lies.")
  var out: String

  @Option(help: "solid: centres inside; surface: voxels that the surface passes through; both: either.")
  var kind = Kind.both

  @Option(help: "Empty voxels kept on each side of the longest extent.")
  var margin = 0

  @OptionGroup var sign: SignOption
  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  private var url: URL { URL(fileURLWithPath: out) }

  func validate() throws {
    guard ["npy", "binvox"].contains(url.pathExtension.lowercased()) else {
      throw ValidationError("--out must end in .npy or .binvox")
    }
    guard (1...1024).contains(side) else { throw ValidationError("--side must be 1 to 1024") }
    guard margin >= 0, 2 * margin < side else { throw ValidationError("--margin must leave room within --side") }
  }

  func run() throws {
    try force.requireFree(out)
    let grid = try MeshFailure.with(mesh) { mesh in
      var voxelizer = MeshVoxelizer(side: side)
      (voxelizer.margin, voxelizer.includesSurface, voxelizer.sign) = (margin, kind == .both, sign.sign)
      return try kind == .surface ? voxelizer.surface(of: mesh) : voxelizer.solid(of: mesh)
    }
    if url.pathExtension.lowercased() == "binvox" {
      try VoxelFile.write(grid, to: url)
    } else {
      try NpyFile.write(NpyArray(shape: [side, side, side], grid.values.map { UInt8($0) }), to: out)
    }
    let solid = grid.values.count { $0 > 0 }
    let share = String(format: "%.3g %%", 100 * Double(solid) / Double(grid.values.count))
    try common.report(
      Summary(out: out, side: side, kind: kind.rawValue, solid: solid),
      text: "\(out): \(side) x \(side) x \(side) voxels, \(solid) solid (\(share))")
  }

  private struct Summary: Encodable {
    var out: String
    var side: Int
    var kind: String
    var solid: Int
  }
}
