import Foundation
import Runs

/// A study on the disk: the one place that knows what its files are called.
///
/// ```
/// OUT/study.json  runs/NAME/  evaluations/NAME/  figures/  samples/  table.csv  table.md  results.json  report.html
/// ```
struct StudyFolder {
  let url: URL

  /// How far a model is.
  enum Status: String, Codable {
    case planned, training, trained, diverged, evaluated
  }

  /// Where a model stands, for whoever reads `study.json`.
  struct State: Codable {
    var model: StudyModel
    var status: Status
    /// Steps done.
    var step: Int
    /// What went wrong; nil if nothing did.
    var problem: String?
  }

  private struct Content: Codable {
    var format = "formcast-study"
    var formatVersion = 1
    var version = formcastVersion
    var plan: StudyPlan
    var state: [State]
  }

  private static let own = [
    "runs", "evaluations", "figures", "samples", "table.csv", "table.md", "results.json", "report.html", "study.json",
  ]

  var planFile: URL { url.appending(path: "study.json") }
  func run(_ model: StudyModel) -> URL { url.appending(path: "runs/\(model.name)") }
  func evaluation(_ model: StudyModel) -> URL { url.appending(path: "evaluations/\(model.name)") }

  /// The folder of a study, or one to be; throws for one that holds something else.
  init(_ path: String) throws {
    url = URL(filePath: path)
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    guard manager.fileExists(atPath: path, isDirectory: &isFolder) else { return }
    guard isFolder.boolValue else { throw ExperimentError("\(path): is a file; name a folder with --out") }
    // A study that was stopped before its plan was written leaves a lock alone.
    let names = try manager.contentsOfDirectory(atPath: path).filter { $0 != ".lock" }
    guard names.isEmpty || names.contains("study.json") else {
      throw ExperimentError("\(path): holds files that are not a study; name another folder with --out")
    }
  }

  /// Makes the folder if it is missing, and takes the right to write to it.
  func lock() throws -> RunLock {
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw ExperimentError("\(url.path): cannot be made: \(error.localizedDescription)")
    }
    return try RunLock(directory: url)
  }

  /// The plan of the study that is there; nil if there is none.
  func readPlan() throws -> StudyPlan? {
    guard FileManager.default.fileExists(atPath: planFile.path) else { return nil }
    do {
      return try JSONDecoder().decode(Content.self, from: Data(contentsOf: planFile)).plan
    } catch {
      throw ExperimentError(
        "\(planFile.path): is damaged or of another version of Formcast; choose another --out, or --force to begin anew"
      )
    }
  }

  /// Writes plan and state so that they are there wholly or not at all.
  func write(_ plan: StudyPlan, state: [State]) throws {
    try write(Content(plan: plan, state: state), as: "study.json")
  }

  /// Writes a value as JSON.
  func write(_ value: some Encodable, as name: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try Runs.AtomicFile.write(try encoder.encode(value) + Data("\n".utf8), to: url.appending(path: name))
  }

  /// Writes a text.
  func write(_ text: String, as name: String) throws { try Runs.AtomicFile.write(text, to: url.appending(path: name)) }

  /// A folder in it, made if missing.
  func folder(_ name: String) throws -> URL {
    let folder = url.appending(path: name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  /// Removes what a study wrote, its plan last, and leaves everything else.
  func removeStudy() throws {
    for name in Self.own where FileManager.default.fileExists(atPath: url.appending(path: name).path) {
      try FileManager.default.removeItem(at: url.appending(path: name))
    }
  }
}
