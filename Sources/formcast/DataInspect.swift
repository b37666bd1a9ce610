import ArgumentParser
import Foundation
import Runs
import Synchronization
import Volumes

/// `formcast data inspect`.
struct DataInspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Look at series: shapes, ranges, occupancy, change per frame, labels, problems.",
    discussion: """
      The change per frame is the error of the forecast "nothing changes", which a model must beat. A folder that \
      data split wrote is inspected with all its parts. Leaves with 1 if a file cannot be read.
      """)

  @Argument(help: "A file, a folder of frames, a folder of series or a split data set.")
  var path: String

  @Option(parsing: .unconditional, help: "Voxels strictly above count as occupied.")
  var threshold: Float = 0.5

  @OptionGroup var common: CommonOptions

  func run() throws {
    let parts = try split()
    let paths = try parts.isEmpty ? SeriesExport.inputs([path]) : parts.flatMap(\.paths)
    let failures = Mutex<[String]>([])
    let progress = ProgressMeter("inspect", total: paths.count, options: common.progress("files"))
    let report = DatasetReport(paths: paths, threshold: threshold) { path in
      defer { progress.advance() }
      do {
        return try SeriesFile.read(path)
      } catch {
        failures.withLock { $0.append("\(error)") }
        throw error
      }
    }
    let unreadable = failures.withLock { $0.sorted() }
    if report.seriesCount > 0 {
      progress.finish()
      let counts = parts.map { "\($0.part.rawValue): \($0.paths.count) files" }
      try common.report(
        Summary(
          report: report, parts: Dictionary(uniqueKeysWithValues: parts.map { ($0.part.rawValue, $0.paths.count) })),
        text: (counts + report.lines).joined(separator: "\n"))
    }
    if let failed = FailedFiles(unreadable, of: paths.count) { throw failed }
  }

  /// The parts of a split data set, empty for anything else.
  private func split() throws -> [(part: DatasetPart, paths: [String])] {
    try DatasetPart.allCases.compactMap { part in
      let folder = "\(path)/\(part.folderName)"
      guard OutputFolder.exists(folder), try !FileManager.default.contentsOfDirectory(atPath: folder).isEmpty else {
        return nil
      }
      return (part, try part.paths(in: path))
    }
  }

  private struct Summary: Encodable {
    var report: DatasetReport
    var parts: [String: Int]

    private enum Key: CodingKey { case parts }

    /// The report's own fields, and the parts beside them.
    func encode(to encoder: any Encoder) throws {
      try report.encode(to: encoder)
      guard !parts.isEmpty else { return }
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(parts, forKey: .parts)
    }
  }
}
