import Torch
import Volumes

extension ForecastScore {
  /// The measures that a validation tells of every forecaster, by the names of events, plots and checkpoints.
  var validationMeasures: [String: Double] {
    [
      "mse": scoring.sequence.mse.target.mean, "jaccard": scoring.sequence.jaccard.target.mean,
      "jaccard_frame": scoring.frame.jaccard.target.mean, "jaccard_input": scoring.sequence.jaccard.input.mean,
      "jaccard_null": scoring.sequence.jaccard.null.mean,
    ]
  }
}

extension ForecastScorer {
  /// Adds a batch of next-frame predictions.
  ///
  /// *Shapes*: `frames` [T, N, 1, D, H, W], all that is known; `predictions` [P, N, 1, D, H, W], those of the last P
  /// frames.
  mutating func addNextFrames(predictions: Tensor, frames: Tensor, names: [String]) throws {
    let (count, total) = (predictions.shape[0], frames.shape[0])
    let targets = frames.narrowed(0, start: total - count, length: count)
    let inputs = frames.narrowed(0, start: total - count - 1, length: count)
    try withSamples(predictions, targets, inputs, names: names) { try add($0) }
  }

  /// Adds a batch of rollouts.
  ///
  /// *Shapes*: `predictions` and `targets` [K, N, 1, D, H, W], `lastSeen` [1, N, 1, D, H, W].
  mutating func addRollouts(predictions: Tensor, targets: Tensor, lastSeen: Tensor, names: [String]) throws {
    try withSamples(predictions, targets, lastSeen, names: names) { try addRollout($0) }
  }

  /// Lends the volumes of one sample after the other.
  private func withSamples(
    _ predictions: Tensor, _ targets: Tensor, _ inputs: Tensor, names: [String],
    _ body: (ForecastComparison) throws -> Void
  ) rethrows {
    let (predicted, wanted, seen) = (predictions.sampleMajor(), targets.sampleMajor(), inputs.sampleMajor())
    try predicted.withUnsafeBufferPointer { predicted in
      try wanted.withUnsafeBufferPointer { wanted in
        try seen.withUnsafeBufferPointer { seen in
          for (index, name) in names.enumerated() {
            func part(_ buffer: UnsafeBufferPointer<Float>) -> UnsafeBufferPointer<Float> {
              let size = buffer.count / names.count
              return UnsafeBufferPointer(rebasing: buffer[(index * size)..<((index + 1) * size)])
            }
            try body(
              ForecastComparison(name: name, prediction: part(predicted), target: part(wanted), input: part(seen)))
          }
        }
      }
    }
  }
}

extension Tensor {
  /// Frames [T, N, 1, D, H, W] as values in the order [N, T, D, H, W].
  func sampleMajor() -> [Float] { transposed(0, 1).contiguous().array(of: Float.self) }
}
