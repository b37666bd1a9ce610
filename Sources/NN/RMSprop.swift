import Torch

/// RMSprop: steps scaled by a running mean of squared gradients.
///
/// *Reference*: Hinton, Coursera lecture 6e. Differs: as in PyTorch, epsilon is added to the root, not under it.
public final class RMSprop: Optimizer {
  /// Numbers that stay the same from step to step.
  public struct Options: Sendable, Equatable, Codable {
    /// Decay of the mean of squares.
    public var alpha: Double
    /// Keeps the divisor from zero.
    public var epsilon: Double
    /// Share of the last step that is taken again.
    public var momentum: Double
    /// Share of the parameters that is added to the gradients.
    public var weightDecay: Double

    /// PyTorch's numbers unless said otherwise.
    public init(alpha: Double = 0.99, epsilon: Double = 1e-8, momentum: Double = 0, weightDecay: Double = 0) {
      (self.alpha, self.epsilon, self.momentum, self.weightDecay) = (alpha, epsilon, momentum, weightDecay)
    }
  }

  /// What is optimized.
  public var groups: [ParameterGroup]
  /// Numbers that stay the same from step to step.
  public let options: Options
  private var memory: OptimizerMemory

  /// An optimizer without history.
  public init(_ groups: [ParameterGroup], options: Options = .init()) {
    (self.groups, self.options) = (groups, options)
    memory = OptimizerMemory(groups: groups, moments: ["secondMoment"] + (options.momentum > 0 ? ["velocity"] : []))
  }

  /// An optimizer of one group.
  public convenience init(
    _ parameters: [(key: String, parameter: Parameter)], learningRate: Double, options: Options = .init()
  ) {
    self.init([ParameterGroup(parameters, learningRate: learningRate)], options: options)
  }

  /// Takes one step.
  public func step(gradients: [Tensor]) {
    memory.checkCount(gradients)
    memory.stepCount += 1
    withoutGradient {
      for (group, range) in zip(groups, OptimizerMemory.ranges(groups)) {
        for (entry, index) in zip(group.parameters, range) {
          update(entry.parameter.value, gradients[index], index, learningRate: group.learningRate)
        }
      }
    }
  }

  /// The step count, learning rates and moments.
  public func state() -> [String: Tensor] { memory.state(groups) }

  /// Takes over a state.
  public func load(_ state: [String: Tensor]) throws { try memory.load(state, into: &groups) }

  private func update(_ value: Tensor, _ gradient: Tensor, _ index: Int, learningRate: Double) {
    let slope = options.weightDecay == 0 ? gradient : gradient + value * options.weightDecay
    let squares = memory.moments[0][index]
    squares.multiplyInPlace(options.alpha)
    squares.addProductInPlace(slope, slope, scale: 1 - options.alpha)
    let divisor = squares.sqrt()
    divisor.addInPlace(options.epsilon)
    guard options.momentum > 0 else {
      value.addQuotientInPlace(slope, divisor, scale: -learningRate)
      return
    }
    let velocity = memory.moments[1][index]
    velocity.multiplyInPlace(options.momentum)
    velocity.addQuotientInPlace(slope, divisor)
    value.addInPlace(velocity, scale: -learningRate)
  }
}
