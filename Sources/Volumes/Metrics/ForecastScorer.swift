import Foundation

/// Why a forecast cannot be scored.
public enum ScoringError: Error, Equatable, CustomStringConvertible {
  /// The prediction of a sample holds NaN or infinity.
  case notFinite(name: String)
  /// Volumes of one sample have different sizes.
  case sizes(name: String, prediction: Int, target: Int, input: Int)
  /// A rollout of another length than those before.
  case steps(name: String, steps: Int, expected: Int)

  /// One line: what is wrong with which sample.
  public var description: String {
    switch self {
    case .notFinite(let name): "\(name): the prediction is not finite; the model has diverged"
    case .sizes(let name, let prediction, let target, let input):
      "\(name): a prediction of \(prediction) voxels cannot be held against \(target) target and \(input) input voxels"
    case .steps(let name, let steps, let expected):
      "\(name): a rollout of \(steps) steps beside others of \(expected)"
    }
  }
}

/// The volumes of one sample that are held against each other.
public struct ForecastComparison {
  /// Name of the sample.
  public var name: String
  /// What the model says, raw: [frames, D, H, W].
  public var prediction: UnsafeBufferPointer<Float>
  /// The truth, as many frames.
  public var target: UnsafeBufferPointer<Float>
  /// The last frame seen before each predicted one, as many frames; for a rollout one single frame.
  public var input: UnsafeBufferPointer<Float>

  /// Volumes of one sample.
  public init(
    name: String, prediction: UnsafeBufferPointer<Float>, target: UnsafeBufferPointer<Float>,
    input: UnsafeBufferPointer<Float>
  ) {
    (self.name, self.prediction, self.target, self.input) = (name, prediction, target, input)
  }
}

/// Adds up the errors of forecasts, sample by sample; the result does not depend on the order of the samples.
public struct ForecastScorer: Sendable {
  private struct FrameErrors {
    var target: VoxelErrors
    var input: VoxelErrors
    var null: VoxelErrors
  }
  private struct StepErrors {
    var target: VoxelErrors
    var input: VoxelErrors
    var null: VoxelErrors
    var persistence: VoxelErrors
  }

  private let voxelsPerFrame: Int
  private let threshold: Float
  private var samples: [(name: String, frames: [FrameErrors])] = []
  private var rollouts: [(name: String, steps: [StepErrors])] = []

  /// A scorer of frames of a given size; voxels strictly above the threshold are occupied (0.5; 0 for normalised data).
  public init(voxelsPerFrame: Int, threshold: Float = 0.5) {
    precondition(voxelsPerFrame > 0, "a frame has voxels")
    (self.voxelsPerFrame, self.threshold) = (voxelsPerFrame, threshold)
  }

  /// Adds the next-frame predictions of one sample: all its frames, or one window; frames of several windows of the same
  /// name are scored jointly.
  public mutating func add(_ comparison: ForecastComparison) throws {
    let count = comparison.prediction.count
    guard count > 0, count.isMultiple(of: voxelsPerFrame), comparison.target.count == count,
      comparison.input.count == count
    else { throw sizes(comparison) }
    let frames = (0..<(count / voxelsPerFrame)).map { frame in
      let range = (frame * voxelsPerFrame)..<((frame + 1) * voxelsPerFrame)
      let prediction = UnsafeBufferPointer(rebasing: comparison.prediction[range])
      let target = UnsafeBufferPointer(rebasing: comparison.target[range])
      let input = UnsafeBufferPointer(rebasing: comparison.input[range])
      return FrameErrors(
        target: VoxelErrors(prediction, target, threshold: threshold),
        input: VoxelErrors(prediction, input, threshold: threshold),
        null: VoxelErrors(target, input, threshold: threshold))
    }
    guard frames.allSatisfy(\.target.squaredError.isFinite) else {
      throw ScoringError.notFinite(name: comparison.name)
    }
    samples.append((comparison.name, frames))
  }

  /// Adds the rollout of one sample: `prediction` and `target` hold the steps, `input` the last frame seen before them.
  public mutating func addRollout(_ comparison: ForecastComparison) throws {
    let count = comparison.prediction.count
    guard count > 0, count.isMultiple(of: voxelsPerFrame), comparison.target.count == count,
      comparison.input.count == voxelsPerFrame
    else { throw sizes(comparison) }
    let stepCount = count / voxelsPerFrame
    if let expected = rollouts.first?.steps.count, expected != stepCount {
      throw ScoringError.steps(name: comparison.name, steps: stepCount, expected: expected)
    }
    var previous = comparison.input
    let steps = (0..<stepCount).map { step in
      let range = (step * voxelsPerFrame)..<((step + 1) * voxelsPerFrame)
      let prediction = UnsafeBufferPointer(rebasing: comparison.prediction[range])
      let target = UnsafeBufferPointer(rebasing: comparison.target[range])
      defer { previous = target }
      return StepErrors(
        target: VoxelErrors(prediction, target, threshold: threshold),
        input: VoxelErrors(prediction, comparison.input, threshold: threshold),
        null: VoxelErrors(target, previous, threshold: threshold),
        persistence: VoxelErrors(target, comparison.input, threshold: threshold))
    }
    guard steps.allSatisfy(\.target.squaredError.isFinite) else {
      throw ScoringError.notFinite(name: comparison.name)
    }
    rollouts.append((comparison.name, steps))
  }

