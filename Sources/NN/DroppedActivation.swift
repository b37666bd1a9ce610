import Torch

/// A ReLU with a slope below zero and dropout behind it, in one pass over memory each way.
///
/// The same as `Activation.leakyReLU` and ``Dropout`` one after the other. On the processor in float32 a byte per element is kept
/// for the derivative in place of two tensors.
public final class DroppedActivation: Module {
  /// Slope below zero; zero makes it a ReLU.
  public let slope: Double
  private let dropout: Dropout

  /// An activation with dropout at `rate`; traps unless the rate is at least 0 and below 1.
  public init(slope: Double, rate: Double) { (self.slope, dropout) = (slope, Dropout(rate: rate)) }

  /// Activates; drops in training.
  public func callAsFunction(_ input: Tensor, mode: Mode) -> Tensor {
    // A ReLU's derivative needs no more than its result, which the next layer keeps anyway.
    guard input.device == .cpu, input.dtype == .float32, slope != 0 || (mode.isTraining && dropout.rate > 0) else {
      return dropout(slope == 0 ? input.relu() : input.leakyReLU(slope), mode: mode)
    }
    var seed: UInt64 = 0
    var rate = 0.0
    if case .training(let generator) = mode, dropout.rate > 0 { (seed, rate) = (generator.next(), dropout.rate) }
    let factors = ElementFactors(slope: slope, rate: rate)
    return CustomGradient.apply([input]) { inputs in
      let (output, codes) = factors.activate(inputs[0], seed: seed)
      return ([output], [codes])
    } backward: { saved, gradients in
      [gradients[0].map { factors.scale($0, by: saved[0]) }]
    }[0]
  }
}

extension ElementFactors {
  /// Every element times the factor of its code. It is its own transpose, so that it can be differentiated any number of times.
  fileprivate func scale(_ tensor: Tensor, by codes: Tensor) -> Tensor {
    CustomGradient.apply([tensor, codes]) {
      ([scaled($0[0], by: $0[1])], [$0[1]])
    } backward: { saved, gradients in
      [gradients[0].map { scale($0, by: saved[0]) }, nil]
    }[0]
  }
}
