import Foundation

/// What a look into one series finds.
public struct SeriesReport: Sendable, Equatable, Codable {
  /// How much "nothing changes" is wrong in one format.
  public struct Change: Sendable, Equatable, Codable {
    /// The format, such as `t80/4`; `every frame` for all frames as they are.
    public var format: String
    /// Mean squared difference of consecutive frames.
    public var mse: Double
    /// Jaccard distance of consecutive frames, averaged over pairs.
    public var jaccardPerFrame: Double
    /// Jaccard distance of the frames but the first against the frames but the last, jointly.
    public var jaccardPerSequence: Double
  }

  /// Name of the series.
  public var name: String
  /// T, D, H, W.
  public var dimensions: [Int]
  /// `uint8` or `float32`.
  public var type: String
  /// Smallest finite value.
  public var minimum: Double
  /// Largest finite value.
  public var maximum: Double
  /// Share of voxels above the threshold.
  public var occupancy: Double
  /// Number of frames without a voxel above the threshold.
  public var emptyFrameCount: Int
  /// Change per frame in every format for which there are enough frames.
  public var changes: [Change]
  /// Labels of a cavity sample.
  public var labels: CavityLabels?
  /// What would trouble a forecaster, a line each.
  public var problems: [String]

  /// Looks into a series; occupied means strictly above the threshold.
  public init(_ series: Series, threshold: Float = 0.5, formats: [FrameFormat] = [.t20, .t40, .t80]) {
    (name, dimensions, labels) = (series.name, series.shape.dimensions, series.labels)
    let scan: ValueScan
    switch series.values {
    case .uint8(let bytes):
      type = "uint8"
      scan = ValueScan(bytes, voxelsPerFrame: series.shape.voxelsPerFrame, threshold: threshold)
    case .float32(let floats):
      type = "float32"
      scan = ValueScan(floats, voxelsPerFrame: series.shape.voxelsPerFrame, threshold: threshold)
    }
    (minimum, maximum) = (scan.minimum, scan.maximum)
    occupancy = series.shape.count == 0 ? 0 : Double(scan.occupied.reduce(0, +)) / Double(series.shape.count)
    emptyFrameCount = scan.occupied.count { $0 == 0 }
    changes = Self.changes(series, threshold, formats)
    problems = Self.problems(series, scan)
    if occupancy == 1 { problems.append("every voxel is above \(threshold): set a threshold or invert") }
  }

  private static func changes(_ series: Series, _ threshold: Float, _ formats: [FrameFormat]) -> [Change] {
    let count = series.shape.frameCount
    var choices: [(String, [Int])] = []
    for format in formats where format.span <= count {
      let first = (count - format.span) / 2
      choices.append((format.description, (0..<format.frameCount).map { first + $0 * format.stride }))
    }
    choices.append(("every frame", Array(0..<count)))
    let voxels = series.shape.voxelsPerFrame
    return choices.filter { $0.1.count > 1 }.map { name, times in
      let pairs = zip(times, times.dropFirst()).map { before, after in
        let (one, other) = ((before * voxels)..<((before + 1) * voxels), (after * voxels)..<((after + 1) * voxels))
        switch series.values {
        case .uint8(let bytes):
          return bytes.withUnsafeBufferPointer {
            VoxelErrors(
              UnsafeBufferPointer(rebasing: $0[one]), UnsafeBufferPointer(rebasing: $0[other]), threshold: threshold)
          }
        case .float32(let floats):
          return floats.withUnsafeBufferPointer {
            VoxelErrors(
              UnsafeBufferPointer(rebasing: $0[one]), UnsafeBufferPointer(rebasing: $0[other]), threshold: threshold)
          }
        }
      }
      let joint = pairs.reduce(VoxelErrors(), +)
      return Change(
        format: name, mse: joint.meanSquaredError, jaccardPerFrame: Moments(pairs.map(\.jaccardDistance)).mean,
        jaccardPerSequence: joint.jaccardDistance)
    }
  }

  private static func problems(_ series: Series, _ scan: ValueScan) -> [String] {
    var problems: [String] = []
    if scan.nonFiniteCount > 0 { problems.append("\(scan.nonFiniteCount) values are NaN or infinite") }
    if scan.minimum < 0 || scan.maximum > 1 {
      problems.append("values from \(scan.minimum) to \(scan.maximum) are not occupancies of 0 to 1: set a threshold")
    }
    if scan.occupied.allSatisfy({ $0 == 0 }) { problems.append("no voxel is above the threshold") }
    if series.shape.frameCount < 2 { problems.append("a single frame cannot be forecast") }
    if scan.minimum == scan.maximum { problems.append("all values are \(scan.minimum)") }
    return problems
  }
}

/// Range and occupancy of the values of a series.
private struct ValueScan {
  var minimum = Double.infinity
  var maximum = -Double.infinity
  var nonFiniteCount = 0
  var occupied: [Int] = []

  init(_ bytes: [UInt8], voxelsPerFrame: Int, threshold: Float) {
    minimum = Double(bytes.min() ?? 0)
    maximum = Double(bytes.max() ?? 0)
    occupied = stride(from: 0, to: bytes.count, by: max(1, voxelsPerFrame)).map { start in
      bytes[start..<(start + voxelsPerFrame)].reduce(0) { $0 + (Float($1) > threshold ? 1 : 0) }
    }
  }

  init(_ floats: [Float], voxelsPerFrame: Int, threshold: Float) {
    for start in stride(from: 0, to: floats.count, by: max(1, voxelsPerFrame)) {
      var count = 0
      for value in floats[start..<(start + voxelsPerFrame)] {
        guard value.isFinite else {
          nonFiniteCount += 1
          continue
        }
        minimum = Swift.min(minimum, Double(value))
        maximum = Swift.max(maximum, Double(value))
        count += value > threshold ? 1 : 0
      }
      occupied.append(count)
    }
    if minimum > maximum { (minimum, maximum) = (0, 0) }
  }
}
