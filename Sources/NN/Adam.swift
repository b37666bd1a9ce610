import Foundation
import Torch

/// Adam: steps scaled by running means of gradients and of their squares.
///
/// *Reference*: Kingma and Ba 2014, arXiv 1412.6980; decoupled decay: Loshchilov and Hutter 2017, arXiv 1711.05101.
public final class Adam: Optimizer {
  /// Where epsilon is added.
  public enum EpsilonPlacement: String, Sendable, Codable, CaseIterable {
    /// To the root of the second moment before its bias is corrected; equals PyTorch's with epsilon / sqrt(1 -
    /// beta2^t).
    case keras
    /// To the root after the bias is corrected.
    case pytorch
  }

  /// Numbers that stay the same from step to step.
  public struct Options: Sendable, Equatable, Codable {
    /// Decay of the mean of gradients.
    public var beta1: Double
    /// Decay of the mean of squares.
    public var beta2: Double
    /// Keeps the divisor from zero.
    public var epsilon: Double
    /// Where epsilon is added.
    public var epsilonPlacement: EpsilonPlacement
    /// Share of the parameters that is taken off, or added to the gradients.
    public var weightDecay = 0.0
    /// Whether the decay acts on the parameters (AdamW) rather than through the gradients.
    public var isDecayDecoupled = false

    /// PyTorch's numbers unless said otherwise.
    public init(
      beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, epsilonPlacement: EpsilonPlacement = .pytorch
    ) {
      (self.beta1, self.beta2, self.epsilon, self.epsilonPlacement) = (beta1, beta2, epsilon, epsilonPlacement)
    }

    /// Keras' defaults.
    public static let keras = Options(epsilon: 1e-7, epsilonPlacement: .keras)
  }

  /// What is optimized.
  public var groups: [ParameterGroup]
  /// Numbers that stay the same from step to step.
  public let options: Options
  private var memory: OptimizerMemory

  /// An optimizer without history.
  public init(_ groups: [ParameterGroup], options: Options = .init()) {
    (self.groups, self.options) = (groups, options)
    memory = OptimizerMemory(groups: groups, moments: ["firstMoment", "secondMoment"])
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
    var step = AdamStep()
    (step.firstDecay, step.secondDecay) = (options.beta1, options.beta2)
    (step.weightDecay, step.isDecoupled) = (options.weightDecay, options.isDecayDecoupled)
    step.epsilon = epsilon(at: memory.stepCount)
    withoutGradient {
      for (group, range) in zip(groups, OptimizerMemory.ranges(groups)) where !range.isEmpty {
        step.learningRate = group.learningRate
        step.apply(
          to: group.parameters.map(\.parameter.value), gradients: Array(gradients[range]),
          firstMoments: Array(memory.moments[0][range]), secondMoments: Array(memory.moments[1][range]),
          step: memory.stepCount)
      }
    }
  }

  /// The step count, learning rates and both moments.
  public func state() -> [String: Tensor] { memory.state(groups) }

  /// Takes over a state.
  public func load(_ state: [String: Tensor]) throws { try memory.load(state, into: &groups) }

  private func epsilon(at step: Int) -> Double {
    switch options.epsilonPlacement {
    case .pytorch: options.epsilon
    case .keras: options.epsilon / (1 - pow(options.beta2, Double(step))).squareRoot()
    }
  }
}
