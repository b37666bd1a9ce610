import Foundation
import Runs
import Torch
import Volumes

/// The evaluation of one model of a study: made once for each state of the model, and read back.
struct StudyEvaluation {
  /// What was judged on what; an evaluation is made again only when this changes.
  struct Subject: Codable, Equatable {
    var step: Int
    /// Digests of weights and configuration.
    var weights: String, configuration: String
    var data: StudyRequest.DataSet
    var device: String
  }

  private static let subjectName = "subject.json"

  let run: ForecastRun
  let folder: URL
  let data: StudyRequest.DataSet
  let options: StudyOptions

  /// Evaluates unless this state of the model was evaluated already; `begin` is called if it was not.
  func callAsFunction(begin: () -> Void) throws {
    let subject = try subject()
    if try isDone(subject) { return }
    begin()
    let record = folder.appending(path: Self.subjectName)
    let manager = FileManager.default
    if manager.fileExists(atPath: record.path) { try manager.removeItem(at: record) }
    try manager.createDirectory(at: folder.deletingLastPathComponent(), withIntermediateDirectories: true)
    var evaluation = ForecastEvaluation.Options(data: options.data)
    (evaluation.out, evaluation.part, evaluation.limit) = (folder.path, data.part, options.limit)
    (evaluation.force, evaluation.device, evaluation.progress) = (true, options.device, options.progress)
    _ = try ForecastEvaluation(run, options: evaluation)()
    // Last, so that an evaluation that was cut short is made again.
    try Runs.AtomicFile.write(try JSONEncoder().encode(subject), to: record)
  }

  private func subject() throws -> Subject {
    let weights = run.directory.checkpoints.url(of: run.checkpoint).appending(path: Checkpointing.fileName)
    return Subject(
      step: run.checkpoint.step, weights: try Digest(contentsOf: weights).text,
      configuration: try Digest(contentsOf: run.directory.configuration).text, data: data,
      device: "\(try Device(parsing: options.device))")
  }

  private func isDone(_ subject: Subject) throws -> Bool {
    let record = folder.appending(path: Self.subjectName)
    guard FileManager.default.fileExists(atPath: record.path) else { return false }
    do {
      return try JSONDecoder().decode(Subject.self, from: Data(contentsOf: record)) == subject
    } catch is DecodingError {
      // Of an earlier version, or damaged: made again.
      return false
    }
  }

  /// The content of `metrics.json`.
  func score() throws -> ForecastScore {
    let file = folder.appending(path: "metrics.json")
    do {
      return try JSONDecoder().decode(ForecastScore.self, from: Data(contentsOf: file))
    } catch {
      throw ExperimentError("\(file.path): is missing or damaged; remove its folder to evaluate anew")
    }
  }

  /// The content of `per_sample.csv`.
  func samples() throws -> PerSampleErrors { try PerSampleErrors(contentsOf: folder.appending(path: "per_sample.csv")) }
}
