import Torch

/// Layer normalization with exact derivatives of any order.
///
/// *Reference*: Ba et al. 2016, arXiv 1607.06450. Differs: Keras' second derivative is wrong, because it takes the mean
/// inside the variance for a constant; the derivative here is the true one, as in PyTorch.
public final class LayerNorm: Module {
  /// Over which axes a layer norm takes its statistics.
  public enum Axes: Sendable, Equatable {
    /// The last axes, whose extents these are (PyTorch).
    case trailing([Int])
    /// The second axis of [N, C, ...], which has this many channels: every voxel for itself (Keras with channels last).
    case channels(Int)
  }

  /// Scale per element of the normalized axes.
  public let weight: Parameter
  /// Offset per element of the normalized axes.
  public let bias: Parameter
  /// Where the statistics are taken.
  public let axes: Axes
  /// Added to the variance: 1e-5 in PyTorch, 1e-3 in Keras.
  public let epsilon: Double

  /// A layer that starts without scale and offset.
  public init(_ axes: Axes, epsilon: Double = 1e-5) {
    let shape =
      switch axes {
      case .trailing(let extents): extents
      case .channels(let count): [count]
      }
    (weight, bias) = (Parameter(.ones(shape)), Parameter(.zeros(shape)))
    (self.axes, self.epsilon) = (axes, epsilon)
  }

  /// Normalizes.
  public func callAsFunction(_ input: Tensor) -> Tensor {
    switch axes {
    case .trailing:
      return input.layerNorm(weight.value.shape, weight: weight.value, bias: bias.value, epsilon: epsilon)
    case .channels(let count):
      guard input.rank >= 2, input.shape[1] == count else {
        fatalError("a layer norm of \(count) channels cannot take \(input.shape)")
      }
      let rank = input.rank
      let channelsLast = input.permuted([0] + (2..<rank) + [1])
      let output = channelsLast.layerNorm([count], weight: weight.value, bias: bias.value, epsilon: epsilon)
      return output.permuted([0, rank - 1] + (1..<rank - 1))
    }
  }
}
