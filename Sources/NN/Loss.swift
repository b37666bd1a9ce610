import Torch

/// Losses: means over all elements, as scalars that can be differentiated.
///
/// Traps if prediction and target differ in shape: broadcasting would give a wrong mean without a word.
public enum Loss {
  /// Binary cross-entropy from logits; exact where a sigmoid would have saturated.
  public static func binaryCrossEntropy(logits: Tensor, target: Tensor) -> Tensor {
    check(logits, target)
    return logits.binaryCrossEntropyWithLogits(target)
  }

  /// Binary cross-entropy from probabilities, which are first clipped to [clip, 1 - clip].
  ///
  /// *Reference*: Keras 3 for plain numbers. Differs: Keras 2 adds the clip once more inside the logarithm.
  public static func binaryCrossEntropy(probabilities: Tensor, target: Tensor, clip: Double = 1e-7) -> Tensor {
    check(probabilities, target)
    let clipped = probabilities.clamped(min: clip, max: 1 - clip)
    return -(target * clipped.log() + (1 - target) * (1 - clipped).log()).mean()
  }

  /// Mean of the squared differences.
  public static func meanSquaredError(_ prediction: Tensor, target: Tensor) -> Tensor {
    check(prediction, target)
    return prediction.meanSquaredError(target)
  }

  /// Mean of the absolute differences.
  public static func l1(_ prediction: Tensor, target: Tensor) -> Tensor {
    check(prediction, target)
    return prediction.l1Loss(target)
  }

  /// Mean of the absolute differences of signed distances that are cut off at `bound`.
  ///
  /// *Parameters*: `clampsPrediction` cuts the prediction as well (DeepSDF); without it a prediction beyond the bound
  /// still has a gradient (SDFNet).
  ///
  /// *Reference*: Park et al. 2019, arXiv 1901.05103, equation 4.
  public static func clampedL1(
    _ prediction: Tensor, target: Tensor, bound: Double, clampsPrediction: Bool = true
  ) -> Tensor {
    let predicted = clampsPrediction ? prediction.clamped(min: -bound, max: bound) : prediction
    return l1(predicted, target: target.clamped(min: -bound, max: bound))
  }

  private static func check(_ prediction: Tensor, _ target: Tensor) {
    guard prediction.shape == target.shape else {
      fatalError("a loss needs equal shapes, not \(prediction.shape) and \(target.shape)")
    }
  }
}
