import Foundation
import NN
import Runs
import Torch
import Training

/// The training of one model of a study, from wherever it stands.
struct StudyTraining {
  let configuration: ForecastConfiguration
  let url: URL
  let options: StudyOptions

  /// How it ended.
  enum Outcome: Equatable {
    case completed
    case interrupted
    /// A loss or gradient was not finite; the line says which.
    case diverged(String)
  }

  /// Steps done so far, of complete checkpoints.
  func step() throws -> Int {
    guard isRun else { return 0 }
    return try RunDirectory.open(at: url).checkpoints.latest()?.step ?? 0
  }

  /// Whether nothing is left to do.
  var isDone: Bool { get throws { try step() >= configuration.training.steps } }

  /// Trains, going on from the newest checkpoint if there is one.
  func callAsFunction() throws -> Outcome {
    let manager = FileManager.default
    // Without its record it is what a process left that was killed while it made the run.
    if !isRun, manager.fileExists(atPath: url.path) { try manager.removeItem(at: url) }
    try manager.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    var training = TrainingRequest(data: options.data, run: url.path)
    (training.resumes, training.device, training.progress) = (isRun, options.device, options.progress)
    do {
      let outcome = try RunTrainer(
        configuration, options: training, environment: .current(for: configuration, device: options.device))()
      return outcome.reason == .completed ? .completed : .interrupted
    } catch let divergence as Divergence {
      return .diverged(divergence.description)
    }
  }

  private var isRun: Bool { FileManager.default.fileExists(atPath: url.appending(path: "environment.json").path) }
}

/// What a run's events say about its training.
struct TrainingRecord {
  let events: [TrainingEvent]

  init(of run: RunDirectory) throws { events = try EventLog(url: run.events).read().map(\.event) }

  /// Trainable numbers; nil if nothing was trained.
  var parameters: Int? {
    for case .runStarted(let start) in events { return start.parameterCount }
    return nil
  }

  /// Steps done.
  var steps: Int { events.compactMap(\.step).max() ?? 0 }

  /// Minutes of steps and validations; nil if nothing was trained.
  var minutes: Double? {
    let seconds = events.compactMap { event -> Double? in
      switch event {
      case .step(let step): step.seconds
      case .evaluation(let evaluation): evaluation.seconds
      default: nil
      }
    }
    return seconds.isEmpty ? nil : seconds.reduce(0, +) / 60
  }
}

extension ForecastRun {
  /// Trainable numbers of the model, for a run that was not trained here; nil for a forecaster that does not say.
  func parameterCount() throws -> Int? {
    switch try forecaster(on: .cpu) {
    case let predictor as ConvLSTMPredictor: predictor.network.parameterCount
    case let predictor as FrameGANPredictor: predictor.networks.parameterCount
    default: nil
    }
  }
}
