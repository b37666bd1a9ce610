import Foundation
import Geometry
import Volumes

/// The samples of one shape as a file holds them, with the way to the units of its mesh.
public struct SampleFile: Sendable, Equatable {
  /// Points, [P].
  public var points: [SIMD3<Float>]
  /// Their signed distances, [P].
  public var distances: [Float]
  /// How the frame of the points lies in the units of the mesh; the identity where the file does not say.
  public var frame = ShapeFrame.identity
  /// Which of the points were drawn uniformly from a region; empty where the file does not say.
  public var uniform: Range<Int> = 0..<0

  /// Reads `points` and `sdf`, or the `pos` and `neg` of DeepSDF's code, and `transform` and `report` if they are there.
  ///
  /// *Throws*: `VolumeError` and `ExperimentError` naming the file.
  public init(contentsOf path: String) throws {
    let rows = try SampleReading.rows(path)
    points = rows.map { SIMD3($0.x, $0.y, $0.z) }
    distances = rows.map(\.w)
    let archive = try NpzArchive(path)
    if archive.contains("transform") {
      let matrix = try archive.array("transform")
      guard matrix.shape == [4, 4] else {
        throw ExperimentError("\(path): its transform has the shape \(matrix.shape); it must be 4x4")
      }
      frame = try ShapeFrame(matrix: matrix.doubles(), name: "\(path)[transform]")
    }
    guard archive.contains("report"), archive.contains("points") else { return }
    let text = Data(try archive.text("report").utf8)
    // A report of another program says nothing about uniform points.
    guard let report = try? JSONDecoder().decode(SampleReport.self, from: text), report.nearCount >= 0,
      report.uniformCount > 0, report.nearCount + report.uniformCount <= points.count
    else { return }
    uniform = report.nearCount..<report.nearCount + report.uniformCount
  }
}
