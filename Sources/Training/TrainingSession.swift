import Foundation
import Runs

/// The loop's state: where it is, and what is due after a step.
struct TrainingSession {
  let task: any TrainingTask
  let run: RunDirectory
  let plan: TrainingPlan
  let events: EventBus

  private(set) var step = 0
  private var savedStep = 0
  private var epoch = 0
  private var warnings = WarningMemory()
  private let start = ContinuousClock.now

  init(task: any TrainingTask, run: RunDirectory, plan: TrainingPlan, events: EventBus) {
    (self.task, self.run, self.plan, self.events) = (task, run, plan, events)
  }

  var isOutOfTime: Bool { plan.minutes.map { seconds(since: start) > $0 * 60 } ?? false }

  mutating func begin() throws {
    guard let checkpoint = try run.checkpoints.latest() else {
      let opening = TrainingEvent.Start(
        recipe: task.name, stepCount: plan.steps, batchesPerEpoch: task.batchesPerEpoch,
        parameterCount: task.parameterCount)
      return try events.send(.runStarted(opening))
    }
    try task.restore(from: run.checkpoints.url(of: checkpoint))
    (step, savedStep, epoch) = (checkpoint.step, checkpoint.step, checkpoint.epoch)
    try events.send(.resumed(.init(step: step)))
  }

  /// One step, and what is due after it.
  mutating func advance() throws {
    let began = ContinuousClock.now
    let report = try naming(step + 1) { try task.step(after: step) }
    step += 1
    epoch = report.epoch
    var record = TrainingEvent.Step(
      step: step, epoch: report.epoch, batch: report.batch, metrics: report.metrics, seconds: seconds(since: began))
    record.learningRate = report.learningRate
    try events.send(.step(record))
    try tell(report.warnings)
    let isLast = step == plan.steps
    if isDue(plan.evaluationInterval) || isLast {
      try save(try evaluate())
    } else if isDue(plan.checkpointInterval) {
      try save([:])
    }
  }

  mutating func end(_ reason: TrainingEvent.End.Reason) throws {
    if savedStep != step { try save([:]) }
    try events.send(.finished(.init(step: step, reason: reason, seconds: seconds(since: start))))
    try events.synchronize()
  }

  /// Records that the run ends by an error; nothing is saved, because the state may be spoilt.
  func note(_ error: any Error) throws {
    let reason: TrainingEvent.End.Reason = error is Divergence ? .diverged : .failed
    try events.send(.warning(.init(step: step, text: "\(error)")))
    try events.send(.finished(.init(step: step, reason: reason, seconds: seconds(since: start))))
    try events.synchronize()
  }

  private func isDue(_ interval: Int) -> Bool { interval > 0 && step % interval == 0 }

  private mutating func evaluate() throws -> [String: Double] {
    let began = ContinuousClock.now
    let report = try naming(step) { try task.evaluate() }
    let metrics = report.metrics
    try events.send(.evaluation(.init(step: step, metrics: metrics, seconds: seconds(since: began))))
    try tell(report.warnings + Self.warnings(of: metrics))
    warnings.endStretch()
    for name in try task.writeSamples(step: step, to: run.samples) {
      try events.send(.sample(.init(step: step, path: "samples/\(name)")))
    }
    return metrics
  }

  private mutating func save(_ metrics: [String: Double]) throws {
    try events.synchronize()
    let checkpoint = try naming(step) {
      try run.checkpoints.save(step: step, epoch: epoch, metrics: metrics) { try task.save(to: $0) }
    }
    savedStep = step
    try events.send(.checkpointSaved(.init(step: step, name: checkpoint.name)))
    try run.checkpoints.prune(keeping: plan.retention)
  }

  private mutating func tell(_ list: [TrainingWarning]) throws {
    for warning in list where warnings.admits(warning) {
      try events.send(.warning(.init(step: step, text: warning.text)))
    }
  }

  /// A measure that is not a number spoils curves and the choice of the best checkpoint; it is not left unsaid.
  private static func warnings(of metrics: [String: Double]) -> [TrainingWarning] {
    metrics.filter { !$0.value.isFinite }.keys.sorted().map { name in
      TrainingWarning("not finite: \(name)", "the validation measure \(name) is not finite; the model may be diverging")
    }
  }

  /// Gives a divergence the step at which it happened and the checkpoint that is left.
  private func naming<Result>(_ step: Int, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let cause as NonFinite {
      throw Divergence(step: step, cause: cause, checkpoint: try run.checkpoints.latest())
    }
  }

  private func seconds(since instant: ContinuousClock.Instant) -> Double {
    let elapsed = (ContinuousClock.now - instant).components
    return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
  }
}
