import Foundation

/// Files of voxel grids: binvox, and MATLAB as the grids of 3D ShapeNets are stored.
public enum VoxelFile: String, Sendable, CaseIterable {
  /// Run-length coded occupancy of the program binvox.
  case binvox
  /// A numeric or logical array of three axes in a MATLAB file of version 4, 5 or 7; read only.
  case mat

  /// The format that the extension of a name says.
  ///
  /// *Throws*: `MeshFileError` for an extension that is none of these.
  public init(of url: URL) throws {
    guard let format = VoxelFile(rawValue: url.pathExtension.lowercased()) else {
      throw MeshFileError(url.path, nil, "unknown kind of voxel file; use .binvox or .mat")
    }
    self = format
  }

  /// Reads a grid in the format of its extension.
  ///
  /// *Units and frame*: index (i, j, k) of the grid is x, y, z in a binvox file, which also says where the voxels lie,
  /// and instance(i, j, k) in a MATLAB file.
  /// *Parameters*: `variable` names the array of a MATLAB file that has several; without it, that is the only one of
  /// three axes, or "instance".
  /// *Throws*: `MeshFileError` for a file that is broken, cut off or of another kind.
  /// *Limits*: memory is bounded by a constant (some thousands, as runs of equal voxels compress well) times the file.
  public static func read(_ url: URL, variable: String? = nil) throws -> ScalarGrid {
    let format = try VoxelFile(of: url)
    return try read(MeshFileInput(url), format, variable)
  }

  /// Reads a grid from the bytes of a file; `name` appears in errors.
  ///
  /// *Throws*: `MeshFileError` as for a file.
  public static func read(
    data: Data, format: VoxelFile, name: String, variable: String? = nil
  ) throws -> ScalarGrid {
    try read(MeshFileInput(data: data, name: name), format, variable)
  }

  private static func read(_ input: MeshFileInput, _ format: VoxelFile, _ variable: String?) throws -> ScalarGrid {
    try input.data.withUnsafeBytes { bytes in
      switch format {
      case .binvox: try BinvoxReader(bytes, file: input.name).grid()
      case .mat: try MATReader(bytes, file: input.name).grid(named: variable)
      }
    }
  }

  /// Writes the voxels that have at least the given level as a binvox file, first under a temporary name.
  ///
  /// *Throws*: `MeshFileError` for another extension than .binvox, for a grid that is no cube of cubic voxels along the
  /// axes, which binvox cannot say, and if the file cannot be written.
  public static func write(_ grid: ScalarGrid, to url: URL, level: Float = 0.5) throws {
    guard try VoxelFile(of: url) == .binvox else {
      throw MeshFileError(url.path, nil, "MATLAB files are only read; write .binvox")
    }
    guard let bytes = BinvoxWriter(grid, level: level)?.bytes else {
      throw MeshFileError(url.path, nil, "binvox holds cubes of at most 1024 cubic voxels a side, along the axes")
    }
    do {
      try Data(bytes).write(to: url, options: .atomic)
    } catch {
      throw MeshFileError(url.path, nil, "cannot be written; check that its folder exists, is writable and has space")
    }
  }
}