  private func sizes(_ comparison: ForecastComparison) -> ScoringError {
    ScoringError.sizes(
      name: comparison.name, prediction: comparison.prediction.count, target: comparison.target.count,
      input: comparison.input.count)
  }
}

extension ForecastScorer {
  /// The errors of one sample, all its frames jointly: a line of `per_sample.csv`.
  public struct SampleErrors: Sendable, Equatable {
    /// Name of the sample.
    public var name: String
    /// Errors against the target.
    public var target: VoxelErrors
    /// Errors against the input.
    public var input: VoxelErrors
    /// Errors of the null model.
    public var null: VoxelErrors
  }

  /// Joint errors of every sample, in name order.
  public var perSample: [SampleErrors] {
    var byName: [String: [FrameErrors]] = [:]
    for sample in samples { byName[sample.name, default: []] += sample.frames }
    return byName.keys.sorted().map { name in
      let frames = byName[name] ?? []
      return SampleErrors(
        name: name, target: frames.map(\.target).reduce(VoxelErrors(), +),
        input: frames.map(\.input).reduce(VoxelErrors(), +), null: frames.map(\.null).reduce(VoxelErrors(), +))
    }
  }

  /// `per_sample.csv`.
  public func perSampleCSV() -> String {
    var lines = ["name,mse_target,mse_null,mse_input,jaccard_target,jaccard_null,jaccard_input"]
    for sample in perSample {
      let pairs = [sample.target, sample.null, sample.input]
      let numbers = pairs.map(\.meanSquaredError) + pairs.map(\.jaccardDistance)
      let name = sample.name.contains { $0 == "," || $0 == "\"" || $0.isNewline } ? quoted(sample.name) : sample.name
      lines.append(([name] + numbers.map { String(format: "%.9g", $0) }).joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func quoted(_ name: String) -> String {
    "\"" + name.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }

  /// Everything that was added, as it goes into `metrics.json`.
  public func score() -> ForecastScore {
    let sequences = perSample
    let frames = samples.sorted { $0.name < $1.name }.flatMap(\.frames)
    let scoring = ForecastScore.Scoring(
      sequence: Self.measures(sequences.map(\.target), sequences.map(\.input), sequences.map(\.null)),
      frame: Self.measures(frames.map(\.target), frames.map(\.input), frames.map(\.null)))
    let rollout = ForecastScore.Rollout(mse: curves(\.meanSquaredError), jaccard: curves(\.jaccardDistance))
    return ForecastScore(samples: sequences.count, scoring: scoring, rollout: rollout)
  }

  private static func measures(_ target: [VoxelErrors], _ input: [VoxelErrors], _ null: [VoxelErrors])
    -> ForecastScore.Measures
  {
    func errors(_ measure: (VoxelErrors) -> Double) -> ForecastScore.Errors {
      ForecastScore.Errors(
        target: Moments(target.map(measure)), input: Moments(input.map(measure)), null: Moments(null.map(measure)))
    }
    return ForecastScore.Measures(mse: errors(\.meanSquaredError), jaccard: errors(\.jaccardDistance))
  }

  private func curves(_ measure: (VoxelErrors) -> Double) -> ForecastScore.Curves {
    let sorted = rollouts.sorted { $0.name < $1.name }
    let stepCount = sorted.first?.steps.count ?? 0
    func moments(_ pair: (StepErrors) -> VoxelErrors) -> [Moments] {
      (0..<stepCount).map { step in Moments(sorted.map { measure(pair($0.steps[step])) }) }
    }
    let (target, input) = (moments(\.target), moments(\.input))
    let (null, persistence) = (moments(\.null), moments(\.persistence))
    return ForecastScore.Curves(
      target: target.map(\.mean), input: input.map(\.mean), null: null.map(\.mean),
      persistence: persistence.map(\.mean),
      std: ForecastScore.Deviations(
        target: target.map(\.std), input: input.map(\.std), null: null.map(\.std), persistence: persistence.map(\.std)))
  }
}
