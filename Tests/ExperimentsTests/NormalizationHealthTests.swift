import Experiments
import Foundation
import NN
import Runs
import Testing
import Torch

@Suite("Health of batch statistics")
struct NormalizationHealthTests {
  private final class Network: Module {
    let first = BatchNorm(channels: 3, options: .keras(varianceCorrection: .none))
    let second = BatchNorm(channels: 2, options: .keras(varianceCorrection: .none))

    /// A step of training; the second layer's channel 1 is scaled.
    func train(_ generator: Generator, scale: Double = 1) {
      _ = first(Tensor.normal([64, 3], generator: generator), mode: .training(generator))
      let input = Tensor.normal([64, 2], generator: generator) * Tensor([1, Float(scale)], shape: [1, 2])
      _ = second(input, mode: .training(generator))
    }
  }

  private let network = Network()
  private let generator = Generator(seed: 2)

  @Test("A batch that explodes is named at its step, with layer, channel and variance")
  func explosion() throws {
    let watch = NormalizationWatch(network, options: .init())
    for step in 1...4 {
      watch.beginStep()
      network.train(generator, scale: step == 3 ? 4e4 : 1)
      let warnings = watch.endStep()
      #expect(warnings.isEmpty == (step != 3))
      guard let text = warnings.first?.text else { continue }
      #expect(text.contains("before second exploded: the batch variance of channel 1 is 1."), "\(text)")
      #expect(text.contains("e+09") && text.contains("optimizer.gradientNorm=1"), "\(text)")
    }
  }

  @Test("Statistics that a batch spoilt are warned of until they have forgotten it")
  func spoiltStatistics() throws {
    let watch = NormalizationWatch(network, options: .init())
    var warned: [Int] = []
    var text = ""
    for step in 1...2000 {
      watch.beginStep()
      network.train(generator, scale: step == 500 ? 4e4 : 1)
      _ = watch.endStep()
      guard step % 100 == 0, step != 500, let warning = watch.warnings().first else { continue }
      warned.append(step)
      text = warning.text
    }
    // 1.6e7 after the batch; 99 percent of it stay at each step, so it is a hundredfold until about step 1,700.
    #expect(warned == Array(stride(from: 600, through: warned.last ?? 0, by: 100)))
    #expect((1500...1800).contains(warned.last ?? 0), "\(warned)")
    #expect(text.contains("running variance of second, channel 1, is"), "\(text)")
    #expect(text.contains("training.recalibrationBatches=12") && text.contains("--resume"))
  }

  @Test("Layers in good order, and variances that are large because the activations are, are left in peace")
  func healthy() {
    let watch = NormalizationWatch(network, options: .init(batchShare: 0.01))
    for _ in 0..<1500 {
      watch.beginStep()
      network.train(generator, scale: 90)
      #expect(watch.endStep().isEmpty)
    }
    #expect(watch.warnings().isEmpty)
    #expect(NormalizationWatch.warnings(of: network).isEmpty)
  }

  @Test(
    "A variance that is infinite, not a number or huge is found by the buffers alone",
    arguments: [
      Float.infinity, .nan, 1.8e7,
    ])
  func buffers(value: Float) throws {
    network.second.runningVariance.value = Tensor([1, value], shape: [2])
    let warning = try #require(NormalizationWatch.warnings(of: network).first)
    #expect(warning.text.contains("running variance of second, channel 1, is"), "\(warning.text)")
    #expect(warning.text.contains("training.recalibrationBatches"))
    let watch = NormalizationWatch(network, options: .init(isRecalibrated: true))
    #expect(watch.warnings().first?.text.contains("lower optimizer.learningRate") == true)
    network.second.runningVariance.value = Tensor([Float(1), 20], shape: [2])
    #expect(NormalizationWatch.warnings(of: network).isEmpty)
  }
}

extension TrainedTests {
  @Suite("Health of a ConvLSTM's training")
  struct ForecastDivergenceTests {
    let data: TinyData

    init() throws { data = try TinyData() }

    private func warnings(_ run: RunDirectory) throws -> [TrainingEvent.Warning] {
      try EventLog(url: run.events).read().compactMap {
        if case .warning(let warning) = $0.event { warning } else { nil }
      }
    }

    @Test("A learning rate that blows up stops the run with step, term and last good checkpoint, which goes on working")
    func learningRate() throws {
      var configuration = TinyData.configuration
      configuration.optimizer.learningRate = 1e30
      let line = try #require(message { _ = try data.train(configuration, "run") })
      #expect(line.hasPrefix("diverged at step 2: the ") && line.contains("is not finite; the last good"), "\(line)")
      #expect(line.contains("step-000000001 (step 1)") && !line.contains("\n"), "\(line)")
      let run = try data.run("run")
      let end = try #require(try EventLog(url: run.events).read().last?.event)
      guard case .finished(let payload) = end else { throw Unexpected() }
      #expect(payload.reason == .diverged && payload.step == 1)
      #expect(try warnings(run).last?.text == line)
      // Resuming works from the checkpoint; the numbers being what they are, it ends the same way.
      let again = try #require(message { _ = try data.train(configuration, "run", resumes: true) })
      #expect(again == line)
      #expect(try run.checkpoints.all().map(\.step) == [1])
    }

    @Test("Weights that are infinite are not saved; without a checkpoint the line says so")
    func infiniteWeights() throws {
      var configuration = TinyData.configuration
      configuration.optimizer.learningRate = 1e300
      let line = try #require(message { _ = try data.train(configuration, "run") })
      #expect(line.hasPrefix("diverged at step 1: the weight ") && line.contains("no checkpoint"), "\(line)")
      #expect(try data.run("run").checkpoints.all().isEmpty)
    }

    @Test("A run in good order warns of nothing")
    func healthy() throws {
      _ = try data.train(TinyData.configuration, "run")
      #expect(try warnings(data.run("run")).isEmpty)
    }

    private struct Unexpected: Error {}
  }
}
