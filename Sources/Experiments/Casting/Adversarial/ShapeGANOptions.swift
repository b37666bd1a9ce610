import NN

/// How a shape generator and its critic learn from each other: WGAN-GP, as published.
///
/// *Reference*: Kleineberg, Fey, Weichert 2020, arXiv 2002.00349, and its published code; Gulrajani et al. 2017, arXiv 1704.00028.
public struct ShapeGANOptions: Codable, Sendable, Equatable {
  /// Weight of the gradient penalty.
  public var penaltyWeight = 10.0
  /// Critic steps for each step of the generator.
  public var criticSteps = 5
  /// Step size of both players (RMSprop).
  public var learningRate = 1e-4
  /// Points of generated shapes that are differentiated through at once.
  public var chunkSize = 32_768

  /// The published values.
  public init() {}

  /// Throws, naming the field, unless every value makes sense.
  public func validate() throws {
    func require(_ condition: Bool, _ text: String) throws {
      guard condition else { throw ExperimentError(text) }
    }
    try require(penaltyWeight >= 0 && penaltyWeight.isFinite, "adversarial.penaltyWeight must not be negative")
    try require((1...1000).contains(criticSteps), "adversarial.criticSteps must lie between 1 and 1000")
    try require(learningRate > 0 && learningRate.isFinite, "adversarial.learningRate must be positive")
    try require((1...1 << 24).contains(chunkSize), "adversarial.chunkSize must lie between 1 and 16777216")
  }
}
