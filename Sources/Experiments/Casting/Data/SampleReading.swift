import Geometry
import Volumes

/// Reads the samples of one shape: `points` [P,3] and `sdf` [P], and `surface_points` and `surface_sdf` if there are any;
/// or `pos` and `neg` [P,4], as the code of DeepSDF writes them. Float64 is brought to float32.
enum SampleReading {
  private static let pairs = [("points", "sdf"), ("surface_points", "surface_sdf")]
  private static let signed = ["pos", "neg"]

  /// Whether an archive looks like samples.
  static func holdsSamples(_ archive: NpzArchive) -> Bool {
    archive.contains("points") && archive.contains("sdf") || signed.allSatisfy(archive.contains)
  }

  /// How many samples a file has, by the headers of its arrays.
  static func count(_ path: String) throws -> Int {
    let archive = try NpzArchive(path)
    let names = try arrays(of: archive)
    let count = try names.reduce(0) { count, name in
      let shape = try archive.header(of: name).shape
      let width = signed.contains(name) ? 4 : 3
      guard shape.count == 2, shape[1] == width else {
        throw VolumeError(.wrongShape, "\(path)[\(name)]", "has shape \(shape); needs [P,\(width)]")
      }
      return count + shape[0]
    }
    guard count > 0 else { throw VolumeError(.empty, path, "holds no points; sample the shape again") }
    return count
  }

  /// All samples as rows of x, y, z and distance.
  ///
  /// *Throws*: `VolumeError` naming the file, for arrays that are missing, misshapen or not finite.
  static func rows(_ path: String) throws -> [SIMD4<Float>] {
    let archive = try NpzArchive(path)
    var rows: [SIMD4<Float>] = []
    for name in try arrays(of: archive) {
      let array = try archive.array(name)
      if let partner = pairs.first(where: { $0.0 == name })?.1 {
        try append(array, try archive.array(partner), to: &rows, "\(path)[\(name)]")
      } else {
        try append(array, to: &rows, "\(path)[\(name)]")
      }
    }
    guard rows.allSatisfy({ $0.sum().isFinite }) else {
      throw VolumeError(.notFinite, path, "holds nan or infinite numbers; sample the shape again or remove the file")
    }
    return rows
  }

  /// Names of the arrays with points.
  private static func arrays(of archive: NpzArchive) throws -> [String] {
    let paired = pairs.filter { archive.contains($0.0) && archive.contains($0.1) }.map(\.0)
    if paired.contains("points") { return paired }
    guard signed.allSatisfy(archive.contains) else {
      let known = archive.names.isEmpty ? "no arrays" : archive.names.joined(separator: ", ")
      throw VolumeError(.missing, archive.path, "holds no samples: needs points and sdf, has \(known)")
    }
    return signed
  }

  private static func append(
    _ points: NpyArray, _ distances: NpyArray, to rows: inout [SIMD4<Float>], _ name: String
  ) throws {
    guard points.shape.count == 2, points.shape[1] == 3, distances.count == points.shape[0] else {
      throw VolumeError(
        .wrongShape, name, "points have shape \(points.shape) and distances \(distances.shape); needs [P,3] and [P]")
    }
    let (flat, values) = (points.floats(), distances.floats())
    rows.reserveCapacity(rows.count + values.count)
    for (index, value) in values.enumerated() {
      rows.append(SIMD4(flat[3 * index], flat[3 * index + 1], flat[3 * index + 2], value))
    }
  }

  private static func append(_ array: NpyArray, to rows: inout [SIMD4<Float>], _ name: String) throws {
    guard array.shape.count == 2, array.shape[1] == 4 else {
      throw VolumeError(.wrongShape, name, "has shape \(array.shape); needs [P,4]: x, y, z and distance")
    }
    let flat = array.floats()
    for index in 0..<array.shape[0] {
      rows.append(SIMD4(flat[4 * index], flat[4 * index + 1], flat[4 * index + 2], flat[4 * index + 3]))
    }
  }
}
