import Foundation
import Torch
import Volumes

/// Grids of signed distances of a folder, a size for each stage: `voxels_32/ID.npy`, as `sdf prepare` and `data shapes --voxels`
/// write them.
///
/// *Units and frame*: [R, R, R] at linspace(-1, 1, R)^3 along x, y, z; not divided by anything.
package struct GridFolder: Sendable {
  /// The shapes that have a grid of every size, in the order of their ids.
  package let entries: [ShapeEntry]
  private let folder: String

  /// Looks for grids of these sizes.
  ///
  /// *Throws*: `ExperimentError` if a size is missing, has other shapes than the first, or a file is of another size; errors of
  /// files that cannot be read.
  package init(_ folder: String, resolutions: [Int]) throws {
    self.folder = SampleFolder.root(of: folder)
    var ids: [String]?
    for resolution in resolutions {
      let found = try Self.ids(in: "\(self.folder)/voxels_\(resolution)")
      guard !found.isEmpty else {
        throw ExperimentError(
          "\(folder): has no grids voxels_\(resolution)/*.npy; make them with sdf prepare --voxels or data shapes --voxels"
        )
      }
      if let ids, ids != found {
        let odd = Set(ids).symmetricDifference(found).sorted()[0]
        throw ExperimentError(
          "\(folder): \(odd) has no grid of every size; prepare the folder again with --voxels "
            + resolutions.map(String.init).joined(separator: ","))
      }
      ids = found
    }
    entries = (ids ?? []).map { id in
      let parts = id.split(separator: "/")
      return ShapeEntry(id: id, category: parts.count > 1 ? String(parts[0]) : "")
    }
  }

  private static func ids(in folder: String) throws -> [String] {
    guard let files = FileManager.default.enumerator(atPath: URL(filePath: folder).resolvingSymlinksInPath().path)
    else {
      return []
    }
    var ids: [String] = []
    for case let file as String in files where file.hasSuffix(".npy") && !file.hasPrefix(".") {
      ids.append(String(file.dropLast(4)))
    }
    return ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The grid of a shape.
  ///
  /// *Throws*: `ExperimentError` for another size or numbers that are none.
  package func grid(_ id: String, resolution: Int) throws -> [Float] {
    let path = "\(folder)/voxels_\(resolution)/\(id).npy"
    let array = try NpyFile.read(path)
    guard array.shape == [resolution, resolution, resolution] else {
      throw ExperimentError("\(path): has the shape \(array.shape) and not \(resolution)^3; prepare the folder again")
    }
    let values = array.floats()
    guard values.allSatisfy(\.isFinite) else {
      throw ExperimentError("\(path): holds nan or infinite numbers; prepare the shape again or remove it")
    }
    return values
  }

  /// Grids of several shapes as a network learns them: brought between minus and plus the clip, and divided by the scale; [N, R, R, R].
  package func batch(_ ids: [String], resolution: Int, field: FieldOptions) throws -> Tensor {
    let clip = Float(field.clip ?? .infinity)
    let factor = 1 / Float(field.scale)
    let values = try ids.flatMap { id in
      try grid(id, resolution: resolution).map { min(max($0, -clip), clip) * factor }
    }
    return Tensor(values, shape: [ids.count, resolution, resolution, resolution])
  }

  /// Throws if grids look as if they had been divided already, or clipped closer to the surface: the corners of the cube are farther
  /// than 0.7 from every shape in the unit ball, so that the largest value of a clipped grid is its clip.
  package func checkUnits(resolution: Int, field: FieldOptions) throws {
    guard let clip = field.clip, let first = entries.first else { return }
    let largest = try grid(first.id, resolution: resolution).max() ?? 0
    guard largest < Float(clip) * 0.999 || largest == 1 && clip != 1 else { return }
    throw ExperimentError(
      "\(folder): the largest distance of \(first.id) is \(largest), so these grids were clipped or divided otherwise than field.clip"
        + " \(clip) says; set field.clip, or prepare the folder again with --clip \(clip)")
  }
}
