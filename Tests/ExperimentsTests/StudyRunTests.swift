import Experiments
import Foundation
import Runs
import Testing
import Training

extension TrainedTests {
  @Suite("A study from end to end")
  struct StudyRunTests {
    private let data: TinyData
    private static let names = ["convlstm-t20", "frame-gan-3-t20", "frame-gan-1-t20"]

    init() throws { data = try TinyData() }

    /// All architectures, as small as they come, on the one format that the tiny series are long enough for.
    private func options(_ out: String) -> StudyOptions {
      var options = StudyOptions(data: data.folder, out: data.path(out))
      options.only = Self.names.reversed()
      options.settings = [
        "model.filters=[4]", "model.kernelSizes=[3]", "model.outputKernelSize=3", "model.gridSize=8",
        "model.baseWidth=8", "model.latentSize=8", "model.kernelSize=3", "training.batchSize=2", "training.steps=3",
        "training.validationInterval=2", "training.checkpointInterval=1", "training.keepLast=9",
      ]
      (options.part, options.limit, options.progress) = (.validation, 3, .quiet)
      return options
    }

    private func url(_ path: String) -> URL { URL(filePath: data.path(path)) }

    private func text(_ path: String) throws -> String { try String(contentsOf: url(path), encoding: .utf8) }

    @Test(
      "Three architectures are trained, judged on the same series and shown; what was cut short goes on bit for bit")
    func wholeAndCut() throws {
      let outcome = try Study(options("study"))()
      #expect(outcome.isComplete && outcome.models.map(\.model.name) == Self.names)
      #expect(outcome.models.allSatisfy { $0.score.samples == 3 && $0.steps == 3 && $0.minutes != nil })
      #expect(outcome.orderings.map(\.format) == [.t20])
      for name in ["comparison", "rollout_comparison", "convlstm_learning", "frame-gan-1_rollout"] {
        #expect(FileManager.default.fileExists(atPath: data.path("study/figures/\(name).png")), "\(name)")
      }
      let page = try text("study/report.html")
      #expect(page.contains("as published") && page.contains("data:image/png") && page.contains("<svg"))
      #expect(try text("study/table.csv").split(separator: "\n").count == 4)
      let states = try Self.names.map { try data.run("study/runs/\($0)").lastState() }
      let metrics = try Self.names.map { try text("study/evaluations/\($0)/metrics.json") }

      // As after a kill: the second model stands at its first step, the third has hardly begun, and one page is lost.
      let second = try data.run("study/runs/\(Self.names[1])")
      for step in 2...3 {
        let folder = second.checkpoints.directory.appending(path: "step-00000000\(step)")
        try FileManager.default.removeItem(at: folder)
      }
      try FileManager.default.removeItem(at: url("study/runs/\(Self.names[2])/environment.json"))
      try FileManager.default.removeItem(at: url("study/report.html"))
      let untouched = try date("study/evaluations/\(Self.names[0])/metrics.json")
      let again = try Study(options("study"))()
      #expect(again.isComplete && again.progress.values.allSatisfy { $0 == 3 })
      #expect(try Self.names.map { try data.run("study/runs/\($0)").lastState() } == states)
      #expect(try Self.names.map { try text("study/evaluations/\($0)/metrics.json") } == metrics)
      #expect(try date("study/evaluations/\(Self.names[0])/metrics.json") == untouched)
      #expect(try second.readEnvironment().resumed.map(\.step) == [1])
      #expect(FileManager.default.fileExists(atPath: data.path("study/report.html")))

      try trainsNothingMore()
      try takesRuns()
    }

    private func date(_ path: String) throws -> Date? {
      try FileManager.default.attributesOfItem(atPath: data.path(path))[.modificationDate] as? Date
    }

    /// A third call leaves runs and evaluations alone, and another plan is refused.
    private func trainsNothingMore() throws {
      let files = Self.names.flatMap { ["study/runs/\($0)/events.jsonl", "study/evaluations/\($0)/metrics.json"] }
      let before = try files.map(date)
      #expect(try Study(options("study"), measure: { _ in throw ExperimentError("measured") })().isComplete)
      #expect(try files.map(date) == before)
      var other = options("study")
      (other.seed, other.settings[0]) = (4, "model.filters=[2]")
      let line = try #require(message { _ = try Study(other)() })
      #expect(
        line.contains("--seed (1 in the folder, 4 now)") && line.contains("--set") && !line.contains("\n"), "\(line)")
    }

    /// Finished runs take the place of training; two of one model are refused, and so is one that is left out.
    private func takesRuns() throws {
      var options = options("taken")
      options.runs = Self.names.prefix(2).map { data.path("study/runs/\($0)") }
      options.only = [Self.names[0], Self.names[1]]
      options.settings = []
      let outcome = try Study(options)()
      #expect(outcome.models.map(\.isTrained) == [false, false] && outcome.progress.isEmpty)
      #expect(!FileManager.default.fileExists(atPath: data.path("taken/runs")))
      options.runs.append(options.runs[0])
      #expect(message { _ = try Study(options)() }?.contains("give one --run for each model") == true)
      (options.runs, options.only) = ([options.runs[0]], [Self.names[2]])
      #expect(message { _ = try Study(options)() }?.contains("--only leaves out") == true)
    }

    @Test("A folder with other files is left alone, and names that are no models are refused")
    func refusals() throws {
      try FileManager.default.createDirectory(at: url("other"), withIntermediateDirectories: true)
      try Data("x".utf8).write(to: url("other/notes.txt"))
      #expect(message { _ = try Study(options("other"))() }?.contains("not a study") == true)
      var wrong = options("none")
      wrong.only = ["convlstm-t60"]
      #expect(message { _ = try Study(wrong)() }?.contains("convlstm-t80") == true)
      wrong = options("none")
      wrong.minutes = 5
      #expect(message { _ = try Study(wrong)() }?.contains("training.steps") == true)
      wrong = options("none")
      wrong.settings.append("data.format=t40")
      #expect(message { _ = try Study(wrong)() }?.contains("--only") == true)
      #expect(!FileManager.default.fileExists(atPath: data.path("none")))
    }

    @Test("Minutes become steps by measurement, and a damaged plan is named")
    func measured() throws {
      var options = options("timed")
      (options.only, options.minutes, options.limit) = ([Self.names[2]], 1, 1)
      let others = ["training.steps", "training.validation", "model.filters", "model.kernelSizes", "model.output"]
      options.settings.removeAll { setting in others.contains { setting.hasPrefix($0) } }
      // As slow as to leave eight steps.
      let outcome = try Study(
        options, measure: { _ in StudyCost(parameters: 1, secondsPerStep: 7, secondsPerValidation: 0) })()
      #expect(outcome.models.first?.steps == 8 && outcome.models.first?.score.samples == 1)
      #expect(try data.run("timed/runs/\(Self.names[2])").evaluations().count == 8)
      let estimate = try Study(options).estimate()
      #expect(estimate.models.first.map { $0.parameters > 0 && $0.secondsPerStep > 0 } == true)
      try Data("{}".utf8).write(to: url("timed/study.json"))
      #expect(message { _ = try Study(options)() }?.contains("is damaged") == true)
    }
  }
}
