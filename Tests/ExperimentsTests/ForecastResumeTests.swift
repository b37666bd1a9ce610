import Experiments
import Foundation
import NN
import Runs
import Testing
import Torch
import Training
import Volumes

extension TrainedTests {
  @Suite("A forecasting run that goes on")
  struct ForecastResumeTests {
    let data: TinyData

    init() throws { data = try TinyData() }

    @Test("Three steps and three more equal six, bit for bit", arguments: Precision.allCases)
    func threeAndThree(precision: Precision) throws {
      var configuration = TinyData.configuration
      configuration.precision = precision
      configuration.training.recalibrationBatches = precision == .bfloat16 ? 2 : nil
      let whole = try data.train(configuration, "whole")
      #expect(whole.reason == .completed && whole.step == 6)
      configuration.training.steps = 3
      let first = try data.train(configuration, "cut")
      #expect(first.step == 3)
      configuration.training.steps = 6
      let second = try data.train(configuration, "cut", resumes: true)
      #expect(second.step == 6 && second.metrics == whole.metrics)
      let (a, b) = (try data.run("whole"), try data.run("cut"))
      #expect(try a.lastState() == b.lastState())
      #expect(try a.steps() == b.steps())
      #expect(try a.evaluations() == b.evaluations())
      #expect(try a.evaluations().keys.sorted() == [3, 6])
      #expect(try b.readConfiguration(ForecastConfiguration.self).training.steps == 6)
      #expect(try b.readEnvironment().resumed.map(\.step) == [3])
      let curves = try CurveComparison([b.url.path])
      #expect(curves.histories[0].last["jaccard"]?.value == second.metrics["jaccard"] && curves.histories[0].isRun)
    }

    @Test("Two runs of one seed are the same, another seed gives another run")
    func seeds() throws {
      var configuration = TinyData.configuration
      _ = try data.train(configuration, "a")
      _ = try data.train(configuration, "b")
      configuration.seed = 8
      _ = try data.train(configuration, "c")
      let states = try ["a", "b", "c"].map { try data.run($0).lastState() }
      #expect(states[0] == states[1] && states[0] != states[2])
    }

    @Test(
      "Another network, data or optimizer is refused, and the run is left as it was",
      arguments: [
        "model.filters=[8]", "model.filters=[4, 4]", "model.kernelSizes=[5]", "model.recurrentActivation=sigmoid",
        "optimizer.learningRate=0.01", "precision=bf16", "data.format=t8/1", "training.batchSize=2", "seed=9",
        "data.trainingFiles=8", "recipe=other",
      ])
    func changed(assignment: String) throws {
      var configuration = TinyData.configuration
      configuration.training.steps = 2
      _ = try data.train(configuration, "run")
      let run = try data.run("run")
      let before = try [run.configuration, run.environment, run.events].map { try Data(contentsOf: $0) }
      configuration.training.steps = 4
      if assignment == "model.filters=[4, 4]" { configuration.model.convLSTM?.kernelSizes = [3, 3] }
      let other = try Configuration.applying([assignment], to: configuration)
      let line = try #require(message { _ = try data.train(other, "run", resumes: true) })
      #expect(line.contains(assignment.split(separator: "=")[0]) && line.contains("another --out"), "\(line)")
      #expect(!line.contains("\n"))
      #expect(try [run.configuration, run.environment, run.events].map { try Data(contentsOf: $0) } == before)
    }

    @Test("Length, intervals and what is kept may change, and config.yaml says so")
    func allowedChanges() throws {
      var configuration = TinyData.configuration
      configuration.training.steps = 2
      _ = try data.train(configuration, "run")
      configuration.training.steps = 4
      (configuration.training.validationInterval, configuration.training.checkpointInterval) = (2, 0)
      (configuration.training.keepLast, configuration.training.keepBest, configuration.training.samples) = (1, 0, 2)
      configuration.data.cacheBytes = 0
      #expect(try data.train(configuration, "run", resumes: true).step == 4)
      let run = try data.run("run")
      #expect(try run.readConfiguration(ForecastConfiguration.self) == configuration)
      #expect(try run.checkpoints.all().map(\.step) == [4])
    }

    @Test("Fewer steps than are done are refused")
    func fewerSteps() throws {
      var configuration = TinyData.configuration
      _ = try data.train(configuration, "run")
      configuration.training.steps = 5
      let line = try #require(message { _ = try data.train(configuration, "run", resumes: true) })
      #expect(line.contains("has done 6 steps"), "\(line)")
      #expect(try data.run("run").readConfiguration(ForecastConfiguration.self).training.steps == 6)
    }

    @Test("A checkpoint of another network is refused by name, whatever config.yaml says")
    func foreignCheckpoint() throws {
      var configuration = TinyData.configuration
      configuration.training.steps = 2
      _ = try data.train(configuration, "narrow")
      configuration.model.convLSTM?.filters = [6]
      _ = try data.train(configuration, "wide")
      let (narrow, wide) = (try data.run("narrow"), try data.run("wide"))
      try FileManager.default.removeItem(at: wide.checkpoints.directory)
      try FileManager.default.copyItem(at: narrow.checkpoints.directory, to: wide.checkpoints.directory)
      configuration.training.steps = 4
      let line = try #require(message { _ = try data.train(configuration, "wide", resumes: true) })
      #expect(line.contains("step-000000002") && line.contains("lstm.0.kernel") && !line.contains("\n"), "\(line)")
      #expect(line.contains("not a checkpoint of the run's config.yaml"))
    }

    @Test("A folder that is no run, and a run of another kind, are refused")
    func otherKinds() throws {
      struct Other: Codable { var codes = 3 }
      let configuration = TinyData.configuration
      #expect(message { _ = try data.train(configuration, "none", resumes: true) }?.contains("no such run") == true)
      try FileManager.default.createDirectory(atPath: data.path("plain"), withIntermediateDirectories: true)
      #expect(message { _ = try data.train(configuration, "plain", resumes: true) }?.contains("is not a run") == true)
      let environment = RunEnvironment(recipe: "autodecoder", seed: 1, version: "0")
      _ = try RunDirectory.create(
        at: URL(filePath: data.path("other")), configuration: Other(), environment: environment)
      let line = try #require(message { _ = try data.train(configuration, "other", resumes: true) })
      #expect(line.contains("config.yaml") && !line.contains("\n"), "\(line)")
      #expect(message { _ = try data.train(configuration, "other") }?.contains("--force") == true)
    }

    @Test("A place in the data that another data set does not have is refused")
    func otherDataSet() throws {
      var configuration = TinyData.configuration
      // Five steps of four windows lead to the eighth window of the second epoch; the small data set has four.
      configuration.training.steps = 5
      _ = try data.train(configuration, "run")
      let small = data.path("small")
      let paths = try SeriesFile.listSeries(in: data.path("source"))
      _ = try DatasetSplit(ratios: [0.5, 0.5, 0], seed: 1).write(Array(paths.prefix(8)), to: small)
      configuration.training.steps = 6
      let line = try #require(message { _ = try data.train(configuration, "run", resumes: true, data: small) })
      #expect(line.contains("does not belong to this data set"), "\(line)")
    }
  }
}
