import Foundation
import Runs

/// When a run evaluates, saves and ends.
public struct TrainingPlan: Codable, Sendable, Equatable {
  /// Steps of the whole run, earlier sessions included.
  public var steps: Int
  /// Wall-clock minutes of this session; nil for no limit.
  public var minutes: Double?
  /// Steps between evaluations; 0 for none but the last.
  public var evaluationInterval: Int
  /// Steps between checkpoints; 0 for the last only.
  public var checkpointInterval: Int
  /// Which checkpoints stay.
  public var retention: CheckpointRetention

  /// A plan of `steps` steps.
  public init(
    steps: Int, minutes: Double? = nil, evaluationInterval: Int, checkpointInterval: Int,
    retention: CheckpointRetention = CheckpointRetention()
  ) {
    (self.steps, self.minutes, self.retention) = (steps, minutes, retention)
    (self.evaluationInterval, self.checkpointInterval) = (evaluationInterval, checkpointInterval)
  }
}

/// Trains until the plan is done, time is up or the user asks to stop; saves in every case.
///
/// The order within a step: learn, tell, then (where due) evaluate, write samples, save. An evaluated step is always
/// saved with its measures, so that the best one can be kept. A run that has a checkpoint goes on from the newest
/// complete one and must have been rewound to it (``resumePoint(of:)``), so that it writes the same events as an
/// uninterrupted run.
///
/// *Returns*: why it ended.
/// *Throws*: a ``Divergence`` where the task found a number that is none; else what the task throws. The checkpoints up to then
/// stay.
@discardableResult
public func train(
  _ task: any TrainingTask, in run: RunDirectory, plan: TrainingPlan, events: EventBus,
  interruption: Interruption? = nil
) throws -> TrainingEvent.End.Reason {
  var session = TrainingSession(task: task, run: run, plan: plan, events: events)
  try session.begin()
  var reason = TrainingEvent.End.Reason.completed
  do {
    while reason == .completed, session.step < plan.steps {
      try session.advance()
      if interruption?.isRequested == true { reason = .interrupted }
      if session.isOutOfTime { reason = .timeLimit }
    }
  } catch {
    try session.note(error)
    throw error
  }
  try session.end(session.step < plan.steps ? reason : .completed)
  return session.step < plan.steps ? reason : .completed
}

/// Where training goes on: the newest complete checkpoint; events and checkpoints after it are forgotten.
///
/// *Returns*: nil if the run has none, in which case all its events are forgotten. The caller holds the run's lock.
public func resumePoint(of run: RunDirectory) throws -> Checkpoint? {
  let checkpoint = try run.checkpoints.latest()
  try run.rewind(to: checkpoint?.step ?? -1)
  return checkpoint
}
