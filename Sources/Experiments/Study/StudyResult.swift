import Volumes

/// What a study found out about one model.
public struct StudyResult: Encodable, Sendable {
  /// Which model.
  public var model: StudyModel
  /// Whether the study trained it, or it was given as a run.
  public var isTrained: Bool
  /// Trainable numbers; nil where the run does not say.
  public var parameters: Int?
  /// Steps of training of the state that was judged.
  public var step: Int
  /// Steps of the whole training.
  public var steps: Int
  /// Minutes that training took, validations included; nil where the run does not say.
  public var minutes: Double?
  /// The content of `metrics.json`.
  public var score: ForecastScore

  /// A result of these parts.
  public init(model: StudyModel, isTrained: Bool = true, step: Int, steps: Int, score: ForecastScore) {
    (self.model, self.isTrained, self.step, self.steps, self.score) = (model, isTrained, step, steps, score)
  }

  var published: PublishedResults { .of(model) }

  private enum CodingKeys: String, CodingKey {
    case name, architecture, format, isTrained, parameters, step, steps, minutes, samples, scoring, rollout, horizon
    case valid, verdict, published
  }

  private struct Published: Encodable {
    var mse: PublishedResults.Errors
    var jaccard: PublishedResults.Errors
    var rollout: [Double]
    var horizon: Int
    var valid: Bool
  }

  /// Writes the model's properties, the content of `metrics.json` beside them, and what is published.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(model.name, forKey: .name)
    try container.encode(model.architecture, forKey: .architecture)
    try container.encode(model.format, forKey: .format)
    try container.encode(isTrained, forKey: .isTrained)
    try container.encode(parameters, forKey: .parameters)
    try container.encode(step, forKey: .step)
    try container.encode(steps, forKey: .steps)
    try container.encode(minutes, forKey: .minutes)
    try container.encode(score.samples, forKey: .samples)
    try container.encode(score.scoring, forKey: .scoring)
    try container.encode(score.rollout, forKey: .rollout)
    try container.encode(score.horizon, forKey: .horizon)
    try container.encode(score.valid, forKey: .valid)
    try container.encode(score.verdict, forKey: .verdict)
    let published = published
    try container.encode(
      Published(
        mse: published.mse, jaccard: published.jaccard, rollout: published.rollout, horizon: published.horizon,
        valid: published.isValid), forKey: .published)
  }
}
