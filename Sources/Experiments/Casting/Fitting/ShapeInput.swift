import Foundation
import Geometry
import Volumes

/// A file that a shape is reconstructed from.
public enum ShapeInput: Sendable {
  /// A surface.
  case mesh(Mesh)
  /// Points with their signed distances.
  case samples(SampleFile)
  /// Points of a surface, and from where they were seen if the file says so.
  case cloud(PointCloud, sensor: SIMD3<Float>?)
  /// A picture of depths; its camera is in a file of its own.
  case depth

  /// Reads a file and says what it is.
  ///
  /// A mesh has faces; a .ply, .obj or .xyz file without, a .npy of [P,3] or [P,6] (points and normals) and a .npz with
  /// `points` and maybe `normals` and `sensor` are clouds; a .npz with `points` and `sdf` holds samples; with
  /// `hasCamera` a .npy of [H,W] is a picture of depths.
  ///
  /// *Throws*: errors that name the file.
  public static func read(_ path: String, hasCamera: Bool = false) throws -> ShapeInput {
    let url = URL(filePath: path)
    switch url.pathExtension.lowercased() {
    case "npz":
      let archive = try NpzArchive(path)
      guard archive.contains("points"), !archive.contains("sdf") else {
        return .samples(try SampleFile(contentsOf: path))
      }
      return try cloud(archive)
    case "npy":
      guard !hasCamera else { return .depth }
      return .cloud(try cloud(try NpyFile.read(path), name: path), sensor: nil)
    case "xyz": return .cloud(try PointCloudFile.read(url), sensor: nil)
    case let name where MeshFormat(rawValue: name) != nil:
      let mesh = try Mesh(contentsOf: url)
      if !mesh.faces.isEmpty { return .mesh(mesh) }
      guard PointCloudFile.extensions.contains(name) else { throw ExperimentError("\(path): has no faces") }
      return .cloud(try PointCloudFile.read(url), sensor: nil)
    default:
      let known = (MeshFormat.allCases.map(\.rawValue) + ["xyz", "npy", "npz"]).map { ".\($0)" }
      throw ExperimentError("\(path): unknown kind of file; use \(known.joined(separator: ", "))")
    }
  }

  private static func cloud(_ array: NpyArray, name: String) throws -> PointCloud {
    guard array.shape.count == 2, [3, 6].contains(array.shape[1]) else {
      throw ExperimentError(
        "\(name): has the shape \(array.shape); points are [P,3], with normals [P,6], and depths [H,W] need --camera")
    }
    guard array.shape[0] > 0 else { throw ExperimentError("\(name): holds no points") }
    let (width, values) = (array.shape[1], array.floats())
    func column(_ first: Int) -> [SIMD3<Float>] {
      (0..<array.shape[0]).map { row in
        SIMD3(values[row * width + first], values[row * width + first + 1], values[row * width + first + 2])
      }
    }
    return PointCloud(positions: column(0), normals: width == 6 ? column(3) : nil)
  }

  private static func cloud(_ archive: NpzArchive) throws -> ShapeInput {
    let path = archive.path
    var cloud = try cloud(try archive.array("points"), name: "\(path)[points]")
    if archive.contains("normals") {
      guard let normals = try archive.array("normals").points, normals.count == cloud.positions.count else {
        throw ExperimentError("\(path)[normals]: there must be three numbers for each of the points")
      }
      cloud.normals = normals
    }
    guard archive.contains("sensor") else { return .cloud(cloud, sensor: nil) }
    let sensor = try archive.array("sensor").floats()
    guard sensor.count == 3 else { throw ExperimentError("\(path)[sensor]: is a place, three numbers") }
    return .cloud(cloud, sensor: SIMD3(sensor[0], sensor[1], sensor[2]))
  }
}
