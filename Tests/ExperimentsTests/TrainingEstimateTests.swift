import Experiments
import Foundation
import Models
import Runs
import Testing

@Suite("The text of an estimate")
struct EstimateTextTests {
  private var estimate: TrainingEstimate {
    TrainingEstimate(
      parameters: 18_900_000, stepsPlanned: 20_000, secondsPerStep: 1.9, measuredSteps: 3, peakBytes: 2_100_000_000)
  }

  @Test("It says size, time, memory, total and what fits")
  func text() {
    #expect(
      estimate.text() == "18.9 million parameters; 1.9 s a step and 2.1 GB (measured on 3 steps); 20,000 steps take"
        + " 10 h 33 min; in 60 minutes 1,894 steps fit")
    #expect(estimate.text(minutes: 1.5).hasSuffix("in 1.5 minutes 47 steps fit"))
    // Nothing is left to say where all of it fits.
    #expect(estimate.text(minutes: 1000).hasSuffix("20,000 steps take 10 h 33 min"))
  }

  @Test("Evaluations count, and are named where they cost more than one percent")
  func evaluations() {
    var estimate = estimate
    (estimate.evaluations, estimate.secondsPerEvaluation) = (20, 380)
    #expect(estimate.totalSeconds == 38_000 + 7600)
    #expect(estimate.text().contains("20,000 steps take 12 h 40 min, about 2 h 06 min of it for 20 evaluations;"))
    #expect(estimate.stepsThatFit(minutes: 60) == 1578 && estimate.stepsThatFit(minutes: 1e6) == 20_000)
    estimate.secondsPerEvaluation = 1
    #expect(!estimate.text().contains("evaluations"))
    (estimate.parameters, estimate.peakBytes) = (761_889, 345_600_000)
    #expect(estimate.text().hasPrefix("761,889 parameters; 1.9 s a step and 346 MB ("))
  }

  @Test("As JSON it has every number, the total included")
  func json() throws {
    let line = try JSONOutput.line(estimate)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Double])
    #expect(object["totalSeconds"] == 38_000 && object["peakBytes"] == 2.1e9 && object.count == 8)
  }
}

extension TinyData {
  /// The smallest frame GAN: widths of two to eight, six frames, six steps.
  static func frameGAN(pastFrames: Int = 1) -> ForecastConfiguration {
    var configuration = configuration
    var networks = FrameGAN.Configuration()
    (networks.gridSize, networks.baseWidth, networks.latentSize, networks.kernelSize) = (8, 8, 4, 3)
    networks.pastFrames = pastFrames
    configuration.model = .frameGAN(networks)
    configuration.adversarial = AdversarialOptions()
    (configuration.optimizer.learningRate, configuration.optimizer.beta1) = (1e-4, 0.5)
    return configuration
  }

  /// A trainer into the run `name`.
  func trainer(_ configuration: ForecastConfiguration, _ name: String) -> RunTrainer<ForecastConfiguration> {
    var options = TrainingRequest(data: folder, run: path(name))
    options.progress = .quiet
    return RunTrainer(
      configuration, options: options,
      environment: RunEnvironment(recipe: configuration.recipe, seed: configuration.seed, version: "0"))
  }
}

extension TrainedTests {
  @Suite("An estimate before a run")
  struct TrainingEstimateTests {
    let data: TinyData

    init() throws { data = try TinyData() }

    @Test("It is measured, writes nothing, and the run after it is bit for bit the run without it")
    func measurement() throws {
      for configuration in [TinyData.configuration, TinyData.frameGAN(pastFrames: 3)] {
        let name = configuration.adversarial == nil ? "lstm" : "gan"
        _ = try data.train(configuration, "\(name)-alone")
        let trainer = data.trainer(configuration, "\(name)-estimated")
        let estimate = try trainer.estimate()
        #expect(!FileManager.default.fileExists(atPath: data.path("\(name)-estimated")))
        #expect(estimate.stepsPlanned == 6 && estimate.evaluations == 2 && estimate.measuredSteps == 3)
        #expect(estimate.secondsPerStep > 0 && estimate.secondsPerEvaluation > 0 && estimate.peakBytes > 10_000_000)
        _ = try trainer()
        let (a, b) = (try data.run("\(name)-alone"), try data.run("\(name)-estimated"))
        #expect(try a.lastState() == b.lastState())
        #expect(try a.steps() == b.steps())
        let events = try EventLog(url: a.events).read().map(\.event)
        guard case .runStarted(let start) = events[0] else { throw Unexpected() }
        #expect(start.parameterCount == estimate.parameters)
      }
    }

    @Test("Epochs limit the planned steps, and what makes no run makes no estimate")
    func plan() throws {
      var configuration = TinyData.configuration
      (configuration.training.epochs, configuration.training.steps) = (2, 100)
      #expect(try data.trainer(configuration, "run").estimate().stepsPlanned == 6)
      configuration.training.batchSize = 13
      #expect(message { _ = try data.trainer(configuration, "run").estimate() }?.contains("batch of 13") == true)
      configuration.training.batchSize = 0
      #expect(message { _ = try data.trainer(configuration, "run").estimate() }?.contains("batchSize") == true)
    }

    private struct Unexpected: Error {}
  }

  /// The command that was built beside these tests.
  @Suite("An estimate on the command line") struct EstimateCommandTests {
    private static var command: URL {
      URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "formcast")
    }

    private func run(_ arguments: [String]) throws -> (status: Int32, output: String, errors: String) {
      let (process, output, errors) = (Process(), Pipe(), Pipe())
      (process.executableURL, process.arguments) = (Self.command, arguments)
      (process.standardOutput, process.standardError) = (output, errors)
      try process.run()
      let text = try output.fileHandleForReading.readToEnd() ?? Data()
      let remarks = try errors.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return (
        process.terminationStatus, String(decoding: text, as: UTF8.self), String(decoding: remarks, as: UTF8.self)
      )
    }

    @Test(
      "--estimate needs no --out, prints one line, and its object with --json",
      .enabled(if: FileManager.default.isExecutableFile(atPath: command.path), "no command built"))
    func estimate() throws {
      let data = try TinyData()
      let settings = ["data.format=t6/1", "training.batchSize=4"].flatMap { ["--set", $0] }
      let arguments = ["train", "convlstm-demo", "--data", data.folder] + settings
      let found = try run(arguments + ["--estimate", "--json", "--minutes", "0.001"])
      #expect(found.status == 0, "\(found.errors)")
      let lines = found.output.split(separator: "\n")
      try #require(lines.count == 2)
      #expect(lines[0].hasPrefix("21,897 parameters; ") && lines[0].contains("500 steps take"), "\(lines[0])")
      #expect(lines[0].contains("in 0.001 minutes"), "\(lines[0])")
      let object = try #require(try JSONSerialization.jsonObject(with: Data(lines[1].utf8)) as? [String: Any])
      #expect(object["parameters"] as? Int == 21_897 && object["stepsPlanned"] as? Int == 500)
      #expect(try run(arguments).status == 64)
      #expect(try run(arguments + ["--out", data.path("run"), "--estimate", "--resume"]).status == 64)
      // A short run says nothing of it.
      let short = try run(arguments + ["--out", data.path("run"), "--steps", "2"])
      #expect(short.status == 0 && !short.errors.contains("estimate"), "\(short.errors)")
    }
  }
}
