import Foundation
import NN
import Runs
import Torch
import Training

/// What the user says about a training run beside its configuration.
public struct TrainingRequest: Sendable {
  /// Folder of the data set.
  public var data: String
  /// Folder of the run.
  public var run: String
  /// Ends the session after so many minutes.
  public var minutes: Double?
  /// Goes on with the run that is there.
  public var resumes = false
  /// Replaces a run that is there.
  public var force = false
  /// Where to compute: auto, cpu, cuda, cuda:N or mps.
  public var device = "cpu"
  /// How progress is shown.
  public var progress = ProgressMode.automatic

  /// Training on `data` into `run`.
  public init(data: String, run: String) { (self.data, self.run) = (data, run) }
}

/// What came of a training run.
public struct TrainingOutcome: Encodable, Sendable {
  /// Steps done in all sessions.
  public var step: Int
  /// Why it ended.
  public var reason: TrainingEvent.End.Reason
  /// The last evaluation.
  public var metrics: [String: Double]
}

/// A training run from the command line's point of view, of whatever model.
public struct RunTrainer<Configuration: TrainableConfiguration> {
  private let configuration: Configuration
  private let options: TrainingRequest
  private let environment: RunEnvironment

  /// A run of a configuration; `environment` is what goes on record.
  public init(_ configuration: Configuration, options: TrainingRequest, environment: RunEnvironment) {
    (self.configuration, self.options, self.environment) = (configuration, options, environment)
  }

  /// Trains.
  ///
  /// *Throws*: before anything is written if the configuration, the data or the run folder do not allow it.
  public func callAsFunction() throws -> TrainingOutcome {
    try configuration.validate()
    let earlier = try openEarlierRun()
    try configuration.checkData(in: options.data)
    let interruption = Interruption()
    try announceEstimate()
    let task = try configuration.task(directory: options.data, device: Device(parsing: options.device))
    let plan = configuration.plan(minutes: options.minutes, batchesPerEpoch: task.batchesPerEpoch ?? 1)
    let run = try earlier ?? createRun()
    let lock = try run.lock()
    defer { withExtendedLifetime(lock) {} }
    let convolutions = try ConvolutionRecording(of: run)
    if earlier != nil, let done = try run.checkpoints.latest()?.step, done > plan.steps {
      throw ExperimentError(
        "\(options.run): has done \(done) steps already, more than \(plan.steps); give more --steps")
    }
    let start = try resumePoint(of: run)?.step ?? 0
    if earlier != nil { try recordResumption(of: run, at: start) }
    let collector = EventCollector()
    let terminal = TerminalSink(
      stepCount: plan.steps, options: .init(mode: options.progress, unit: "steps", initialCount: start))
    let curves = LearningCurves(of: run)
    let events = try EventBus.files(of: run).adding(convolutions).adding(terminal).adding(collector).adding(curves)
    let reason = try train(task, in: run, plan: plan, events: events, interruption: interruption)
    try curves.write()
    var (step, metrics) = (start, [String: Double]())
    for timed in collector.events {
      step = max(step, timed.event.step ?? 0)
      if case .evaluation(let evaluation) = timed.event { metrics = evaluation.metrics }
    }
    return TrainingOutcome(step: step, reason: reason, metrics: metrics)
  }

  /// What the run would cost; trains nothing and writes nothing.
  ///
  /// *Throws*: if the configuration or the data do not allow the run.
  public func estimate() throws -> TrainingEstimate {
    try configuration.validate()
    guard let estimate = try measurement()() else { throw ExperimentError("the run has no steps") }
    return estimate
  }

  private func measurement() throws -> EstimateMeasurement<Configuration> {
    EstimateMeasurement(
      configuration: configuration, directory: options.data, device: try Device(parsing: options.device))
  }

  /// Says what a fresh run of more than a minute will cost, before it starts.
  private func announceEstimate() throws {
    // A folder that is in the way is told at once, and a run that goes on has shown what it costs.
    guard options.progress != .quiet, !options.resumes, options.force || !isFolderTaken else { return }
    var measurement = try measurement()
    (measurement.leastSeconds, measurement.minutes) = (60, options.minutes)
    let found: TrainingEstimate?
    do {
      found = try measurement()
    } catch is NonFinite {
      // The run itself says so better: with its step, and on record.
      return
    }
    guard let estimate = found else { return }
    TextOutput.standardError.write("estimate: \(estimate.text(minutes: options.minutes ?? 60))\n")
  }

  private var isFolderTaken: Bool {
    guard FileManager.default.fileExists(atPath: options.run) else { return false }
    // What cannot be listed is no empty folder either.
    return (try? FileManager.default.contentsOfDirectory(atPath: options.run).isEmpty) != true
  }

  private func createRun() throws -> RunDirectory {
    try .create(
      at: URL(filePath: options.run), configuration: configuration, environment: environment,
      existing: options.force ? .replaceRun : .refuse)
  }

  /// The run that goes on, if one does; throws unless it is of this configuration.
  private func openEarlierRun() throws -> RunDirectory? {
    guard options.resumes else { return nil }
    let run = try RunDirectory.open(at: URL(filePath: options.run))
    try configuration.requireContinuation(
      of: try run.readConfiguration(Configuration.self), in: options.run)
    return run
  }

  /// Puts on record that the run goes on, and with which number of steps and intervals.
  private func recordResumption(of run: RunDirectory, at step: Int) throws {
    var record = try run.readEnvironment()
    record.noteResumption(from: step, in: environment)
    try run.write(record)
    guard try run.readConfiguration(Configuration.self) != configuration else { return }
    try run.write(configuration: configuration, recipe: record.recipe)
  }
}
