import Foundation
import Runs
import Torch
import Training

/// Measures a ``TrainingEstimate`` on a task that is thrown away, so that the run itself is not touched.
struct EstimateMeasurement<Configuration: TrainableConfiguration> {
  /// What would be trained.
  let configuration: Configuration
  /// Folder of the data set.
  let directory: String
  /// Where it would be trained.
  let device: Device
  /// Nothing is measured beyond the first step if the whole run ends within so many seconds by it.
  var leastSeconds = 0.0
  /// The run ends after so many minutes at the latest.
  var minutes: Double?

  private let stepCount = 3

  /// The estimate; nil if the run is shorter than ``leastSeconds``.
  ///
  /// *Throws*: what making the task and reading the data throw, and `NonFinite`, as the run itself would.
  func callAsFunction() throws -> TrainingEstimate? {
    Runtime.releaseFreeMemory()
    Runtime.resetPeakDeviceMemory(device)
    StepMeasurement.resetPeakMemory()
    let light = try configuration.lightened(for: directory)
    let task = try light.configuration.task(directory: directory, device: device)
    let plan = configuration.plan(minutes: nil, batchesPerEpoch: task.batchesPerEpoch ?? 1)
    let first = try seconds { _ = try task.step(after: 0) }
    guard isLongEnough(Double(plan.steps) * first) else { return nil }
    let steps = try (1...stepCount).map { done in try seconds { _ = try task.step(after: done) } }
    var estimate = TrainingEstimate(
      parameters: task.parameterCount, stepsPlanned: plan.steps, secondsPerStep: steps.sorted()[stepCount / 2],
      measuredSteps: stepCount, peakBytes: 0)
    guard isLongEnough(estimate.totalSeconds) else { return nil }
    let interval = plan.evaluationInterval
    // The last step is evaluated in any case.
    estimate.evaluations = interval > 0 ? (plan.steps + interval - 1) / interval : 1
    // The second of two, because the first also decides how its convolutions are computed.
    _ = try task.evaluate()
    let evaluation = try seconds { _ = try task.evaluate() }
    estimate.secondsPerEvaluation =
      evaluation * light.evaluationFactor + light.extraSteps * estimate.secondsPerStep
    estimate.peakBytes = Runtime.deviceMemory(device)?.peak ?? Runtime.peakResidentMemory
    return estimate
  }

  private func isLongEnough(_ seconds: Double) -> Bool {
    min(seconds, (minutes ?? .infinity) * 60) >= leastSeconds
  }

  private func seconds(_ body: () throws -> Void) throws -> Double {
    let began = ContinuousClock.now
    try body()
    Runtime.synchronize(device)
    let elapsed = (ContinuousClock.now - began).components
    return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
  }
}
