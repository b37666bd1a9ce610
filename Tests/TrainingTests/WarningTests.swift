import Foundation
import Runs
import Synchronization
import Testing
import Training

@Suite("Warnings of a training run")
struct WarningTests {
  /// An evaluation at every second step, no checkpoints between.
  private func plan(_ steps: Int) -> TrainingPlan {
    TrainingPlan(steps: steps, evaluationInterval: 2, checkpointInterval: 0)
  }

  @Test("They reach the event log, the log file and the terminal, each with its step")
  func consumers() throws {
    let run = try LineRun()
    let shownText = Mutex("")
    let output = TextOutput(isTerminal: false) { part in shownText.withLock { $0 += part } }
    let task = LineTask()
    task.stepWarnings = { $0 == 3 ? [.init("a", "a batch\nexploded")] : [] }
    task.evaluationWarnings = { $0 == 4 ? [.init("b", "the critic wins")] : [] }
    let terminal = TerminalSink(stepCount: 6, options: .init(mode: .plain, output: output))
    let lock = try run.run.lock()
    defer { withExtendedLifetime(lock) {} }
    try train(task, in: run.run, plan: plan(6), events: try .files(of: run.run).adding(terminal))
    let shown = shownText.withLock { $0 }
    let log = try String(contentsOf: run.run.log, encoding: .utf8)
    for place in [shown, log] {
      #expect(place.contains("warning: a batch exploded\n") && place.contains("warning: the critic wins\n"))
    }
    #expect(
      try run.warnings() == [.init(step: 3, text: "a batch\nexploded"), .init(step: 4, text: "the critic wins")])
  }

  @Test("A trouble that stays is told once and then at every tenth evaluation")
  func repetition() throws {
    let run = try LineRun()
    _ = try run.sitting(plan(44)) {
      $0.evaluationWarnings = { [.init("gap", "the gap is \($0)")] }
    }
    #expect(try run.warnings().map(\.step) == [2, 22, 42])
    #expect(try run.warnings().map(\.text) == ["the gap is 2", "the gap is 22", "the gap is 42"])
  }

  @Test("One that went away and comes back is told again; others are told beside it")
  func comeback() throws {
    let run = try LineRun()
    let troubled: Set = [2, 4, 8, 10]
    _ = try run.sitting(plan(12)) {
      $0.evaluationWarnings = { step in
        (troubled.contains(step) ? [TrainingWarning("gap", "gap at \(step)")] : [])
          + (step == 4 ? [TrainingWarning("copy", "copy at 4")] : [])
      }
    }
    #expect(try run.warnings().map(\.text) == ["gap at 2", "copy at 4", "gap at 8"])
  }

  @Test("Warnings of steps are told once between two evaluations")
  func steps() throws {
    let run = try LineRun()
    let long = TrainingPlan(steps: 12, evaluationInterval: 4, checkpointInterval: 0)
    _ = try run.sitting(long) {
      $0.stepWarnings = { [1, 2, 3, 6, 12].contains($0) ? [.init("batch", "step \($0)")] : [] }
    }
    #expect(try run.warnings().map(\.text) == ["step 1"])
    let seldom = try LineRun()
    _ = try seldom.sitting(long) {
      $0.stepWarnings = { [1, 12].contains($0) ? [.init("batch", "step \($0)")] : [] }
    }
    #expect(try seldom.warnings().map(\.text) == ["step 1", "step 12"])
  }

  @Test("A run that goes on tells what still holds once more, and trains the same")
  func resumption() throws {
    let (whole, cut) = (try LineRun(), try LineRun())
    func warn(_ task: LineTask) { task.evaluationWarnings = { _ in [.init("gap", "gap")] } }
    _ = try whole.sitting(plan(8), warn)
    _ = try cut.sitting(plan(4), warn)
    _ = try cut.sitting(plan(8), warn)
    #expect(try whole.warnings().map(\.step) == [2])
    #expect(try cut.warnings().map(\.step) == [2, 6])
    #expect(try cut.lastState() == whole.lastState())
  }
}
