import Foundation
import Geometry
import Volumes

/// Grids as the command line names them: an npy of three axes, a voxel file, or a frame of any series.
struct GridInput {
  var path: String
  var series: Series

  /// Reads a file or a folder of frames.
  init(_ path: String) throws {
    self.path = path
    if path.hasSuffix(".npy"), let frame = try SdfGridFrame(beside: path) {
      series = try Self.singleGrid(path)
      series.affine = Affine(rows: frame.rows)
      return
    }
    if path.hasSuffix(".npy"), try NpyFile.header(of: path).shape.count != 4 {
      series = try Self.singleGrid(path)
      return
    }
    let url = URL(fileURLWithPath: path)
    if VoxelFile(rawValue: url.pathExtension.lowercased()) != nil {
      series = Self.series(try VoxelFile.read(url), named: SeriesFile.stem(of: path))
      return
    }
    let all = try SeriesFile.read(path)
    guard all.count == 1 else {
      throw VolumeError(.unsupported, path, "holds \(all.count) series; split it up with 'formcast data convert'")
    }
    series = all[0]
  }

  private static func series(_ grid: ScalarGrid, named name: String) -> Series {
    let shape = Series.Shape(
      frameCount: 1, depth: grid.shape.depth, height: grid.shape.height, width: grid.shape.width)
    let affine = Affine(rows: [grid.frame.x, grid.frame.y, grid.frame.z])
    return Series(name: name, shape: shape, values: .float32(grid.values), affine: affine)
  }

  private static func singleGrid(_ path: String) throws -> Series {
    let array = try NpyFile.read(path)
    guard array.shape.count == 3 else {
      throw VolumeError(
        .wrongShape, path, "has \(array.shape.count) axes \(array.shape); a grid has three, D H W, a series four")
    }
    guard array.count > 0 else { throw VolumeError(.wrongShape, path, "the shape \(array.shape) has no voxels") }
    let shape = Series.Shape(frameCount: 1, depth: array.shape[0], height: array.shape[1], width: array.shape[2])
    if array.scalarType == .uint8 || array.scalarType == .bool {
      return Series(name: SeriesFile.stem(of: path), shape: shape, values: .uint8(array.data))
    }
    let floats = array.floats()
    guard floats.allSatisfy(\.isFinite) else {
      throw VolumeError(.notFinite, path, "holds NaN or infinity; replace them by finite numbers")
    }
    return Series(name: SeriesFile.stem(of: path), shape: shape, values: .float32(floats))
  }

  /// One frame, in the file's own space or with the given voxel sizes.
  ///
  /// *Throws*: `VolumeError` for a frame that is not there, and without a number unless there is only one.
  func grid(frame: Int?, spacing: SIMD3<Double>? = nil) throws -> ScalarGrid {
    let count = series.shape.frameCount
    guard let index = frame ?? (count == 1 ? 0 : nil) else {
      throw VolumeError(.unsupported, path, "has \(count) frames; choose one with --frame 0 to \(count - 1)")
    }
    guard (0..<count).contains(index) else {
      throw VolumeError(.wrongShape, path, "has no frame \(index); its frames are 0 to \(count - 1)")
    }
    let size = series.shape.voxelsPerFrame
    let range = index * size..<(index + 1) * size
    let values: [Float] =
      switch series.values {
      case .uint8(let bytes): bytes[range].map(Float.init)
      case .float32(let floats): Array(floats[range])
      }
    let own = series.affine.map { GridFrame(rows: $0.rows) } ?? .index
    let shape = ScalarGrid.Shape(series.shape.depth, series.shape.height, series.shape.width)
    return ScalarGrid(shape: shape, values: values, frame: spacing.map { GridFrame(spacing: $0) } ?? own)
  }
}
