import Models
import NN
import Torch
import Training

/// The two sides of a frame GAN and one round of their game.
package final class FramePlayers {
  /// Draws the places of the penalty's points between real (0) and generated (1) frames, one for each sample.
  package var interpolationWeights: (Int, Generator) -> Tensor = { .uniform([$0], generator: $1) }
  private let networks: FrameGAN
  private let options: AdversarialOptions
  private let precision: Precision
  private let encoder: Adam
  private let generator: Adam
  private let critic: Adam
  private let gradientNorm: Double
  /// Batch norms of encoder and generator.
  private let norms: [BatchNorm]

  package init(
    _ networks: FrameGAN, options: AdversarialOptions, optimizer: ForecastConfiguration.OptimizerOptions,
    precision: Precision
  ) {
    (self.networks, self.options, self.precision) = (networks, options, precision)
    encoder = optimizer.adam(of: networks.encoder.parameters())
    generator = optimizer.adam(of: networks.generator.parameters())
    critic = optimizer.adam(of: networks.critic.parameters())
    gradientNorm = optimizer.gradientNorm
    norms = networks.encoder.batchNorms + networks.generator.batchNorms
  }

  /// The optimizers by the names of their states.
  package var optimizers: [String: any Optimizer] {
    ["optimizer.encoder": encoder, "optimizer.generator": generator, "optimizer.critic": critic]
  }

  /// The critic's steps and one of encoder and generator.
  ///
  /// *Shapes*: past [P, N, 1, D, H, W], target [N, 1, D, H, W].
  /// *Throws*: `NonFinite` before the step of an optimizer whose loss or gradients are not finite.
  package func step(past: Tensor, target: Tensor, learningRate: Double, generator random: Generator) throws -> [String:
    Double]
  {
    for optimizer in optimizers.values { optimizer.learningRate = learningRate }
    let condition = condition(target: target, lastInput: past.selected(0, -1))
    let generated = generated(past, random)
    var metrics: [String: Double] = [:]
    for _ in 0..<options.criticSteps {
      let pair = Pair(generated: generated.detached(), real: target, condition: condition)
      metrics = try criticStep(pair, random)
    }
    metrics.merge(try generatorStep(generated, condition: condition, random)) { $1 }
    metrics["mse"] = withoutGradient { Loss.meanSquaredError(generated, target: target).item() }
    return metrics
  }

  /// The critic's loss without learning from it; dropout is off, the penalty's weights come from `random`.
  func judge(_ generated: Tensor, target: Tensor, lastInput: Tensor, generator random: Generator) -> Double {
    let pair = Pair(generated: generated, real: target, condition: condition(target: target, lastInput: lastInput))
    return loss(pair, mode: .inference, random).total.item()
  }

  // MARK: Critic

  /// Frames to tell apart, and what they stand beside.
  private struct Pair {
    var generated: Tensor
    var real: Tensor
    var condition: Tensor?
  }

  /// The critic's loss and its terms.
  private struct CriticLoss {
    var total: Tensor
    var terms: [String: Tensor]
  }

  private func condition(target: Tensor, lastInput: Tensor) -> Tensor? {
    switch options.condition {
    case .target: target
    case .lastInput: lastInput
    case .none: nil
    }
  }

  private func loss(_ pair: Pair, mode: Mode, _ random: Generator) -> CriticLoss {
    let count = pair.real.shape[0]
    // Layer norms keep samples apart, so that both kinds go through the critic at once.
    let scores = networks.score(
      Tensor.concatenated([pair.generated, pair.real], dim: 0),
      beside: pair.condition.map { Tensor.concatenated([$0, $0], dim: 0) }, mode: mode, precision: precision)
    let (generated, real) = (
      scores.narrowed(0, start: 0, length: count).mean(), scores.narrowed(0, start: count, length: count)
    )
    let weights = interpolationWeights(count, random).to(device: pair.real.device)
    let points = GradientPenalty.interpolates(real: pair.real, generated: pair.generated, weights: weights)
    let slope = GradientPenalty.at(points) {
      networks.score($0, beside: pair.condition, mode: .inference, precision: precision)
    }
    let penalty = slope.penalty * options.penaltyWeight
    var total = generated - real.mean() + penalty
    if options.epsilonWeight > 0 { total = total + real.squared().mean() * options.epsilonWeight }
    if options.l1Weight > 0 { total = total + kernelSum(networks.critic) * options.l1Weight }
    return CriticLoss(
      total: total,
      terms: ["fake": generated, "real": real.mean(), "penalty": penalty, "gradient_norm": slope.norms.mean()])
  }

  private func criticStep(_ pair: Pair, _ random: Generator) throws -> [String: Double] {
    let loss = loss(pair, mode: .training(random), random)
    var metrics = loss.terms.mapValues { $0.item() }
    metrics["critic_loss"] = loss.total.item()
    metrics["critic_gap"] = (metrics["real"] ?? 0) - (metrics["fake"] ?? 0)
    for name in ["fake", "real", "penalty", "critic_loss"] {
      try Finiteness.require(metrics[name] ?? .nan, "the critic's loss (\(name))")
    }
    let gradients = gradient(of: loss.total, withRespectTo: critic.parameters)
    try Finiteness.require(gradients: gradients, of: networks.critic.parameters(), player: "the critic's")
    apply(gradients, by: critic)
    return metrics
  }

  // MARK: Encoder and generator

  private func generated(_ past: Tensor, _ random: Generator) -> Tensor {
    for norm in norms { norm.momentum = options.batchShare(norm.options.momentum) }
    defer { for norm in norms { norm.momentum = norm.options.momentum } }
    return networks(
      past, mode: .training(random), encoderMode: options.encoderMode == .training ? nil : .inference,
      precision: precision)
  }

  private func generatorStep(
    _ generated: Tensor, condition: Tensor?, _ random: Generator
  ) throws -> [String: Double] {
    let scores = networks.score(generated, beside: condition, mode: .training(random), precision: precision)
    var loss = -scores.mean()
    if options.l1Weight > 0 {
      loss = loss + (kernelSum(networks.encoder) + kernelSum(networks.generator)) * options.l1Weight
    }
    let value = loss.item()
    try Finiteness.require(value, "the generator's loss")
    let (first, second) = (encoder.parameters, generator.parameters)
    let gradients = gradient(of: loss, withRespectTo: first + second)
    let (encoding, generating) = (Array(gradients.prefix(first.count)), Array(gradients.suffix(second.count)))
    try Finiteness.require(gradients: encoding, of: networks.encoder.parameters(), player: "the encoder's")
    try Finiteness.require(gradients: generating, of: networks.generator.parameters(), player: "the generator's")
    apply(encoding, by: encoder)
    apply(generating, by: generator)
    return ["generator_loss": value]
  }

  private func apply(_ gradients: [Tensor], by optimizer: Adam) {
    optimizer.step(
      gradients: gradientNorm > 0 ? clipped(gradients, maximumNorm: gradientNorm).gradients : gradients)
  }

  /// Sum of the absolute values of all convolution kernels.
  private func kernelSum(_ module: some Module) -> Tensor {
    let kernels = module.parameters().map(\.parameter.value).filter { $0.rank == 5 }
    return kernels.map { $0.abs().sum() }.reduce(Tensor.zeros([]), +)
  }
}
