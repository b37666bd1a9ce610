import Models
import NN
import Testing
import Torch

@Suite("Frame GAN against TensorFlow 2.10")
struct FrameGANTests {
  @Test("The published networks have the published parameters")
  func parameterCounts() {
    func counts(_ pastFrames: Int, _ variant: FrameGAN.Variant) -> [Int] {
      var configuration = FrameGAN.Configuration()
      (configuration.pastFrames, configuration.variant) = (pastFrames, variant)
      let networks = FrameGAN(configuration, generator: Generator(seed: 1))
      let statistics = { (module: any Module) in module.buffers().reduce(0) { $0 + $1.buffer.value.count } }
      return [
        networks.encoder.parameterCount, statistics(networks.encoder), networks.generator.parameterCount,
        statistics(networks.generator), networks.critic.parameterCount, statistics(networks.critic),
      ]
    }
    #expect(counts(1, .preres) == [9_619_456, 960, 9_635_105, 960, 5_445_281, 0])
    #expect(counts(3, .preres) == [9_619_456, 960, 18_023_713, 960, 5_445_281, 0])
    #expect(counts(1, .classic) == [9_323_392, 384, 17_532_545, 1408, 5_153_217, 0])
    #expect(counts(3, .classic) == [9_323_392, 384, 25_921_153, 1408, 5_153_217, 0])
    // The totals that the thesis prints.
    #expect(9_619_456 + 960 == 9_620_416 && 9_635_105 + 960 == 9_636_065 && 18_023_713 + 960 == 18_024_673)
  }

  @Test(
    "Other widths, grids and kernels give frames of the grid and one score each", arguments: FrameGAN.Variant.allCases)
  func otherSizes(variant: FrameGAN.Variant) throws {
    for (grid, width, kernel) in [(8, 4, 3), (32, 16, 5), (64, 32, 3)] {
      var configuration = FrameGAN.Configuration()
      (configuration.variant, configuration.gridSize, configuration.baseWidth) = (variant, grid, width)
      (configuration.kernelSize, configuration.latentSize, configuration.pastFrames) = (kernel, 5, 2)
      try configuration.validate()
      let networks = FrameGAN(configuration, generator: Generator(seed: 1))
      let past = Tensor.uniform([2, 1, 1, grid, grid, grid], generator: Generator(seed: 2))
      let frame = withoutGradient { networks(past, mode: .inference) }
      #expect(frame.shape == [1, 1, grid, grid, grid] && frame.min().item() > 0 && frame.max().item() < 1)
      let score = withoutGradient { networks.score(frame, beside: nil, mode: .inference) }
      #expect(score.shape == [1, 1] && score.isFinite())
    }
  }

  // 2e-5 and 1e-4 relative are what float32 leaves of these sums; see the reference's notes on how close is close.
  @Test(
    "Codes, frames and scores equal the reference", arguments: FrameGAN.Variant.allCases, FrameReference.Task.allCases)
  func values(variant: FrameGAN.Variant, task: FrameReference.Task) throws {
    let reference = try FrameReference(variant, task)
    let networks = try reference.networks()
    let frames = try reference.frames()
    let codes = withoutGradient { networks.encoder(frames.flattened(from: 0, to: 1), mode: .inference) }
    let sampleMajor = codes.reshaped([4, 2, -1]).transposed(0, 1).contiguous()
    #expect(try deviation(sampleMajor.array(), reference.floats("z_infer")).relative < 2e-5)
    let (past, target) = try reference.pastAndTarget()
    let frame = withoutGradient { networks(past, mode: .inference) }
    #expect(try deviation(frame.contiguous().array(), reference.taskFloats("y_infer")).relative < 2e-5)
    let score = withoutGradient { networks.score(frame, beside: target, mode: .inference) }
    #expect(try deviation(score.array(), reference.taskFloats("logits_infer")).relative < 2e-5)
    let trained = withoutGradient { reference.trained(networks, past) }
    #expect(try deviation(trained.contiguous().array(), reference.taskFloats("y_train")).relative < 1e-4)
  }

  // d_grad: 5e-4 relative in float64, whose own float32 the reference is. 1e-5 absolute for biases that only batch
  // statistics see, whose true gradient is zero.
  @Test(
    "The critic's loss, each of its terms and all gradients equal the reference", arguments: FrameGAN.Variant.allCases,
    FrameReference.Task.allCases)
  func criticLoss(variant: FrameGAN.Variant, task: FrameReference.Task) throws {
    let reference = try FrameReference(variant, task)
    for dtype in [DType.float32, .float64] {
      let networks = try reference.networks()
      networks.convert(to: dtype)
      let (past, target) = try reference.pastAndTarget()
      let (seen, wanted) = (past.to(dtype: dtype), target.to(dtype: dtype))
      let generated = reference.trained(networks, seen)
      try compare(networks.encoder, reference.state("enc", "\(task.rawValue).after_d.enc"), statisticsOnly: true)
      try compare(networks.generator, reference.state("gen", "\(task.rawValue).after_d.gen"), statisticsOnly: true)
      let points = GradientPenalty.interpolates(
        real: wanted, generated: generated, weights: try reference.weights(0).to(dtype: dtype))
      let slope = GradientPenalty.at(points) { networks.score($0, beside: wanted, mode: .inference) }
      let mode = Mode.training(Generator(seed: 1))
      let fake = networks.score(generated.detached(), beside: wanted, mode: mode)
      let real = networks.score(wanted, beside: wanted, mode: mode)
      let loss = fake.mean() - real.mean() + slope.penalty * 100
      for (name, tensor) in [
        ("interpolates", points), ("interpolate_logits", slope.scores), ("interpolate_gradient", slope.gradients),
        ("gradient_norm", slope.norms), ("gp", slope.penalty * 100), ("fake_logits", fake), ("real_logits", real),
        ("fake_loss", fake.mean()), ("real_loss", real.mean()), ("d_loss", loss),
        ("real_logits_mean_square", real.squared().mean()),
      ] {
        let found = deviation(tensor.contiguous().array(of: Float.self), try reference.taskFloats(name))
        #expect(found.relative < 1e-4, "\(name) in \(dtype): \(found)")
      }
      let found = gradients(of: loss, networks.critic)
      try compare(found, reference.state("disc", "\(task.rawValue).d_grad.disc"), in: dtype)
    }
  }

