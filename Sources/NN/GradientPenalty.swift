import Torch

/// What keeps a Wasserstein critic's slope near one: a penalty on its gradient between real and generated samples.
///
/// *Reference*: Gulrajani et al. 2017, arXiv 1704.00028, equation 3. Differs: where a gradient is exactly zero the norm's own
/// derivative, which does not exist, is taken as zero.
public struct GradientPenalty {
  /// What a critic's slope costs.
  public struct Value {
    /// Mean of (norm - 1)^2, without a weight; can be differentiated.
    public let penalty: Tensor
    /// The norm of each sample's gradient: [N].
    public let norms: Tensor
    /// The gradients themselves, in the samples' shape.
    public let gradients: Tensor
    /// What the critic said of the interpolates.
    public let scores: Tensor
  }

  /// Points between real and generated samples, real + weight (generated - real); cut off from whatever made them.
  ///
  /// *Parameters*: `weights` hold one number per sample, [N] or of a shape that broadcasts.
  public static func interpolates(real: Tensor, generated: Tensor, weights: Tensor) -> Tensor {
    let shape = [weights.count] + Array(repeating: 1, count: real.rank - 1)
    return withoutGradient { real + weights.reshaped(shape) * (generated - real) }
  }

  /// The penalty at some samples [N, ...].
  ///
  /// The critic must treat samples apart from each other and draw nothing at random.
  public static func at(_ samples: Tensor, critic: (Tensor) -> Tensor) -> Value {
    let points = samples.detached().requiringGradient()
    let scores = critic(points)
    let gradients = gradient(of: scores.sum(), withRespectTo: [points], createGraph: true)[0]
    let squares = gradients.squared().flattened(from: 1).sum(1)  // [N]
    let isFlat = squares.equal(to: 0)
    let norms = squares.maskedFill(isFlat, value: 1).sqrt().maskedFill(isFlat, value: 0)
    return Value(penalty: (norms - 1).squared().mean(), norms: norms, gradients: gradients, scores: scores)
  }
}
