import NN
import Torch
import Training

/// What voxel and point GANs have in common: both players' optimizers, the critic's loss, and steps that are taken only where everything
/// is finite.
///
/// *Reference*: Gulrajani et al. 2017, arXiv 1704.00028; RMSprop as in the published code of Kleineberg, Fey, Weichert 2020.
struct WassersteinGame {
  let generator, critic: RMSprop
  private let penaltyWeight: Double

  /// Optimizers that know nothing yet.
  init(
    generator: [(key: String, parameter: Parameter)], critic: [(key: String, parameter: Parameter)],
    options: ShapeGANOptions
  ) {
    self.generator = RMSprop(generator, learningRate: options.learningRate)
    self.critic = RMSprop(critic, learningRate: options.learningRate)
    penaltyWeight = options.penaltyWeight
  }

  /// The optimizers by the names of their states.
  var optimizers: [String: any Optimizer] { ["optimizer.generator": generator, "optimizer.critic": critic] }

  /// The critic's step on the mean scores of generated and real shapes and its slope between them.
  ///
  /// *Throws*: `NonFinite` before the step if loss or gradients are not finite.
  func criticStep(generated: Tensor, real: Tensor, slope: GradientPenalty.Value) throws -> [String: Double] {
    let penalty = slope.penalty * penaltyWeight
    let loss = generated - real + penalty
    let metrics = [
      "fake": generated.item(), "real": real.item(), "penalty": penalty.item(), "critic_loss": loss.item(),
      "gradient_norm": slope.norms.mean().item(),
    ]
    try Finiteness.require(metrics["critic_loss"] ?? .nan, "the critic's loss")
    try step(critic, gradient(of: loss, withRespectTo: critic.parameters), player: "the critic's")
    return metrics
  }

  /// The generator's step.
  ///
  /// *Throws*: `NonFinite` before the step if loss or gradients are not finite.
  func generatorStep(loss: Double, gradients: [Tensor]) throws -> [String: Double] {
    try Finiteness.require(loss, "the generator's loss")
    try step(generator, gradients, player: "the generator's")
    return ["generator_loss": loss]
  }

  private func step(_ optimizer: RMSprop, _ gradients: [Tensor], player: String) throws {
    try Finiteness.require(gradients: gradients, of: optimizer.groups.flatMap(\.parameters), player: player)
    optimizer.step(gradients: gradients)
  }
}