  @Test(
    "The gradients of encoder and generator equal the reference",
    arguments: [(FrameGAN.Variant.preres, FrameReference.Task.one), (.preres, .three), (.classic, .one)])
  func generatorLoss(variant: FrameGAN.Variant, task: FrameReference.Task) throws {
    let reference = try FrameReference(variant, task)
    for dtype in [DType.float32, .float64] {
      let networks = try reference.networks()
      networks.convert(to: dtype)
      let (past, target) = try reference.pastAndTarget()
      let wanted = target.to(dtype: dtype)
      let generated = reference.trained(networks, past.to(dtype: dtype))
      let loss = -networks.score(generated, beside: wanted, mode: .training(Generator(seed: 1))).mean()
      #expect(try deviation([Float(loss.item())], reference.taskFloats("g_loss")).relative < 1e-4)
      let error = Loss.meanSquaredError(generated, target: wanted)
      #expect(try deviation([Float(error.item())], reference.taskFloats("g_mse")).relative < 1e-4)
      try compare(
        gradients(of: loss, networks.encoder), reference.state("enc", "\(task.rawValue).g_grad.enc"), in: dtype)
      try compare(
        gradients(of: loss, networks.generator), reference.state("gen", "\(task.rawValue).g_grad.gen"), in: dtype)
    }
  }

  @Test("A normalised network sees values between -0.5 and 0.5 and answers occupancies round 0.5")
  func normalized() {
    var configuration = FrameGAN.Configuration()
    (configuration.baseWidth, configuration.latentSize, configuration.gridSize) = (8, 4, 8)
    let plain = FrameGAN(configuration, generator: Generator(seed: 5))
    configuration.isNormalized = true
    let centred = FrameGAN(configuration, generator: Generator(seed: 5))
    let past = Tensor.uniform([1, 3, 1, 8, 8, 8], generator: Generator(seed: 6))
    // sigmoid(x) - 1/2 = tanh(x / 2) / 2, so the activations can be compared through each other.
    let found = withoutGradient { centred(past, mode: .inference) } - 0.5
    let sigmoid = withoutGradient { plain(past - 0.5, mode: .inference) }
    let logits = (sigmoid / (1 - sigmoid)).log()
    #expect((found - logits.tanh()).abs().max().item() < 1e-5)
    let score = withoutGradient { centred.score(past.selected(0, 0), beside: nil, mode: .inference) }
    #expect(score.shape == [3, 1])
  }

  @Test("A slope of exactly zero has a penalty of one and gradients that are numbers")
  func flatCritic() {
    let weight = Tensor.zeros([4]).requiringGradient()
    let slope = GradientPenalty.at(Tensor.ones([2, 4])) { ($0 * weight).sum([1]) }
    #expect(slope.penalty.item() == 1)
    let found = gradient(of: slope.penalty, withRespectTo: [weight])[0]
    #expect(found.isFinite() && found.abs().max().item() == 0)
  }

  private func gradients(of loss: Tensor, _ module: some Module) -> [String: Tensor] {
    let parameters = module.parameters()
    let found = gradient(of: loss, withRespectTo: parameters.map(\.parameter.value), retainGraph: true)
    return Dictionary(uniqueKeysWithValues: zip(parameters.map(\.key), found))
  }

  private func compare(_ found: [String: Tensor], _ expected: [String: Tensor], in dtype: DType) throws {
    #expect(found.count == expected.count && !found.isEmpty)
    for (key, gradient) in found {
      let wanted = try #require(expected[key], "\(key)")
      let difference = deviation(gradient.array(of: Float.self), wanted.array(of: Float.self))
      #expect(
        difference.relative < (dtype == .float64 ? 5e-4 : 1e-3) || difference.absolute < 1e-5,
        "\(key) in \(dtype): \(difference)")
    }
  }

  /// Running statistics after a pass; an encoder in inference keeps those that it began with.
  private func compare(_ module: some Module, _ expected: [String: Tensor], statisticsOnly: Bool) throws {
    for (key, buffer) in module.buffers() {
      guard let wanted = expected[key] else { continue }
      let found = deviation(buffer.value.array(of: Float.self), wanted.array(of: Float.self))
      #expect(found.relative < 1e-4, "\(key): \(found)")
    }
    #expect(statisticsOnly && !module.buffers().isEmpty)
  }
}

extension FrameReference {
  /// The frame made in training as the original's code for the task makes it: for three frames the encoder is in inference.
  func trained(_ networks: FrameGAN, _ past: Tensor) -> Tensor {
    networks(past, mode: .training(Generator(seed: 1)), encoderMode: task == .three ? .inference : nil)
  }
}
