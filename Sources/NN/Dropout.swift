import Torch

/// Sets elements to zero at random in training and scales the others, so that the mean stays.
///
/// *Reference*: Srivastava et al. 2014.
public final class Dropout: Module {
  /// Share of elements that become zero.
  public let rate: Double

  /// Traps unless the rate is at least 0 and below 1.
  public init(rate: Double) {
    guard rate >= 0, rate < 1 else { fatalError("a dropout rate is at least 0 and below 1, not \(rate)") }
    self.rate = rate
  }

  /// Drops in training; returns the input itself in inference.
  public func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
    guard case .training(let generator) = mode, rate > 0 else { return input }
    return input.dropout(rate, generator: generator)
  }
}
