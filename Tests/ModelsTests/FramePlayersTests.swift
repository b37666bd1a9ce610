import Experiments
import Models
import NN
import Testing
import Torch

@Suite("A round of the frame GAN's game")
struct FramePlayersTests {
  // 5e-4 per entry: the reference's own float32 is 6e-5 off. Adam turns noise in gradients that are zero in exact arithmetic into
  // steps, so the frames afterwards differ more in float32, and where the encoder is trained with batch statistics (there the
  // reference itself is off by 2.2e-3).
  @Test(
    "Three rounds give the reference's losses, statistics and frames", arguments: FrameGAN.Variant.allCases,
    FrameReference.Task.allCases)
  func threeRounds(variant: FrameGAN.Variant, task: FrameReference.Task) throws {
    for dtype in [DType.float32, .float64] { try threeRounds(FrameReference(variant, task), in: dtype) }
  }

  private func threeRounds(_ reference: FrameReference, in dtype: DType) throws {
    let task = reference.task
    let networks = try reference.networks()
    networks.convert(to: dtype)
    var options = AdversarialOptions()
    options.encoderMode = task == .one ? .training : .initialStatistics
    var optimizer = ForecastConfiguration.OptimizerOptions()
    optimizer.beta1 = 0.5
    let players = FramePlayers(networks, options: options, optimizer: optimizer, precision: .float32)
    let frames = try reference.pastAndTarget()
    let (past, target) = (frames.past.to(dtype: dtype), frames.target.to(dtype: dtype))
    let expected = try reference.taskFloats("three_steps")
    for round in 0..<3 {
      let weights = try reference.weights(round).to(dtype: dtype)
      players.interpolationWeights = { _, _ in weights }
      let metrics = try players.step(past: past, target: target, learningRate: 1e-4, generator: Generator(seed: 1))
      let names = ["critic_loss", "fake", "real", "penalty", "generator_loss", "mse"]
      for (index, name) in names.enumerated() {
        let (found, wanted) = (Float(try #require(metrics[name])), expected[6 * round + index])
        #expect(abs(found - wanted) <= 5e-4 * abs(wanted) + 1e-6, "\(name) in round \(round + 1): \(found), \(wanted)")
      }
      #expect(try #require(metrics["critic_gap"]) == (metrics["real"] ?? 0) - (metrics["fake"] ?? 0))
      if round == 0 {
        try compareStatistics(networks.encoder, reference.state("enc", "\(task.rawValue).after_dg.enc"))
        try compareStatistics(networks.generator, reference.state("gen", "\(task.rawValue).after_dg.gen"))
      }
    }
    let frame = withoutGradient { networks(past, mode: .inference) }
    let found = deviation(frame.contiguous().array(of: Float.self), try reference.taskFloats("three_steps.y_infer"))
    #expect(found.absolute < (task == .one || dtype == .float32 ? 1e-2 : 2e-4), "\(dtype): \(found)")
  }

  private func compareStatistics(_ module: some Module, _ expected: [String: Tensor]) throws {
    #expect(!module.buffers().isEmpty)
    for (key, buffer) in module.buffers() where expected[key] != nil {
      let found = deviation(buffer.value.array(of: Float.self), try #require(expected[key]).array(of: Float.self))
      #expect(found.relative < 1e-4, "\(key): \(found)")
    }
  }

  @Test("The critic may see the target, the last input or nothing, and its steps may be several")
  func conditions() throws {
    func metrics(_ change: (inout AdversarialOptions) -> Void) throws -> [String: Double] {
      let reference = try FrameReference(.preres, .one)
      var options = AdversarialOptions()
      change(&options)
      let players = FramePlayers(try reference.networks(), options: options, optimizer: .init(), precision: .float32)
      let (past, target) = try reference.pastAndTarget()
      return try players.step(past: past, target: target, learningRate: 1e-4, generator: Generator(seed: 1))
    }
    let published = try metrics { _ in }
    let last = try metrics { $0.condition = .lastInput }
    let none = try metrics { $0.condition = .none }
    #expect(published["real"] != last["real"] && published["real"] != none["real"] && last["real"] != none["real"])
    #expect(try metrics { $0.criticSteps = 3 }["real"] != published["real"])
    let heavier = try metrics { $0.epsilonWeight = 2 }
    #expect(heavier["real"] == published["real"] && heavier["critic_loss"] != published["critic_loss"])
    let sparse = try metrics { $0.l1Weight = 0.01 }
    #expect(try #require(sparse["critic_loss"]) > #require(published["critic_loss"]))
    #expect(try #require(sparse["generator_loss"]) > #require(published["generator_loss"]))
  }
}
