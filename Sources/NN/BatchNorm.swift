import Torch

/// Which variance the running statistics of a batch norm collect.
public enum VarianceCorrection: String, Sendable, Codable, CaseIterable {
  /// The batch's variance as it is: Keras 3, and Keras 2 for inputs with a time axis.
  case none
  /// Times N / (N - 1): PyTorch, and Keras 2 for inputs without a time axis.
  case unbiased
}

/// Batch normalization over all axes but the second.
///
/// Training normalizes with the batch's own mean and variance, through which gradients of any order flow, and moves the
/// running statistics; inference uses those.
///
/// *Shapes*: input [N, C, ...]; all parameters and buffers [C].
///
/// *Reference*: Ioffe and Szegedy 2015, arXiv 1502.03167.
public final class BatchNorm: Module {
  /// Numbers that the layer is made with.
  public struct Options: Sendable, Equatable {
    /// Share of the new batch in the running statistics: 0.1 in PyTorch, 0.01 for what Keras calls 0.99.
    public var momentum: Double
    /// Added to the variance.
    public var epsilon: Double
    /// Which variance the running statistics collect.
    public var varianceCorrection: VarianceCorrection

    /// PyTorch's numbers unless said otherwise.
    public init(momentum: Double = 0.1, epsilon: Double = 1e-5, varianceCorrection: VarianceCorrection = .unbiased) {
      (self.momentum, self.epsilon, self.varianceCorrection) = (momentum, epsilon, varianceCorrection)
    }

    /// Keras' defaults; the correction depends on its version and on the rank of the input.
    public static func keras(varianceCorrection: VarianceCorrection) -> Self {
      Self(momentum: 0.01, epsilon: 1e-3, varianceCorrection: varianceCorrection)
    }
  }

  /// Scale per channel.
  public let weight: Parameter
  /// Offset per channel.
  public let bias: Parameter
  /// Mean collected in training.
  public let runningMean: Buffer
  /// Variance collected in training.
  public let runningVariance: Buffer
  /// Numbers that the layer was made with.
  public let options: Options
  /// Share of the new batch in the running statistics, which `options` say but for special passes: 1 / n at the n-th of some
  /// batches leaves their mean.
  public var momentum: Double

  /// A layer that starts as the identity.
  public init(channels: Int, options: Options = .init()) {
    (weight, bias) = (Parameter(.ones([channels])), Parameter(.zeros([channels])))
    (runningMean, runningVariance) = (Buffer(.zeros([channels])), Buffer(.ones([channels])))
    (self.options, momentum) = (options, options.momentum)
  }

  /// Normalizes; in training also moves the running statistics.
  public func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
    guard input.rank >= 2, input.shape[1] == weight.value.count else {
      fatalError("a batch norm of \(weight.value.count) channels cannot take \(input.shape)")
    }
    guard mode.isTraining else {
      return input.batchNorm(
        weight: weight.value, bias: bias.value,
        running: RunningStatistics(mean: runningMean.value, variance: runningVariance.value), isTraining: false,
        epsilon: options.epsilon)
    }
    // With momentum one the operator leaves the batch's own statistics in the tensors it is given.
    let batch = RunningStatistics(
      mean: .zeros(like: runningMean.value), variance: .zeros(like: runningVariance.value), momentum: 1)
    let output = input.batchNorm(
      weight: weight.value, bias: bias.value, running: batch, isTraining: true, epsilon: options.epsilon)
    collect(batch, count: input.count / max(input.shape[1], 1))
    return output
  }

  private func collect(_ batch: RunningStatistics, count: Int) {
    let factor = options.varianceCorrection == .none ? Double(count - 1) / Double(max(count, 1)) : 1
    withoutGradient {
      // The unbiased variance of a single value is not a number; its variance is zero.
      let variance = count > 1 ? batch.variance * factor : .zeros(like: batch.variance)
      // What is replaced may be infinite, and does not become finite by a weight of zero.
      guard momentum < 1 else {
        runningMean.value.copy(from: batch.mean)
        return runningVariance.value.copy(from: variance)
      }
      runningMean.value.interpolateInPlace(to: batch.mean, weight: momentum)
      runningVariance.value.interpolateInPlace(to: variance, weight: momentum)
    }
  }
}
