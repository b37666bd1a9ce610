/// Which checkpoints of a run are kept; the newest always is.
public struct CheckpointRetention: Codable, Sendable, Equatable {
  /// What makes a checkpoint a good one.
  public struct Criterion: Codable, Sendable, Equatable {
    /// Name of the metric, such as `jaccard` or `mse`.
    public var metric: String
    /// Whether a lower value is better.
    public var prefersLower: Bool

    /// The lowest value of `metric`, or the highest.
    public init(metric: String, prefersLower: Bool = true) {
      (self.metric, self.prefersLower) = (metric, prefersLower)
    }

    /// The checkpoints that have a finite value, best first; equal ones by step.
    func ranked(_ checkpoints: [Checkpoint]) -> [Checkpoint] {
      let scored = checkpoints.compactMap { checkpoint -> (Checkpoint, Double)? in
        guard let value = checkpoint.metrics[metric], value.isFinite else { return nil }
        return (checkpoint, prefersLower ? value : -value)
      }
      return scored.sorted { ($0.1, $0.0.step) < ($1.1, $1.0.step) }.map(\.0)
    }
  }

  /// How many of the newest are kept; at least one.
  public var newestCount: Int
  /// How many of the best are kept.
  public var bestCount: Int
  /// What the best are; nil keeps none for their quality.
  public var criterion: Criterion?
  /// Every checkpoint whose step is a multiple of this is kept; nil for none.
  public var stepInterval: Int?

  /// Keeps the newest, the best by a criterion, and those at multiples of `stepInterval`.
  public init(newestCount: Int = 2, bestCount: Int = 1, criterion: Criterion? = nil, stepInterval: Int? = nil) {
    (self.newestCount, self.bestCount) = (newestCount, bestCount)
    (self.criterion, self.stepInterval) = (criterion, stepInterval)
  }

  /// The steps that are kept of `checkpoints`.
  public func kept(of checkpoints: [Checkpoint]) -> Set<Int> {
    let ordered = checkpoints.sorted { $0.step < $1.step }
    var steps = Set(ordered.suffix(max(1, newestCount)).map(\.step))
    if let criterion { steps.formUnion(criterion.ranked(ordered).prefix(max(0, bestCount)).map(\.step)) }
    if let stepInterval, stepInterval > 0 {
      steps.formUnion(ordered.map(\.step).filter { $0 % stepInterval == 0 })
    }
    return steps
  }
}
