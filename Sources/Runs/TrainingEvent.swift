import Foundation

/// Something that happened in a run: the one stream from which terminal, files, figures and the viewer are fed.
///
/// As JSON an object with the name of the case under `event` and the fields of its payload beside it.
public enum TrainingEvent: Codable, Sendable, Equatable {
  /// The run began.
  case runStarted(Start)
  /// A training step was done.
  case step(Step)
  /// The model was evaluated.
  case evaluation(Evaluation)
  /// A checkpoint is complete on the disk.
  case checkpointSaved(Saved)
  /// A sample or figure was written.
  case sample(Sample)
  /// Something the user should know.
  case warning(Warning)
  /// The run goes on from a checkpoint.
  case resumed(Resumption)
  /// The run ended.
  case finished(End)

  /// How a run begins.
  public struct Start: Codable, Sendable, Equatable {
    /// Name of the recipe.
    public var recipe: String
    /// Steps planned; nil where only time limits it.
    public var stepCount: Int?
    /// Batches of one epoch.
    public var batchesPerEpoch: Int?
    /// Trainable numbers of the model.
    public var parameterCount: Int?

    /// A start with these properties.
    public init(recipe: String, stepCount: Int? = nil, batchesPerEpoch: Int? = nil, parameterCount: Int? = nil) {
      (self.recipe, self.stepCount) = (recipe, stepCount)
      (self.batchesPerEpoch, self.parameterCount) = (batchesPerEpoch, parameterCount)
    }
  }

  /// A training step.
  public struct Step: Codable, Sendable, Equatable {
    /// Steps done, this one included.
    public var step: Int
    /// The epoch it belongs to, from 1.
    public var epoch: Int
    /// The batch within the epoch, from 1.
    public var batch: Int
    /// Losses and other measures of the batch.
    public var metrics: [String: Double]
    /// Wall-clock seconds the step took.
    public var seconds: Double
    /// Learning rate, where there is one.
    public var learningRate: Double?

    /// A step with these measures.
    public init(
      step: Int, epoch: Int, batch: Int, metrics: [String: Double], seconds: Double
    ) {
      (self.step, self.epoch, self.batch) = (step, epoch, batch)
      (self.metrics, self.seconds) = (metrics, seconds)
    }
  }

  /// An evaluation, usually on the validation data.
  public struct Evaluation: Codable, Sendable, Equatable {
    /// Steps done before it.
    public var step: Int
    /// What it measured.
    public var metrics: [String: Double]
    /// Wall-clock seconds it took.
    public var seconds: Double

    /// An evaluation with these measures.
    public init(step: Int, metrics: [String: Double], seconds: Double) {
      (self.step, self.metrics, self.seconds) = (step, metrics, seconds)
    }
  }

  /// A saved checkpoint.
  public struct Saved: Codable, Sendable, Equatable {
    /// Its step.
    public var step: Int
    /// Name of its folder under `checkpoints/`.
    public var name: String

    /// The checkpoint `name` of `step`.
    public init(step: Int, name: String) { (self.step, self.name) = (step, name) }
  }

  /// A file made from the model.
  public struct Sample: Codable, Sendable, Equatable {
    /// Steps done before it.
    public var step: Int
    /// Its path, relative to the run.
    public var path: String

    /// The sample at `path`, made after `step` steps.
    public init(step: Int, path: String) { (self.step, self.path) = (step, path) }
  }

  /// Something the user should know.
  public struct Warning: Codable, Sendable, Equatable {
    /// Steps done before it; nil outside training.
    public var step: Int?
    /// One line.
    public var text: String

    /// A warning of one line.
    public init(step: Int? = nil, text: String) { (self.step, self.text) = (step, text) }
  }

  /// A run going on.
  public struct Resumption: Codable, Sendable, Equatable {
    /// The step of the checkpoint it goes on from.
    public var step: Int

    /// Going on from `step`.
    public init(step: Int) { self.step = step }
  }

  /// How a run ends.
  public struct End: Codable, Sendable, Equatable {
    /// Why.
    public enum Reason: String, Codable, Sendable, CaseIterable {
      /// The planned steps were done.
      case completed
      /// The time given was used up.
      case timeLimit
      /// The user asked it to stop.
      case interrupted
      /// A loss was not finite.
      case diverged
      /// An error ended it.
      case failed
    }

    /// Steps done.
    public var step: Int
    /// Why it ended.
    public var reason: Reason
    /// Wall-clock seconds of this sitting.
    public var seconds: Double

    /// An end after `step` steps.
    public init(step: Int, reason: Reason, seconds: Double) {
      (self.step, self.reason, self.seconds) = (step, reason, seconds)
    }
  }

  /// Steps done when it happened; nil for events outside training.
  public var step: Int? {
    switch self {
    case .runStarted: 0
    case .step(let payload): payload.step
    case .evaluation(let payload): payload.step
    case .checkpointSaved(let payload): payload.step
    case .sample(let payload): payload.step
    case .warning(let payload): payload.step
    case .resumed(let payload): payload.step
    case .finished(let payload): payload.step
    }
  }
}

extension TrainingEvent {
  private enum Kind: String, Codable {
    case runStarted, step, evaluation, checkpointSaved, sample, warning, resumed, finished
  }

  private enum CodingKeys: String, CodingKey { case event }

  private var kind: Kind {
    switch self {
    case .runStarted: .runStarted
    case .step: .step
    case .evaluation: .evaluation
    case .checkpointSaved: .checkpointSaved
    case .sample: .sample
    case .warning: .warning
    case .resumed: .resumed
    case .finished: .finished
    }
  }

  private var payload: any Encodable {
    switch self {
    case .runStarted(let payload): payload
    case .step(let payload): payload
    case .evaluation(let payload): payload
    case .checkpointSaved(let payload): payload
    case .sample(let payload): payload
    case .warning(let payload): payload
    case .resumed(let payload): payload
    case .finished(let payload): payload
    }
  }

  /// Reads the flat object that ``encode(to:)`` writes.
  public init(from decoder: any Decoder) throws {
    switch try decoder.container(keyedBy: CodingKeys.self).decode(Kind.self, forKey: .event) {
    case .runStarted: self = .runStarted(try Start(from: decoder))
    case .step: self = .step(try Step(from: decoder))
    case .evaluation: self = .evaluation(try Evaluation(from: decoder))
    case .checkpointSaved: self = .checkpointSaved(try Saved(from: decoder))
    case .sample: self = .sample(try Sample(from: decoder))
    case .warning: self = .warning(try Warning(from: decoder))
    case .resumed: self = .resumed(try Resumption(from: decoder))
    case .finished: self = .finished(try End(from: decoder))
    }
  }

  /// Writes a flat object.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .event)
    try payload.encode(to: encoder)
  }
}
