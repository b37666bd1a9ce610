import Foundation
import Models
import NN
import Runs
import Training
import Volumes

/// Everything that decides a forecasting run: what `config.yaml` holds and `--set path=value` changes.
public struct ForecastConfiguration: Codable, Sendable, Equatable {
  /// Name of the recipe it began as.
  public var recipe = "convlstm"
  /// Seed of weights and data order.
  public var seed: UInt64 = 1
  /// Element type of the products; weights, cells, losses and statistics stay float32.
  public var precision = Precision.float32
  /// What is read.
  public var data = DataOptions()
  /// The network.
  public var model = ForecastModel.convLSTM(.init())
  /// How it learns; each network of several has an optimizer of its own with these values.
  public var optimizer = OptimizerOptions()
  /// How generator and critic learn from each other; absent for a model without a critic.
  public var adversarial: AdversarialOptions?
  /// How long, and what is kept.
  public var training = TrainingOptions()
  /// How forecasts of several steps are made.
  public var rollout = RolloutOptions()

  /// What is read from the series.
  public struct DataOptions: Codable, Sendable, Equatable {
    /// The format: t20, t40, t80, or any span and stride such as t60/3.
    public var format = "t80"
    /// Use only the first so many training files in name order; 0 for all.
    public var trainingFiles = 0
    /// Use only the first so many validation files in name order; 0 for all.
    public var validationFiles = 0
    /// Bytes of decoded series kept in memory, so that they are read once.
    public var cacheBytes = 2 << 30

    /// The published format of the slowest decay, all files.
    public init() {}
  }

  /// Adam with Keras' epsilon, as published.
  public struct OptimizerOptions: Codable, Sendable, Equatable {
    /// Step size at the beginning.
    public var learningRate = 1e-3
    /// How the step size goes on.
    public var schedule = Schedule.constant
    /// Steps over which the step size changes. Apart from `training.steps`, so that a run that is resumed for more steps
    /// is the run that was planned longer.
    public var scheduleSteps = 10_000
    /// Decay of the mean of gradients.
    public var beta1 = 0.9
    /// Decay of the mean of squared gradients.
    public var beta2 = 0.999
    /// Added to the root before the bias correction.
    public var epsilon = 1e-7
    /// Gradients are scaled down to this global norm; 0 for never.
    public var gradientNorm = 0.0

    /// The published values.
    public init() {}
  }

  /// How the step size changes over a run.
  public enum Schedule: String, Codable, Sendable, CaseIterable {
    /// It stays, as published.
    case constant
    /// It falls along half a cosine to a hundredth after `optimizer.scheduleSteps`, and stays there.
    case cosine
    /// It rises in a line to ten times as much within `optimizer.scheduleSteps` and falls again in as many, over and over, the
    /// rise halved each time (Smith 2015, arXiv 1506.01186, "triangular2"); the thesis's option has steps of two epochs.
    case triangular
  }

  /// How long a run is, when it looks at itself, and what it keeps.
  public struct TrainingOptions: Codable, Sendable, Equatable {
    /// Series per step.
    public var batchSize = 16
    /// Steps of the whole run.
    public var steps = 10_000
    /// Bytes that gates may take between a forward pass and its gradient; absent or null for no limit. Layers that do not fit
    /// compute theirs again, which takes longer and gives the same numbers up to rounding.
    public var gateBytes: Int?
    /// Ends the run after so many epochs, if that comes first; 0 for no limit.
    public var epochs = 0
    /// Steps between validations.
    public var validationInterval = 200
    /// Training batches over which the statistics of batch normalisation are averaged anew before each validation; absent or
    /// null for the running ones, as published.
    public var recalibrationBatches: Int?
    /// Steps between restart checkpoints.
    public var checkpointInterval = 1000
    /// Newest checkpoints that stay.
    public var keepLast = 2
    /// Best checkpoints that stay.
    public var keepBest = 1
    /// What best means.
    public var bestBy = Criterion.jaccard
    /// Validation and training series whose forecasts are written as surfaces at each validation.
    public var samples = 1

    /// The published values.
    public init() {}
  }

  /// A measure by which checkpoints are ranked; lower is better.
  public enum Criterion: String, Codable, Sendable, CaseIterable {
    /// Jaccard distance on the validation data.
    case jaccard
    /// Mean squared error on the validation data.
    case mse
  }

