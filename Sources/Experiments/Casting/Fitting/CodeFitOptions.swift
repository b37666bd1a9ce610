import NN

/// How a code is found for a shape.
///
/// *Reference*: Park et al., "DeepSDF", 2019, arXiv:1901.05103, section 6.2, and its released code for the numbers.
public struct CodeFitOptions: Sendable, Codable, Equatable {
  /// Steps of Adam.
  public var steps = 800
  /// Learning rate of the codes.
  public var learningRate = 5e-3
  /// What the learning rate is divided by, after the share `dropAt` of the steps.
  public var dropFactor = 10.0
  /// When the learning rate drops, as a share of the steps.
  public var dropAt = 0.5
  /// Points of a step, shared by all starts.
  public var samplesPerStep = 8000
  /// Weight of the mean square of the code.
  public var codePenalty = 1e-4
  /// Deviation of the first start's random code from zero.
  public var initialDeviation = 0.01
  /// Codes that are tried: the first near zero, then by turns the trained code that fits best and one drawn as the model
  /// draws codes.
  public var starts = 1
  /// The share of the steps after which only the best start goes on; until then the starts divide the points of a step
  /// among them, so that several cost as much as one. 1 keeps all to the end, each with all points.
  public var raceShare = 0.25
  /// Distances are brought between minus and plus this; nil for the clip of the run, or 0.1 where it has none.
  public var clamp: Double?
  /// Most points that the loss of a start is measured on; more are thinned at random.
  public var judgedCount = 100_000
  /// The seed; with the name of the shape it decides all that is random.
  public var seed: UInt64 = 1
  /// Element type of the products; nil for the run's own.
  public var precision: Precision?

  /// DeepSDF's numbers.
  public init() {}

  /// Throws, naming the option, unless every value makes sense.
  public func validate() throws {
    func require(_ condition: Bool, _ text: String) throws {
      guard condition else { throw ExperimentError(text) }
    }
    try require((1...1_000_000).contains(steps), "steps must be 1 to 1,000,000")
    try require((1...256).contains(starts), "starts must be 1 to 256")
    try require((1...10_000_000).contains(samplesPerStep), "samples per step must be 1 to 10,000,000")
    try require(learningRate > 0 && learningRate.isFinite, "the learning rate must be positive")
    try require(dropFactor > 0 && dropFactor.isFinite, "the factor of the learning rate must be positive")
    try require((0...1).contains(dropAt) && (0...1).contains(raceShare), "shares of the steps must be 0 to 1")
    try require(codePenalty >= 0 && codePenalty.isFinite, "the code penalty must be 0 or more")
    try require(initialDeviation >= 0 && initialDeviation.isFinite, "the initial deviation must be 0 or more")
    try require(clamp.map { $0 > 0 && $0.isFinite } ?? true, "the clamp must be positive")
    try require(judgedCount > 0, "the number of judged points must be positive")
  }
}

/// What fitting a code came to.
public struct CodeFitReport: Sendable, Codable, Equatable {
  /// One of the codes that were tried.
  public struct Start: Sendable, Codable, Equatable {
    /// Where it began.
    public var origin: String
    /// Its loss on the judged points when it was last part of the fit: distance error without the code penalty.
    public var loss: Double
    /// Steps that it took.
    public var steps: Int
  }

  /// A step and the loss of the best start in it.
  public struct Point: Sendable, Codable, Equatable {
    /// The step, from 1.
    public var step: Int
    /// Its loss, with the code penalty.
    public var loss: Double
  }

  /// How it was done.
  public var options: CodeFitOptions
  /// The distance at which both sides were clamped.
  public var clamp: Double
  /// The level of the surface; observed distances are raised by it.
  public var level: Double
  /// The codes that were tried.
  public var starts: [Start]
  /// Which of them was kept, from 0.
  public var chosen: Int
  /// Mean error of the distances at the judged points: every group counts by its share.
  public var loss: Double
  /// The same without clamping, by the name of the group: the mean of |f - observed|.
  public var groupErrors: [String: Double]
  /// Points by the name of the group.
  public var groupCounts: [String: Int]
  /// Length of the code.
  public var codeNorm: Double
  /// The course of the loss, some 40 points.
  public var curve: [Point]
  /// Time it took.
  public var seconds: Double
}
