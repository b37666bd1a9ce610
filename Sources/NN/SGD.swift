import Torch

/// Gradient descent, with momentum where wanted.
///
/// *Reference*: Sutskever et al. 2013. Differs: as in PyTorch, the velocity is not scaled by the learning rate.
public final class SGD: Optimizer {
  /// Numbers that stay the same from step to step.
  public struct Options: Sendable, Equatable, Codable {
    /// Share of the last velocity that is kept.
    public var momentum: Double
    /// Whether the gradient is corrected by where the velocity leads.
    public var isNesterov: Bool
    /// Share of the parameters that is added to the gradients.
    public var weightDecay: Double

    /// Plain descent unless said otherwise.
    public init(momentum: Double = 0, isNesterov: Bool = false, weightDecay: Double = 0) {
      (self.momentum, self.isNesterov, self.weightDecay) = (momentum, isNesterov, weightDecay)
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
    memory = OptimizerMemory(groups: groups, moments: options.momentum > 0 ? ["velocity"] : [])
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

  /// The step count, learning rates and velocities.
  public func state() -> [String: Tensor] { memory.state(groups) }

  /// Takes over a state.
  public func load(_ state: [String: Tensor]) throws { try memory.load(state, into: &groups) }

  private func update(_ value: Tensor, _ gradient: Tensor, _ index: Int, learningRate: Double) {
    let slope = options.weightDecay == 0 ? gradient : gradient + value * options.weightDecay
    guard options.momentum > 0 else {
      value.addInPlace(slope, scale: -learningRate)
      return
    }
    let velocity = memory.moments[0][index]
    velocity.multiplyInPlace(options.momentum)
    velocity.addInPlace(slope)
    value.addInPlace(velocity, scale: -learningRate * (options.isNesterov ? options.momentum : 1))
    if options.isNesterov { value.addInPlace(slope, scale: -learningRate) }
  }
}