  /// How a forecast of several steps is made from a model that sees one step ahead.
  public struct RolloutOptions: Codable, Sendable, Equatable {
    /// Steps that an evaluation rolls out.
    public var steps = 5
    /// Frames that the model sees at each step.
    public var window = 5
    /// What is fed back: the published evaluation feeds probabilities, the published demonstration thresholded frames.
    public var feedback = Feedback.probabilities

    /// The published evaluation's values.
    public init() {}
  }

  /// What of a predicted frame is fed back.
  public enum Feedback: String, Codable, Sendable, CaseIterable {
    /// The prediction as it is.
    case probabilities
    /// 1 above 0.5, else 0.
    case thresholded
  }

  /// The published configuration.
  public init() {}

  /// The data format by name.
  public func frameFormat() throws -> FrameFormat { try FrameFormat(name: data.format) }

  /// The step size of the step that follows `done` others.
  func learningRate(after done: Int) -> Double {
    switch optimizer.schedule {
    case .constant: return optimizer.learningRate
    case .cosine:
      let share = min(Double(done) / Double(optimizer.scheduleSteps), 1)
      return optimizer.learningRate * (0.01 + 0.99 * 0.5 * (1 + cos(.pi * share)))
    case .triangular:
      let place = Double(done) / Double(optimizer.scheduleSteps)
      let cycle = (place / 2).rounded(.down)
      return optimizer.learningRate * (1 + 9 * max(0, 1 - abs(place - 2 * cycle - 1)) / exp2(cycle))
    }
  }

  /// Throws, naming the field, unless every value makes sense.
  public func validate() throws {
    let format = try frameFormat()
    try model.validate()
    try validatePlayers()
    try require(
      format.frameCount > model.pastFrameCount,
      "data.format \(data.format) leaves \(format.frameCount) frames; at least \(model.pastFrameCount + 1) are needed")
    try require(training.batchSize > 0, "training.batchSize must be at least 1")
    try require(training.steps > 0, "training.steps must be at least 1")
    try require(
      optimizer.learningRate > 0 && optimizer.learningRate.isFinite, "optimizer.learningRate must be positive")
    try require(
      (0..<1).contains(optimizer.beta1) && (0..<1).contains(optimizer.beta2), "optimizer.beta1 and beta2 lie in 0..<1")
    try require(optimizer.scheduleSteps > 0, "optimizer.scheduleSteps must be at least 1")
    try require(rollout.steps > 0 && rollout.window > 0, "rollout.steps and rollout.window must be at least 1")
    try require(
      rollout.window >= model.pastFrameCount,
      "rollout.window \(rollout.window) is less than the \(model.pastFrameCount) frames that the model needs")
    let counts = [
      data.trainingFiles, data.validationFiles, data.cacheBytes, training.epochs, training.validationInterval,
      training.checkpointInterval, training.keepLast, training.keepBest, training.samples,
      training.recalibrationBatches ?? 1, training.gateBytes ?? 0,
    ]
    try require(counts.allSatisfy { $0 >= 0 }, "counts and intervals must not be negative")
    try require(training.recalibrationBatches != 0, "training.recalibrationBatches must be at least 1, or null")
  }

  private func validatePlayers() throws {
    try adversarial?.validate()
    switch model {
    case .convLSTM: try require(adversarial == nil, "adversarial belongs to models with a critic; remove it")
    case .frameGAN:
      try require(adversarial != nil, "a frame GAN needs adversarial.criticSteps and the rest of that section")
    }
  }

  /// When the run evaluates, saves and ends; `batchesPerEpoch` turns epochs into steps.
  public func plan(minutes: Double?, batchesPerEpoch: Int) -> TrainingPlan {
    let limit = training.epochs > 0 ? training.epochs * batchesPerEpoch : training.steps
    return TrainingPlan(
      steps: min(training.steps, limit), minutes: minutes, evaluationInterval: training.validationInterval,
      checkpointInterval: training.checkpointInterval,
      retention: CheckpointRetention(
        newestCount: training.keepLast, bestCount: training.keepBest, criterion: .init(metric: training.bestBy.rawValue)
      ))
  }

  private func require(_ condition: Bool, _ message: String) throws {
    guard condition else { throw ExperimentError(message) }
  }
}
