import Foundation
import NN
import Runs
import Torch
import Training

/// A small task with everything that a real one has: parameters, an optimizer, random numbers, a place in the data.
final class LineTask: TrainingTask {
  let name = "line"
  let parameterCount = 12
  let batchesPerEpoch: Int? = 3

  /// Called before a step learns, with its number from 1; may throw.
  var beforeStep: (Int) throws -> Void = { _ in }
  /// Called before a state is written; may throw.
  var beforeSave: () throws -> Void = {}
  /// Measure of an evaluation by step; the loss on a fixed batch where there is none.
  var measures: [Int: Double] = [:]
  /// What a step and an evaluation warn of, by step.
  var stepWarnings: (Int) -> [TrainingWarning] = { _ in [] }
  var evaluationWarnings: (Int) -> [TrainingWarning] = { _ in [] }
  /// Called before an evaluation, with the number of steps done; may throw.
  var beforeEvaluation: (Int) throws -> Void = { _ in }

  private let generator = Generator(seed: 5)
  private let weight: Parameter
  private let optimizer: Adam
  private(set) var stepCount = 0

  init() {
    weight = Parameter(Tensor.normal([4, 3], generator: generator))
    optimizer = Adam([("weight", weight)], learningRate: 0.05)
  }

  func step(after done: Int) throws -> StepReport {
    let number = stepCount + 1
    try beforeStep(number)
    let input = Tensor.normal([8, 3], generator: generator)
    let loss = loss(of: input)
    optimizer.step(gradients: gradient(of: loss, withRespectTo: optimizer.parameters))
    stepCount = number
    var report = StepReport(
      epoch: (number - 1) / 3 + 1, batch: (number - 1) % 3 + 1, metrics: ["loss": loss.item()], learningRate: 0.05)
    report.warnings = stepWarnings(number)
    return report
  }

  func evaluate() throws -> EvaluationReport {
    try beforeEvaluation(stepCount)
    return EvaluationReport(
      ["error": measures[stepCount] ?? withoutGradient { loss(of: .ones([2, 3])).item() }],
      warnings: evaluationWarnings(stepCount))
  }

  func writeSamples(step: Int, to folder: URL) throws -> [String] {
    try Data("sample of step \(step)\n".utf8).write(to: folder.appending(path: "step-\(step).txt"))
    return ["step-\(step).txt"]
  }

  func save(to folder: URL) throws {
    try beforeSave()
    var tensors = ["weight": weight.value, "steps": Tensor([Int64(stepCount)])]
    tensors["generator"] = Tensor(generator.state)
    for (key, value) in optimizer.state() { tensors["optimizer.\(key)"] = value }
    try StateFile(tensors: tensors).write(to: folder.appending(path: "state.safetensors").path)
  }

  func restore(from folder: URL) throws {
    var tensors = try StateFile(reading: folder.appending(path: "state.safetensors").path).tensors
    guard let value = tensors.removeValue(forKey: "weight"), let count = tensors.removeValue(forKey: "steps"),
      let state = tensors.removeValue(forKey: "generator")
    else { throw Broken() }
    withoutGradient { weight.value.copy(from: value) }
    stepCount = Int(count.item())
    try generator.restore(state.array(of: UInt8.self))
    try optimizer.load(Dictionary(uniqueKeysWithValues: tensors.map { (String($0.dropFirst("optimizer.".count)), $1) }))
  }

  private func loss(of input: Tensor) -> Tensor {
    (input.linear(weight.value) - input.sum(1, keep: true)).squared().mean()
  }
}

/// What a test lets go wrong.
struct Broken: Error {}

/// A run of a `LineTask` in a folder that goes away with the test.
final class LineRun {
  let run: RunDirectory

  private struct Nothing: Codable { var value = 1 }

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "formcast-training-\(UUID().uuidString)")
    run = try .create(
      at: url, configuration: Nothing(), environment: RunEnvironment(recipe: "line", seed: 5, version: "0"))
  }

  deinit {
    do { try FileManager.default.removeItem(at: run.url) } catch { print("left behind: \(run.url.path): \(error)") }
  }

  /// One sitting: goes on where the newest checkpoint is.
  func sitting(
    _ plan: TrainingPlan, interruption: Interruption? = nil, _ prepare: (LineTask) -> Void = { _ in }
  ) throws -> TrainingEvent.End.Reason {
    let task = LineTask()
    prepare(task)
    let lock = try run.lock()
    defer { withExtendedLifetime(lock) {} }
    _ = try resumePoint(of: run)
    return try train(task, in: run, plan: plan, events: .files(of: run), interruption: interruption)
  }

  /// The events without times, ends, warnings and checkpoints: what must not depend on where a run was cut.
  func history() throws -> [TrainingEvent] {
    try EventLog(url: run.events).read().compactMap { timed in
      switch timed.event {
      case .step(var payload):
        payload.seconds = 0
        return .step(payload)
      case .evaluation(var payload):
        payload.seconds = 0
        return .evaluation(payload)
      case .sample, .runStarted: return timed.event
      case .warning, .resumed, .finished, .checkpointSaved: return nil
      }
    }
  }

  func state(of checkpoint: Checkpoint) throws -> Data {
    try Data(contentsOf: run.checkpoints.url(of: checkpoint).appending(path: "state.safetensors"))
  }

  /// Bytes of the newest checkpoint.
  func lastState() throws -> Data? { try run.checkpoints.latest().map(state) }

  /// The warnings told, with their steps.
  func warnings() throws -> [TrainingEvent.Warning] {
    try EventLog(url: run.events).read().compactMap {
      if case .warning(let warning) = $0.event { warning } else { nil }
    }
  }

  func ends() throws -> [TrainingEvent.End.Reason] {
    try EventLog(url: run.events).read().compactMap {
      if case .finished(let end) = $0.event { end.reason } else { nil }
    }
  }
}
