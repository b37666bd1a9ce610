import Foundation

/// How a generator and a critic learn from each other.
///
/// *Reference*: Gulrajani et al. 2017, arXiv 1704.00028; the values are the thesis's (tables 5.1, listings B.1 and B.5).
public struct AdversarialOptions: Codable, Sendable, Equatable {
  /// Critic steps before each step of encoder and generator, all on one batch.
  public var criticSteps = 1
  /// Weight of the gradient penalty.
  public var penaltyWeight = 100.0
  /// Weight of the mean square of the critic's scores of real frames.
  public var epsilonWeight = 0.0
  /// Weight of the sum of absolute values of all convolution kernels. The original declares 0.01 but never adds it to its losses.
  public var l1Weight = 0.0
  /// What the critic sees beside a frame.
  public var condition = Condition.target
  /// How the encoder runs in training.
  public var encoderMode = EncoderMode.training

  /// The published values.
  public init() {}

  /// What the critic sees beside the frame that it judges.
  public enum Condition: String, Codable, Sendable, CaseIterable {
    /// The frame that should come out, as published: a real pair is the target twice.
    case target
    /// The last frame that the generator saw.
    case lastInput
    /// Nothing: zeros.
    case none
  }

  /// How the encoder runs in training.
  public enum EncoderMode: String, Codable, Sendable, CaseIterable {
    /// With batch statistics and dropout, as the published one-frame training does.
    case training
    /// With its running statistics, which then stay at mean 0 and variance 1, and without dropout: what the published three-frame
    /// training does, because it calls the encoder without saying so.
    case initialStatistics
  }

  /// The share of a batch in running statistics, where a share `share` of each pass goes into them.
  ///
  /// In the original every step of the critic and the one that follows make the frames anew, and statistics move each time.
  func batchShare(_ share: Double) -> Double { 1 - pow(1 - share, Double(criticSteps + 1)) }

  /// Throws, naming the field, unless every value makes sense.
  func validate() throws {
    let weights = [penaltyWeight, epsilonWeight, l1Weight]
    guard weights.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw ExperimentError("adversarial.penaltyWeight, epsilonWeight and l1Weight must not be negative")
    }
    guard (1...1000).contains(criticSteps) else {
      throw ExperimentError("adversarial.criticSteps must lie between 1 and 1000")
    }
  }
}
