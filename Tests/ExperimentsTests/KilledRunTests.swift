import Experiments
import Foundation
import NN
import Randomness
import Runs
import Testing
import Volumes

extension TrainedTests {
  /// The command itself, killed without warning while it writes checkpoints.
  @Suite("A run that is killed")
  struct KilledRunTests {
    let data: TinyData

    init() throws { data = try TinyData() }

    /// The command that was built beside these tests.
    private static var command: URL {
      URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "formcast")
    }

    private static let steps = 30
    private static let settings = [
      "data.format=t6/1", "model.filters=[4, 4]", "training.batchSize=4", "training.checkpointInterval=1",
      "training.validationInterval=5", "training.samples=0",
    ]

    private func start(_ name: String, resumes: Bool) throws -> Process {
      let process = Process()
      process.executableURL = Self.command
      process.arguments =
        ["train", "convlstm-demo", "--data", data.folder, "--out", data.path(name), "--quiet"]
        + (resumes
          ? ["--resume"] : ["--steps", "\(Self.steps)", "--seed", "5"] + Self.settings.flatMap { ["--set", $0] })
      process.standardOutput = FileHandle.nullDevice
      // Waiting threads that spin would take the processor from other tests.
      process.environment = ProcessInfo.processInfo.environment.merging(["OMP_WAIT_POLICY": "PASSIVE"]) { $1 }
      try process.run()
      return process
    }

    /// The last step of which a checkpoint stands under its final name, 0 if there is none.
    private func lastCheckpoint(_ name: String) -> Int {
      let folder = data.path("\(name)/checkpoints")
      guard FileManager.default.fileExists(atPath: folder) else { return 0 }
      do {
        return try FileManager.default.contentsOfDirectory(atPath: folder).compactMap {
          Int($0.dropFirst("step-".count))
        }
        .max() ?? 0
      } catch {
        return 0
      }
    }

    /// Kills the process some steps and milliseconds from now; false if it was done before.
    private func kill(_ process: Process, _ name: String, random: inout SeededGenerator) -> Bool {
      let goal = lastCheckpoint(name) + 1 + random.integer(below: 5)
      while process.isRunning, lastCheckpoint(name) < goal { usleep(2000) }
      usleep(UInt32(random.integer(below: 60_000)))
      let isKilled = process.isRunning
      if isKilled { Foundation.kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      return isKilled && process.terminationReason == .uncaughtSignal
    }

    @Test(
      "Killed at random moments and resumed, it ends with the same bits",
      .enabled(
        if: FileManager.default.isExecutableFile(atPath: KilledRunTests.command.path), "the command is not built"))
    func killed() throws {
      let whole = try start("whole", resumes: false)
      whole.waitUntilExit()
      #expect(whole.terminationStatus == 0)
      var random = SeededGenerator(seed: 17)
      var killCount = 0
      for attempt in 0..<5 {
        let process = try start("cut", resumes: attempt > 0)
        guard kill(process, "cut", random: &random) else { break }
        killCount += 1
        // Whatever stands under its final name is whole.
        let run = try data.run("cut")
        let newest = try #require(try run.checkpoints.latest())
        #expect(newest.step == lastCheckpoint("cut"))
        let state = try StateFile(reading: run.checkpoints.url(of: newest).appending(path: "state.safetensors").path)
        #expect(state.tensors["model.lstm.0.kernel"] != nil)
      }
      #expect(killCount >= 3)
      let last = try start("cut", resumes: true)
      last.waitUntilExit()
      #expect(last.terminationStatus == 0)
      let (a, b) = (try data.run("whole"), try data.run("cut"))
      #expect(try a.checkpoints.latest()?.step == Self.steps)
      #expect(try a.lastState() == b.lastState())
      #expect(try a.steps() == b.steps())
      #expect(try a.steps().map(\.step) == Array(1...Self.steps))
      #expect(try a.evaluations() == b.evaluations())
      #expect(try a.checkpoints.all().map(\.metrics) == b.checkpoints.all().map(\.metrics))
      let names = try FileManager.default.contentsOfDirectory(atPath: b.checkpoints.directory.path)
      #expect(names.allSatisfy { $0.hasPrefix("step-") }, "\(names)")
    }
  }
}
