import Experiments
import Foundation
import Models
import Runs
import Testing
import Torch
import Volumes

extension TrainedTests {
  @Suite("A frame GAN's run, used")
  struct FrameGANRunTests {
    let data: TinyData

    init() throws { data = try TinyData() }

    @Test("It is judged and forecasts by the verbs of every model", arguments: [1, 3])
    func used(pastFrames: Int) throws {
      var configuration = TinyData.frameGAN(pastFrames: pastFrames)
      configuration.rollout.window = pastFrames
      _ = try data.train(configuration, "run")
      let run = try ForecastRun(data.path("run"))
      var judging = ForecastEvaluation.Options(data: data.folder)
      (judging.part, judging.progress) = (.validation, .quiet)
      let score = try ForecastEvaluation(run, options: judging)().score
      // As many next frames as follow a run of past frames, as many steps as are left after the first frames.
      let frames = try run.configuration.frameFormat().frameCount
      #expect(score.samples == 4 && score.rollout.jaccard.target.count == min(5, frames - pastFrames))
      #expect(score.scoring.frame.jaccard.target.mean.isFinite)
      let series = try DatasetPart.validation.paths(in: data.folder)[0]
      var forecasting = Forecast.Options(input: series, out: data.path("f"))
      forecasting.steps = 2
      let outcome = try Forecast(run, options: forecasting)()
      #expect(outcome.seen.count == pastFrames && outcome.steps == 2)
      let written = try NpyFile.read(data.path("f/forecast.npy"))
      #expect(written.shape == [2, 8, 8, 8])
    }

    @Test("The successors of a series are those of its windows, however many are computed at once")
    func successors() throws {
      var networks = FrameGAN.Configuration()
      (networks.gridSize, networks.baseWidth, networks.latentSize, networks.pastFrames) = (8, 4, 3, 3)
      let gan = FrameGAN(networks, generator: Generator(seed: 2))
      let predictor = FrameGANPredictor(gan, precision: .float32, device: .cpu)
      // 60 series of 5 frames have 180 windows, more than are computed at once.
      let frames = Tensor.uniform([5, 60, 1, 8, 8, 8], generator: Generator(seed: 3))
      let found = predictor.successors(of: frames)
      #expect(found.shape == [3, 60, 1, 8, 8, 8])
      for first in 0..<3 {
        let alone = withoutGradient { gan(frames.narrowed(0, start: first, length: 3), mode: .inference) }
        #expect((found.selected(0, first) - alone).abs().max().item() < 1e-5)
      }
    }

    @Test("Frames of another size are refused with the setting, before anything is written")
    func gridSize() throws {
      var configuration = TinyData.frameGAN()
      configuration.model.frameGAN?.gridSize = 16
      let line = try #require(message { _ = try data.train(configuration, "run") })
      #expect(line.contains("8x8x8") && line.contains("model.gridSize"), "\(line)")
      #expect(!FileManager.default.fileExists(atPath: data.path("run")))
    }

    @Test(
      "Configurations that make no game are refused by name",
      arguments: [
        ("model.pastFrames=0", "model.pastFrames"), ("model.baseWidth=3", "model.baseWidth"),
        ("model.gridSize=12", "model.gridSize"), ("model.kernelSize=4", "model.kernelSize"),
        ("adversarial.criticSteps=0", "adversarial.criticSteps"),
        ("adversarial.penaltyWeight=-1", "adversarial.penaltyWeight"), ("rollout.window=0", "rollout.window"),
        ("data.format=t1/1", "data.format"), ("model.dropout=1", "model.dropout"),
      ])
    func refused(assignment: String, field: String) throws {
      let configuration = try Configuration.applying([assignment], to: TinyData.frameGAN())
      let line = try #require(message { try configuration.validate() })
      #expect(line.contains(field), "\(line)")
    }

    @Test("A critic's options for a model without one, and a window below the frames needed, are refused")
    func mismatched() throws {
      var recurrent = TinyData.configuration
      recurrent.adversarial = AdversarialOptions()
      #expect(message { try recurrent.validate() }?.contains("adversarial") == true)
      var three = TinyData.frameGAN(pastFrames: 3)
      three.rollout.window = 2
      #expect(message { try three.validate() }?.contains("rollout.window") == true)
      three.adversarial = nil
      #expect(message { try three.validate() }?.contains("adversarial") == true)
    }

    @Test("Every recipe comes back from its file, and a file of old without a critic's options is read")
    func files() throws {
      for recipe in ForecastRecipe.all {
        try recipe.configuration.validate()
        let yaml = try Configuration.yaml(of: recipe.configuration)
        #expect(try Configuration.decode(ForecastConfiguration.self, yaml: yaml) == recipe.configuration)
        let isOld = recipe.configuration.model.convLSTM != nil
        let without = yaml.split(separator: "\n").filter { !$0.hasPrefix("adversarial: null") }.joined(separator: "\n")
        if isOld {
          #expect(try Configuration.decode(ForecastConfiguration.self, yaml: without) == recipe.configuration)
        }
      }
    }

    @Test("The triangular rate rises tenfold, falls, and rises half as far")
    func triangularRate() throws {
      var configuration = TinyData.frameGAN()
      (configuration.optimizer.schedule, configuration.optimizer.scheduleSteps) = (.triangular, 2)
      configuration.optimizer.learningRate = 1e-4
      configuration.training.steps = 8
      _ = try data.train(configuration, "run")
      let rates = try data.run("run").steps().compactMap(\.learningRate).map { $0 * 1e4 }
      for (found, wanted) in zip(rates, [1, 5.5, 10, 5.5, 1, 3.25, 5.5, 3.25]) { #expect(abs(found - wanted) < 1e-9) }
      #expect(rates.count == 8)
    }
  }
}
