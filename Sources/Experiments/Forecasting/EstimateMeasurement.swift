import Foundation
import Runs
import Torch
import Training

/// Measures a ``TrainingEstimate`` on a task that is thrown away, so that the run itself is not touched.
struct EstimateMeasurement {
  /// What would be trained.
  let configuration: ForecastConfiguration
  /// Folder of the data set.
  let directory: String
  /// Where it would be trained.
  let device: Device
  /// Nothing is measured beyond the first step if the whole run ends within so many seconds by it.
  var leastSeconds = 0.0
  /// The run ends after so many minutes at the latest.
  var minutes: Double?

  private static let stepCount = 3

  /// The estimate; nil if the run is shorter than ``leastSeconds``.
  ///
  /// *Throws*: what making the task and reading the data throw, and `NonFinite`, as the run itself would.
  func callAsFunction() throws -> TrainingEstimate? {
    Runtime.releaseFreeMemory()
    Runtime.resetPeakDeviceMemory(device)
    StepMeasurement.resetPeakMemory()
    let task = try makeTask()
    let plan = configuration.plan(minutes: nil, batchesPerEpoch: task.batchesPerEpoch ?? 1)
    let first = try seconds { _ = try task.step(after: 0) }
    guard isLongEnough(Double(plan.steps) * first) else { return nil }
    let steps = try (1...Self.stepCount).map { done in try seconds { _ = try task.step(after: done) } }
    var estimate = TrainingEstimate(
      parameters: task.parameterCount, stepsPlanned: plan.steps, secondsPerStep: steps.sorted()[Self.stepCount / 2],
      measuredSteps: Self.stepCount, peakBytes: 0)
    guard isLongEnough(estimate.totalSeconds) else { return nil }
    let interval = plan.evaluationInterval
    // The last step is evaluated in any case.
    estimate.evaluations = interval > 0 ? (plan.steps + interval - 1) / interval : 1
    estimate.secondsPerEvaluation = try secondsPerEvaluation(of: task, secondsPerStep: estimate.secondsPerStep)
    estimate.peakBytes = Runtime.deviceMemory(device)?.peak ?? Runtime.peakResidentMemory
    return estimate
  }

  private func isLongEnough(_ seconds: Double) -> Bool {
    min(seconds, (minutes ?? .infinity) * 60) >= leastSeconds
  }

  /// The configuration with one batch of validation data and nothing else that only an evaluation pays for.
  private func makeTask() throws -> any TrainingTask {
    var configuration = configuration
    configuration.data.validationFiles = try validationCounts().measured
    configuration.training.recalibrationBatches = nil
    configuration.training.samples = 0
    return try configuration.task(data: ForecastData(configuration, directory: directory), device: device)
  }

  private func validationCounts() throws -> (measured: Int, all: Int) {
    let found = try ForecastData(configuration, directory: directory).paths(.validation).count
    let limit = configuration.data.validationFiles
    let all = limit > 0 ? min(limit, found) : found
    return (min(configuration.training.batchSize, all), all)
  }

  /// The second of two, because the first also decides how its convolutions are computed.
  private func secondsPerEvaluation(of task: any TrainingTask, secondsPerStep: Double) throws -> Double {
    let counts = try validationCounts()
    guard counts.measured > 0 else { return 0 }
    _ = try task.evaluate()
    let batch = try seconds { _ = try task.evaluate() }
    // A forward pass is about a third of a step.
    let recalibration = Double(configuration.training.recalibrationBatches ?? 0) * secondsPerStep / 3
    return batch * Double(counts.all) / Double(counts.measured) + recalibration
  }

  private func seconds(_ body: () throws -> Void) throws -> Double {
    let began = ContinuousClock.now
    try body()
    Runtime.synchronize(device)
    let elapsed = (ContinuousClock.now - began).components
    return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
  }
}
