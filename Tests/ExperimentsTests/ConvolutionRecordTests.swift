import Experiments
import Foundation
import NN
import Runs
import Testing

extension TrainedTests {
  /// How a run's convolutions were computed is part of its record.
  @Suite("The record of a run's convolutions")
  struct ConvolutionRecordTests {
    let data: TinyData

    init() throws { data = try TinyData() }

    private func record(_ name: String) throws -> ConvolutionRecord {
      try #require(try data.run(name).readConvolutions(ConvolutionRecord.self))
    }

    private func train(_ name: String, steps: Int, resumes: Bool = false) throws {
      var configuration = TinyData.configuration
      configuration.training.steps = steps
      _ = try data.train(configuration, name, resumes: resumes)
    }

    @Test("A run writes its choices, those of its evaluations too")
    func written() throws {
      try train("run", steps: 3)
      let record = try record("run")
      #expect(record.isUnderstood && record.machine == .current)
      let layers = record.choices.filter { $0.call.inputChannels == 5 && $0.call.outputChannels == 16 }
      #expect(Set(layers.map(\.call.isTraining)) == [true, false])
      for choice in record.choices { #expect(choice.call.candidates.contains(choice.method)) }
    }

    @Test("A run that goes on computes as its record says, whatever would be chosen now")
    func resumed() throws {
      defer { ConvolutionPlanner.shared.forgetPresets() }
      try train("run", steps: 3)
      var record = try record("run")
      for index in record.choices.indices where record.choices[index].call.kernel == [3, 3, 3] {
        record.choices[index].method = .spectral(tiles: [2, 1, 4])
      }
      try data.run("run").write(convolutions: record)
      try train("run", steps: 6, resumes: true)
      let later = try self.record("run")
      let layers = later.choices.filter { $0.call.inputChannels == 5 }
      #expect(
        !layers.isEmpty && layers.allSatisfy { $0.method == .spectral(tiles: [2, 1, 4]) && $0.origin == .preset })
      #expect(Set(later.choices.map(\.call)) == Set(record.choices.map(\.call)))
      // A run that begins afterwards is not bound by it.
      try train("other", steps: 1)
      #expect(try self.record("other").choices.allSatisfy { $0.origin != .preset })
    }

    @Test("A run without the file goes on, and has it afterwards")
    func olderRun() throws {
      try train("run", steps: 2)
      let file = try data.run("run").convolutions
      try FileManager.default.removeItem(at: file)
      try train("run", steps: 4, resumes: true)
      #expect(try !record("run").choices.isEmpty)
    }

    @Test("A damaged file is refused in one line, and the run is left as it was", arguments: ["{", "{\"choices\":3}"])
    func damaged(text: String) throws {
      try train("run", steps: 2)
      let run = try data.run("run")
      try Data(text.utf8).write(to: run.convolutions)
      let before = try [run.configuration, run.environment, run.events].map { try Data(contentsOf: $0) }
      let line = try #require(message { try train("run", steps: 4, resumes: true) })
      #expect(line.contains("convolutions.json is damaged") && !line.contains("\n"), "\(line)")
      #expect(try before[..<2] == [run.configuration, run.environment].map { try Data(contentsOf: $0) }[...])
    }

    @Test("Direct and spectral runs of one seed learn alike")
    func curves() throws {
      let planner = ConvolutionPlanner.shared
      let policy = planner.policy
      defer { planner.policy = policy }
      var losses: [[Double]] = []
      for forced in [ConvolutionPlanner.Policy.direct, .spectral] {
        planner.policy = forced
        try train(forced.rawValue, steps: 6)
        #expect(try record(forced.rawValue).policy == forced)
        losses.append(try data.run(forced.rawValue).steps().compactMap { $0.metrics["loss"] })
      }
      try #require(losses[0].count == 6 && losses[1].count == 6)
      // Rounding of 1e-6, enlarged by six steps of Adam.
      for (direct, spectral) in zip(losses[0], losses[1]) { #expect(abs(direct - spectral) < 1e-4 * direct) }
    }
  }
}
