import Experiments
import Foundation
import Models
import Runs
import Testing

extension TrainedTests {
  @Suite("Health of a frame GAN's training")
  struct FrameGANHealthTests {
    let data: TinyData

    init() throws { data = try TinyData() }

    static let measures: Set = [
      "critic_loss", "mse", "jaccard", "jaccard_frame", "jaccard_input", "jaccard_null", "nearest_train",
      "nearest_train_target", "diversity", "diversity_target", "copy", "copy_target", "occupancy", "occupancy_target",
    ]

    @Test("Every evaluation tells the health, in events, histories and curves")
    func measures() throws {
      let outcome = try data.train(TinyData.frameGAN(), "run")
      #expect(Set(outcome.metrics.keys) == Self.measures)
      for (name, value) in outcome.metrics where name != "critic_loss" { #expect(0...1 ~= value, "\(name) \(value)") }
      // Validation and training series are drawn alike and are not the same.
      #expect(try #require(outcome.metrics["nearest_train_target"]) > 0)
      #expect(try #require(outcome.metrics["diversity_target"]) > 0.3)
      let run = try data.run("run")
      let history = try LossHistory(contentsOf: run.plots.appending(path: "validation_losses.txt"))
      #expect(history.columns.contains("D_VAL_LOSS") && history.columns.contains("NEAREST_TRAIN_VAL_LOSS"))
      #expect(try CurveComparison([run.url.path]).histories[0].last.keys.sorted() == ["critic_loss", "jaccard", "mse"])
      let bytes = try Data(contentsOf: try #require(try run.tensorBoardFiles().first))
      for name in Self.measures { #expect(bytes.range(of: Data("validation/\(name)".utf8)) != nil, "\(name)") }
    }

    @Test("Three steps and three more equal six, evaluations included, with statistics measured anew or not")
    func resume() throws {
      for (name, batches) in [("plain", nil), ("anew", 2)] {
        var configuration = TinyData.frameGAN(pastFrames: 3)
        configuration.training.recalibrationBatches = batches
        _ = try data.train(configuration, "\(name)-whole")
        configuration.training.steps = 3
        _ = try data.train(configuration, "\(name)-cut")
        configuration.training.steps = 6
        _ = try data.train(configuration, "\(name)-cut", resumes: true)
        let (a, b) = (try data.run("\(name)-whole"), try data.run("\(name)-cut"))
        #expect(try a.lastState() == b.lastState())
        #expect(try a.evaluations() == b.evaluations() && a.evaluations().count == 2)
      }
      // No training step depends on the statistics; evaluations do.
      let (plain, anew) = (try data.run("plain-whole"), try data.run("anew-whole"))
      #expect(try plain.steps() == anew.steps())
      #expect(try plain.evaluations() != anew.evaluations())
    }

    @Test("A learning rate that blows up names the player and leaves the checkpoint before")
    func divergence() throws {
      var configuration = TinyData.frameGAN()
      configuration.optimizer.learningRate = 1e30
      let line = try #require(message { _ = try data.train(configuration, "run") })
      #expect(line.contains("diverged at step") && !line.contains("\n"), "\(line)")
      #expect(line.contains("critic") || line.contains("generator"), "\(line)")
      let run = try data.run("run")
      guard case .finished(let end) = try #require(try EventLog(url: run.events).read().last?.event) else { return }
      #expect(end.reason == .diverged)
      if let newest = try run.checkpoints.latest() { #expect(line.contains(newest.name), "\(line)") }
    }
  }
}
