import Foundation
import Geometry
import Runs
import Volumes

/// Samples of a mesh as an npz file.
///
/// `points` [P,3] and `sdf` [P] are float32, `transform` [4,4] is float64 and leads from the points to the units of the
/// mesh, `report` is JSON as a text. Paired sets have `surface_points` [P,3] and `surface_sdf` [P], float32, too.
public enum SampleArchive {
  /// Writes samples; the file appears when it is complete.
  public static func write(_ set: SampleSet, to path: String, replacing: Bool = true) throws {
    var arrays: [(name: String, array: NpyArray)] = [
      ("points", NpyArray(points: set.points)), ("sdf", NpyArray(shape: [set.distances.count], set.distances)),
    ]
    if !set.pairedPoints.isEmpty {
      arrays.append(("surface_points", NpyArray(points: set.pairedPoints)))
      arrays.append(("surface_sdf", NpyArray(shape: [set.pairedDistances.count], set.pairedDistances)))
    }
    arrays.append(("transform", NpyArray(shape: [4, 4], set.transform.matrix)))
    // Random numbers do not shrink, so nothing is compressed.
    try NpzArchive.write(
      arrays, texts: [("report", try JSONOutput.line(set.report))], to: path, compressed: false, replacing: replacing)
  }
}

extension NpyArray {
  /// Points as rows of three numbers.
  public init(points: [SIMD3<Float>]) {
    let values = [Float](unsafeUninitializedCapacity: 3 * points.count) { buffer, count in
      for (index, point) in points.enumerated() {
        for axis in 0..<3 { buffer.initializeElement(at: 3 * index + axis, to: point[axis]) }
      }
      count = 3 * points.count
    }
    self.init(shape: [points.count, 3], values)
  }

  /// The rows of an array whose last axis has three numbers, in single precision; nil for any other.
  public var points: [SIMD3<Float>]? {
    guard shape.last == 3 else { return nil }
    let values = floats()
    return (0..<values.count / 3).map { SIMD3(values[3 * $0], values[3 * $0 + 1], values[3 * $0 + 2]) }
  }
}

/// Seeds of single shapes.
public enum ShapeSeed {
  /// The seed of the shape of a name: another for each, whatever other shapes there are and in which order they come.
  public static func seed(_ seed: UInt64, for name: String) -> UInt64 {
    // FNV-1a.
    name.utf8.reduce(0xCBF2_9CE4_8422_2325 ^ seed &* 0x9E37_79B9_7F4A_7C15) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
