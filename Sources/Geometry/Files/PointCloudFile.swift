import Foundation

/// Points of a surface, with or without the directions in which it faces there.
///
/// *Units and frame*: whatever its maker says.
public struct PointCloud: Sendable, Equatable {
  /// The points, [P].
  public var positions: [SIMD3<Float>]
  /// Outward normals, [P], of any length; nil where none are known.
  public var normals: [SIMD3<Float>]?

  /// A cloud; traps if there are normals but not one for each point.
  public init(positions: [SIMD3<Float>], normals: [SIMD3<Float>]? = nil) {
    precondition(normals.map { $0.count == positions.count } ?? true, "a cloud has a normal for every point or none")
    (self.positions, self.normals) = (positions, normals)
  }
}

/// Files of points: PLY and OBJ whose faces are left out, and lines of text with three numbers or six.
public enum PointCloudFile {
  /// Extensions of names that are read.
  public static let extensions: Set<String> = ["ply", "obj", "xyz"]

  /// Reads a cloud.
  ///
  /// *Throws*: `MeshFileError` naming line or byte for a file that is broken, empty or of another kind.
  public static func read(_ url: URL) throws -> PointCloud {
    let input = try MeshFileInput(url)
    let cloud = try input.data.withUnsafeBytes { bytes in
      switch url.pathExtension.lowercased() {
      case "ply": try PLYReader(bytes, file: input.name).cloud()
      case "obj": try objectCloud(TextScanner(bytes, file: input.name))
      case "xyz": try textCloud(TextScanner(bytes, file: input.name))
      default: throw MeshFileError(url.path, nil, "unknown kind of point file; use .ply, .obj, .xyz, .npy or .npz")
      }
    }
    guard !cloud.positions.isEmpty else { throw MeshFileError(url.path, nil, "holds no points") }
    return cloud
  }

  /// Lines `v x y z` and, if there are as many, `vn x y z` in the same order.
  private static func objectCloud(_ start: TextScanner) throws -> PointCloud {
    var scanner = start
    var (positions, normals): ([SIMD3<Float>], [SIMD3<Float>]) = ([], [])
    repeat {
      switch scanner.word() {
      case "v": positions.append(try scanner.vector("coordinate"))
      case "vn": normals.append(try scanner.vector("normal"))
      default: break
      }
    } while scanner.nextLine()
    return PointCloud(positions: positions, normals: normals.count == positions.count ? normals : nil)
  }

  /// Lines of three or six numbers; the first line says which.
  private static func textCloud(_ start: TextScanner) throws -> PointCloud {
    var scanner = start
    var (positions, normals): ([SIMD3<Float>], [SIMD3<Float>]) = ([], [])
    var columns: Int?
    while scanner.skipEmptyLines() {
      positions.append(try scanner.vector("coordinate"))
      var probe = scanner
      let count = probe.word() == nil ? 3 : 6
      guard columns ?? count == count else { throw scanner.error("has not as many numbers as the lines before") }
      columns = count
      if count == 6 { normals.append(try scanner.vector("normal")) }
      scanner.nextLine()
    }
    return PointCloud(positions: positions, normals: columns == 6 ? normals : nil)
  }
}
