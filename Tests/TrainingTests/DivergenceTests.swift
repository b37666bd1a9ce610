import Foundation
import Runs
import Testing
import Training

@Suite("A training run that diverges")
struct DivergenceTests {
  static let plan = TrainingLoopTests.plan

  @Test("A number that is none in a step ends the run with step, term and last good checkpoint, and spoils nothing")
  func step() throws {
    let (whole, cut) = (try LineRun(), try LineRun())
    #expect(try whole.sitting(Self.plan) == .completed)
    let error = try #require(
      throws: Divergence.self,
      performing: {
        try cut.sitting(Self.plan) { $0.beforeStep = { if $0 == 8 { throw NonFinite("the critic's penalty") } } }
      })
    #expect(error.step == 8 && error.term == "the critic's penalty")
    #expect(error.checkpoint?.step == 6 && error.checkpoint?.name == "step-000000006")
    #expect(
      error.description == "diverged at step 8: the critic's penalty is not finite; the last good checkpoint is"
        + " step-000000006 (step 6); start again with a lower optimizer.learningRate")
    #expect(try cut.ends() == [.diverged])
    #expect(try cut.warnings() == [.init(step: 7, text: error.description)])
    #expect(try String(contentsOf: cut.run.log, encoding: .utf8).contains("warning: \(error)\n"))
    // The checkpoint is usable: a run that goes on from it without the trouble is the run that never had it.
    #expect(try cut.sitting(Self.plan) == .completed)
    #expect(try cut.lastState() == whole.lastState())
    #expect(try cut.history() == whole.history())
  }

  @Test("Before the first checkpoint the line says that there is none")
  func firstSteps() throws {
    let run = try LineRun()
    let error = try #require(
      throws: Divergence.self,
      performing: { try run.sitting(Self.plan) { $0.beforeStep = { _ in throw NonFinite("the loss") } } })
    #expect(error.step == 1 && error.checkpoint == nil)
    #expect(error.description.contains("at step 1: the loss is not finite; there is no checkpoint yet;"))
    #expect(try run.ends() == [.diverged])
    #expect(try run.run.checkpoints.all().isEmpty)
    #expect(try run.sitting(Self.plan) == .completed)
  }

  @Test("An evaluation or a state that is none ends it too, and leaves the checkpoint before")
  func evaluationAndSave() throws {
    let evaluated = try LineRun()
    let error = try #require(
      throws: Divergence.self,
      performing: {
        try evaluated.sitting(Self.plan) {
          $0.beforeEvaluation = { if $0 == 8 { throw NonFinite("the prediction", remedy: "turn it off") } }
        }
      })
    #expect(
      error.description.hasPrefix("diverged at step 8: the prediction is not finite; the last good checkpoint is"))
    #expect(error.description.hasSuffix("(step 6); turn it off"))
    let saved = try LineRun()
    let other = try #require(
      throws: Divergence.self,
      performing: {
        try saved.sitting(Self.plan) { task in
          task.beforeSave = { [unowned task] in if task.stepCount == 4 { throw NonFinite("the weight a.b") } }
        }
      })
    #expect(other.step == 4 && other.checkpoint?.step == 2)
    #expect(try saved.run.checkpoints.all().map(\.step) == [2])
    #expect(try saved.ends() == [.diverged])
  }

  @Test("A measure that is not finite is warned of, and the run goes on")
  func measure() throws {
    let run = try LineRun()
    #expect(try run.sitting(Self.plan) { $0.measures = [4: .nan, 8: 1] } == .completed)
    let warnings = try run.warnings()
    #expect(warnings.map(\.step) == [4] && warnings[0].text.contains("measure error is not finite"))
  }
}
