import Foundation
import Synchronization

/// What a look into a folder of series finds: `data inspect`.
public struct DatasetReport: Sendable, Equatable, Codable {
  /// Change per frame of one format over all series that have it.
  public struct Change: Sendable, Equatable, Codable {
    /// The format, or `every frame`.
    public var format: String
    /// Number of series that are long enough.
    public var seriesCount: Int
    /// Mean squared error of the null model.
    public var mse: Moments
    /// Its Jaccard distance per pair of frames.
    public var jaccardPerFrame: Moments
    /// Its Jaccard distance over whole sequences.
    public var jaccardPerSequence: Moments
  }

  /// Number of files that were read.
  public var fileCount: Int
  /// Number of series in them.
  public var seriesCount: Int
  /// How many series have which extents, as `128x16x16x16 uint8`.
  public var shapes: [String: Int]
  /// Smallest value of all.
  public var minimum: Double
  /// Largest value of all.
  public var maximum: Double
  /// Occupancy of the series.
  public var occupancy: Moments
  /// Share of frames without an occupied voxel.
  public var emptyFrameShare: Double
  /// Null model per format.
  public var changes: [Change]
  /// How many cavity samples have which number of cavities.
  public var labels: [Int: Int]
  /// Problems, each with the file: unreadable files among them.
  public var problems: [String]

  /// Reads and inspects files on several threads; files that cannot be read become problems.
  public init(
    paths: [String], threshold: Float = 0.5, threadCount: Int = 2,
    reader: @escaping @Sendable (String) throws -> [Series] = { try SeriesFile.read($0) }
  ) {
    let found = Mutex<[Int: Result<[SeriesReport], any Error>]>([:])
    let next = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: max(1, min(threadCount, paths.count))) { _ in
      while true {
        let index = next.withLock { next in
          defer { next += 1 }
          return next
        }
        guard index < paths.count else { return }
        let result = Result { try reader(paths[index]).map { SeriesReport($0, threshold: threshold) } }
        found.withLock { $0[index] = result }
      }
    }
    let results = found.withLock { $0 }
    var reports: [SeriesReport] = []
    problems = []
    for (index, path) in paths.enumerated() {
      switch results[index] {
      case .success(let list):
        reports += list
        for report in list { problems += report.problems.map { "\(path): \($0)" } }
      case .failure(let error):
        let text = String(describing: error)
        problems.append(text.contains(path) ? text : "\(path): \(text)")
      case nil: break
      }
    }
    (fileCount, seriesCount) = (paths.count, reports.count)
    shapes = [:]
    labels = [:]
    for report in reports {
      shapes["\(report.dimensions.map(String.init).joined(separator: "x")) \(report.type)", default: 0] += 1
      if let counts = report.labels?.objectCounts { labels[counts.reduce(0) { $0 + Int($1) }, default: 0] += 1 }
    }
    minimum = reports.map(\.minimum).min() ?? 0
    maximum = reports.map(\.maximum).max() ?? 0
    occupancy = Moments(reports.map(\.occupancy))
    let frameCount = reports.reduce(0) { $0 + $1.dimensions[0] }
    emptyFrameShare = frameCount == 0 ? 0 : Double(reports.reduce(0) { $0 + $1.emptyFrameCount }) / Double(frameCount)
    changes = Self.changes(reports)
    if shapes.count > 1 { problems.append("series of \(shapes.count) different shapes: convert all to one size") }
  }

  private static func changes(_ reports: [SeriesReport]) -> [Change] {
    var order: [String] = []
    for change in reports.flatMap(\.changes) where !order.contains(change.format) { order.append(change.format) }
    return order.map { format in
      let all = reports.flatMap(\.changes).filter { $0.format == format }
      return Change(
        format: format, seriesCount: all.count, mse: Moments(all.map(\.mse)),
        jaccardPerFrame: Moments(all.map(\.jaccardPerFrame)), jaccardPerSequence: Moments(all.map(\.jaccardPerSequence))
      )
    }
  }

  /// The report as text for a terminal.
  public var lines: [String] {
    func number(_ value: Double) -> String { String(format: "%.4f", value) }
    var lines = ["\(seriesCount) series in \(fileCount) files"]
    for (shape, count) in shapes.sorted(by: { $0.key < $1.key }) { lines.append("  \(count) of \(shape)") }
    lines.append("  values \(minimum) to \(maximum)")
    lines.append(
      "  occupancy \(number(occupancy.mean)) (deviation \(number(occupancy.std))), empty frames \(number(emptyFrameShare))"
    )
    if !labels.isEmpty {
      lines.append(
        "  cavities " + labels.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", "))
    }
    lines.append("change per frame (error of \"nothing changes\"): MSE, Jaccard per frame, Jaccard per sequence")
    for change in changes {
      let numbers = [change.mse, change.jaccardPerFrame, change.jaccardPerSequence].map { number($0.mean) }
      lines.append("  \(change.format): \(numbers.joined(separator: "  ")) (\(change.seriesCount) series)")
    }
    lines.append(problems.isEmpty ? "no problems found" : "\(problems.count) problems:")
    return lines + problems.prefix(20).map { "  \($0)" } + (problems.count > 20 ? ["  ..."] : [])
  }
}
