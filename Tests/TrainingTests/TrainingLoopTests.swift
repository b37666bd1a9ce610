import Foundation
import Runs
import Testing
import Training

@Suite("The training loop")
struct TrainingLoopTests {
  /// Twelve steps, a checkpoint every second, an evaluation every fourth.
  static let plan = TrainingPlan(
    steps: 12, evaluationInterval: 4, checkpointInterval: 2,
    retention: CheckpointRetention(newestCount: 2, bestCount: 1, criterion: .init(metric: "error")))

  /// What an uninterrupted run leaves.
  private func straight() throws -> LineRun {
    let run = try LineRun()
    #expect(try run.sitting(Self.plan) == .completed)
    return run
  }

  @Test("An uninterrupted run tells every step, evaluates and saves where due")
  func uninterrupted() throws {
    let run = try straight()
    let events = try EventLog(url: run.run.events).read().map(\.event)
    let steps = events.compactMap { if case .step(let step) = $0 { step } else { nil } }
    #expect(steps.map(\.step) == Array(1...12))
    #expect(steps.map(\.batch) == (0..<12).map { $0 % 3 + 1 } && steps.last?.epoch == 4)
    #expect(steps.allSatisfy { $0.seconds >= 0 && $0.learningRate == 0.05 })
    let evaluated = events.compactMap { if case .evaluation(let payload) = $0 { payload.step } else { nil } }
    #expect(evaluated == [4, 8, 12])
    let saved = events.compactMap { if case .checkpointSaved(let payload) = $0 { payload.step } else { nil } }
    #expect(saved == [2, 4, 6, 8, 10, 12])
    #expect(try run.ends() == [.completed])
    for step in evaluated {
      #expect(FileManager.default.fileExists(atPath: run.run.samples.appending(path: "step-\(step).txt").path))
    }
  }

  @Test("A run cut by an error resumes to the same bits and events", arguments: 1...12)
  func resumeAfterError(brokenStep: Int) throws {
    let (whole, cut) = (try straight(), try LineRun())
    #expect(throws: Broken.self) {
      try cut.sitting(Self.plan) { $0.beforeStep = { if $0 == brokenStep { throw Broken() } } }
    }
    #expect(try cut.ends() == [.failed])
    #expect(try cut.run.checkpoints.latest()?.step ?? 0 == (brokenStep - 1) / 2 * 2)
    #expect(try cut.sitting(Self.plan) == .completed)
    #expect(try cut.lastState() == whole.lastState())
    #expect(try cut.history() == whole.history())
    #expect(try cut.run.checkpoints.all().map(\.metrics) == whole.run.checkpoints.all().map(\.metrics))
  }

  @Test("Sittings of one step each, ended by the clock, add up to the same run")
  func timeLimit() throws {
    let (whole, cut) = (try straight(), try LineRun())
    var hurried = Self.plan
    hurried.minutes = 0
    for number in 1...11 {
      #expect(try cut.sitting(hurried) == .timeLimit)
      #expect(try cut.run.checkpoints.latest()?.step == number)
      #expect(try cut.ends() == [.timeLimit])
    }
    #expect(try cut.sitting(hurried) == .completed)
    #expect(try cut.lastState() == whole.lastState())
    #expect(try cut.history() == whole.history())
  }

  @Test("A checkpoint that is not whole is passed over", arguments: ["short", "absent", "unlisted"])
  func damagedCheckpoint(kind: String) throws {
    let (whole, cut) = (try straight(), try LineRun())
    #expect(throws: Broken.self) {
      try cut.sitting(Self.plan) { $0.beforeStep = { if $0 == 10 { throw Broken() } } }
    }
    let newest = try #require(try cut.run.checkpoints.latest())
    #expect(newest.step == 8)
    let folder = cut.run.checkpoints.url(of: newest)
    let file = folder.appending(path: "state.safetensors")
    switch kind {
    case "short": try Data(contentsOf: file).dropLast().write(to: file)
    case "absent": try FileManager.default.removeItem(at: file)
    default: try FileManager.default.removeItem(at: folder.appending(path: "checkpoint.json"))
    }
    #expect(try cut.run.checkpoints.latest()?.step == 6)
    #expect(try cut.sitting(Self.plan) == .completed)
    #expect(try cut.lastState() == whole.lastState())
    #expect(try cut.history() == whole.history())
  }

  @Test("Saving that fails keeps the checkpoint before and leaves no half of one")
  func failedSave() throws {
    let run = try LineRun()
    #expect(throws: Broken.self) {
      try run.sitting(Self.plan) { task in
        task.beforeSave = { [unowned task] in if task.stepCount == 6 { throw Broken() } }
      }
    }
    #expect(try run.run.checkpoints.latest()?.step == 4)
    let names = try FileManager.default.contentsOfDirectory(atPath: run.run.checkpoints.directory.path)
    #expect(names.sorted() == ["step-000000002", "step-000000004"])
  }

  @Test("Evaluated steps are saved with their measures; the best and the newest stay")
  func retention() throws {
    let run = try LineRun()
    let plan = TrainingPlan(
      steps: 20, evaluationInterval: 5, checkpointInterval: 0,
      retention: CheckpointRetention(newestCount: 1, bestCount: 1, criterion: .init(metric: "error")))
    #expect(try run.sitting(plan) { $0.measures = [5: 3, 10: 1, 15: 2, 20: 4] } == .completed)
    let kept = try run.run.checkpoints.all()
    #expect(kept.map(\.step) == [10, 20])
    #expect(kept.map(\.metrics) == [["error": 1], ["error": 4]])
    #expect(try run.run.checkpoints.best(by: .init(metric: "error"))?.step == 10)
  }

  @Test("A finished run has nothing more to do, and more steps make it go on")
  func growth() throws {
    let (whole, grown) = (try straight(), try LineRun())
    var short = Self.plan
    short.steps = 8
    #expect(try grown.sitting(short) == .completed)
    let state = try grown.lastState()
    #expect(try grown.sitting(short) == .completed)
    #expect(try grown.lastState() == state)
    #expect(try grown.sitting(Self.plan) == .completed)
    #expect(try grown.lastState() == whole.lastState())
    #expect(try grown.history().dropFirst() == whole.history().dropFirst())
  }

  // In a process of its own, because a signal reaches the whole process.
  @Test("Ctrl-C ends the run after the step, saved and resumable")
  func interruption() async {
    await #expect(processExitsWith: .exitCode(0)) {
      let (whole, cut) = (try LineRun(), try LineRun())
      guard try whole.sitting(TrainingLoopTests.plan) == .completed else { exit(2) }
      let interruption = Interruption()
      let reason = try cut.sitting(TrainingLoopTests.plan, interruption: interruption) {
        $0.beforeStep = { number in
          guard number == 5 else { return }
          kill(getpid(), SIGINT)
          for _ in 0..<500 where !interruption.isRequested { usleep(10_000) }
        }
      }
      guard reason == .interrupted, try cut.run.checkpoints.latest()?.step == 5 else { exit(3) }
      guard try cut.ends() == [.interrupted] else { exit(4) }
      guard try cut.sitting(TrainingLoopTests.plan) == .completed else { exit(5) }
      guard try cut.lastState() == whole.lastState(), try cut.history() == whole.history() else { exit(6) }
    }
  }
}
