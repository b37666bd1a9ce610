import Foundation

/// Mean and population standard deviation of a list of numbers.
public struct Moments: Sendable, Equatable, Codable {
  /// Mean; 0 of nothing.
  public var mean: Double
  /// Population standard deviation (division by the count).
  public var std: Double

  /// Moments of given values, added in the order given.
  public init(_ values: some Collection<Double>) {
    guard !values.isEmpty else {
      (mean, std) = (0, 0)
      return
    }
    let average = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - average) * ($1 - average) }
    (mean, std) = (average, (squares / Double(values.count)).squareRoot())
  }
}

/// What a forecaster's scores look like in `metrics.json`.
public struct ForecastScore: Sendable, Equatable, Codable {
  /// One error measured three ways.
  public struct Errors: Sendable, Equatable, Codable {
    /// Prediction against the true frames.
    public var target: Moments
    /// Prediction against the last frames the model saw.
    public var input: Moments
    /// True frames against the last frames seen: the error of "nothing changes".
    public var null: Moments

    /// Whether the prediction is nearer to the truth than to its input, and nearer than the input is.
    public var isValid: Bool { target.mean < input.mean && target.mean < null.mean }
  }

  /// Both measures under one way of scoring.
  public struct Measures: Sendable, Equatable, Codable {
    /// Mean squared error over voxels.
    public var mse: Errors
    /// Jaccard distance of the thresholded volumes.
    public var jaccard: Errors
  }

  /// Both ways of scoring.
  public struct Scoring: Sendable, Equatable, Codable {
    /// All predicted frames of a sample jointly, then mean and deviation over samples.
    public var sequence: Measures
    /// Every frame by itself, then mean and deviation over frames.
    public var frame: Measures
  }

  /// One measure over the steps of a rollout, each list with one entry per step.
  public struct Curves: Sendable, Equatable, Codable {
    /// Prediction against the true frame of the step.
    public var target: [Double]
    /// Prediction against the last frame the model was given.
    public var input: [Double]
    /// The true frame against the true frame before it.
    public var null: [Double]
    /// The true frame against the last frame the model was given.
    public var persistence: [Double]
    /// Population standard deviations of the above.
    public var std: Deviations
  }

  /// Standard deviations of `Curves`.
  public struct Deviations: Sendable, Equatable, Codable {
    /// Of `Curves.target`.
    public var target: [Double]
    /// Of `Curves.input`.
    public var input: [Double]
    /// Of `Curves.null`.
    public var null: [Double]
    /// Of `Curves.persistence`.
    public var persistence: [Double]
  }

  /// Both measures of a rollout.
  public struct Rollout: Sendable, Equatable, Codable {
    /// Mean squared error over voxels.
    public var mse: Curves
    /// Jaccard distance of the thresholded volumes.
    public var jaccard: Curves
  }

  /// Number of samples that were scored.
  public var samples: Int
  /// Next-frame scores.
  public var scoring: Scoring
  /// Scores of the rollout; empty lists if there was none.
  public var rollout: Rollout
  /// Usable horizon: number of leading rollout steps whose Jaccard distance to the truth is below the null model's.
  public var horizon: Int
  /// Whether MSE and Jaccard distance to the target, scored jointly over frames, are both below those to the input and
  /// those of the null model.
  public var valid: Bool

  /// Scores of given parts; horizon and verdict follow from them.
  public init(samples: Int, scoring: Scoring, rollout: Rollout) {
    (self.samples, self.scoring, self.rollout) = (samples, scoring, rollout)
    horizon = zip(rollout.jaccard.target, rollout.jaccard.null).prefix { $0 < $1 }.count
    valid = scoring.sequence.mse.isValid && scoring.sequence.jaccard.isValid
  }

  /// The verdict in one sentence.
  public var verdict: String {
    let errors = scoring.sequence.jaccard
    func number(_ value: Double) -> String { String(format: "%.4f", value) }
    let comparison =
      "Jaccard distance \(number(errors.target.mean)) to the target, \(number(errors.null.mean)) for the null model,"
      + " \(number(errors.input.mean)) to the input"
    let steps = rollout.jaccard.target.isEmpty ? "" : "; usable for \(horizon) of \(rollout.jaccard.target.count) steps"
    return "\(valid ? "valid" : "not valid"): \(comparison)\(steps)"
  }

  /// `metrics.json`: keys sorted, one value per line.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }
}
