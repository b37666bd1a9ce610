import Experiments
import Foundation
import Plots
import Runs
import Testing

@Suite("Learning curves of two-player runs")
struct LearningFigureTests {
  /// Twenty steps and two evaluations with the measures of a frame GAN.
  static let events: [TrainingEvent] = (1...20).flatMap { step -> [TrainingEvent] in
    let x = Double(step)
    let metrics = [
      "critic_loss": -x, "generator_loss": x / 2, "fake": 0, "real": x, "penalty": 1 / x, "gradient_norm": 1 - 1 / x,
      "critic_gap": x, "mse": 0.1,
    ]
    let done = TrainingEvent.step(.init(step: step, epoch: 1, batch: step, metrics: metrics, seconds: 1))
    guard step % 10 == 0 else { return [done] }
    let measures = [
      "critic_loss": -x / 2, "mse": 0.1, "jaccard": 1 / x, "jaccard_frame": 1 / x, "jaccard_input": 0.3,
      "jaccard_null": 0.2, "nearest_train": 0.6, "nearest_train_target": 0.7, "diversity": 0.8,
      "diversity_target": 0.9,
    ]
    return [done, .evaluation(.init(step: step, metrics: measures, seconds: 1))]
  }

  private func panels(_ events: [TrainingEvent]) throws -> [CurvePanel] {
    try #require(ForecastFigures.learning(events)).panels.compactMap {
      if case .curves(let panel) = $0 { panel } else { nil }
    }
  }

  @Test("A two-player run shows both losses, the critic, the distances and the variety")
  func twoPlayers() throws {
    let panels = try panels(Self.events)
    #expect(
      panels.map(\.yLabel) == [
        "loss", "what the critic sees", "penalty", "Jaccard distance (validation)", "Jaccard distance (variety)",
      ])
    #expect(panels.map(\.curves.count) == [3, 2, 1, 3, 4])
    #expect(panels[0].curves.map(\.name) == ["critic", "generator", "critic, validation"])
    #expect(panels[0].curves[1].points.map(\.y) == (1...20).map { Double($0) / 2 })
    #expect(panels[3].curves.map(\.role) == [.target, .input, .null])
    #expect(panels[4].curves[0].points == [.init(x: 10, y: 0.8), .init(x: 20, y: 0.8)])
    for panel in panels { #expect(Set(panel.curves.map(\.role)).count == panel.curves.count) }
  }

  @Test("A run with one loss shows what it showed before, and none shows nothing")
  func oneLoss() throws {
    let events: [TrainingEvent] = [
      .step(.init(step: 1, epoch: 1, batch: 1, metrics: ["loss": 0.5, "mse": 1], seconds: 1)),
      .step(.init(step: 2, epoch: 1, batch: 2, metrics: ["loss": 0.25, "mse": 1], seconds: 1)),
      .evaluation(.init(step: 2, metrics: ["loss": 0.3, "jaccard": 0.5, "jaccard_null": 0.4], seconds: 1)),
    ]
    let panels = try panels(events)
    #expect(panels.map(\.yLabel) == ["binary cross-entropy", "Jaccard distance (validation)"])
    #expect(panels[0].curves.map(\.role) == [.training, .validation] && panels[0].limits == .percentiles(0, 98))
    #expect(panels[1].curves.map(\.role) == [.target, .null])
    #expect(ForecastFigures.learning([]) == nil && ForecastFigures.learning(Array(events.prefix(1))) == nil)
  }

  @Test("The figure is drawn, and every measure is in the TensorBoard file")
  func files() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "formcast-figures-\(UUID().uuidString)")
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
    struct Nothing: Codable { var value = 1 }
    let run = try RunDirectory.create(
      at: folder, configuration: Nothing(), environment: RunEnvironment(recipe: "frame-gan-1", seed: 1, version: "0"))
    let figure = try #require(ForecastFigures.learning(Self.events))
    let files = try figure.write(to: run.plots.appending(path: "learning"))
    #expect(try Data(contentsOf: files.png).count > 10_000)
    let events = try EventBus.files(of: run)
    for event in Self.events { try events.send(event) }
    try events.synchronize()
    let bytes = try Data(contentsOf: try #require(try run.tensorBoardFiles().first))
    let names = [
      "train/critic_loss", "train/generator_loss", "train/critic_gap", "train/penalty", "train/gradient_norm",
      "train/fake",
      "train/real", "train/mse", "train/secondsPerStep", "validation/critic_loss", "validation/jaccard",
      "validation/jaccard_null", "validation/nearest_train", "validation/diversity_target",
    ]
    for name in names { #expect(bytes.range(of: Data(name.utf8)) != nil, "\(name)") }
  }

  @Test("A published history of a frame GAN is laid beside a run by the critic's loss")
  func published() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Fixtures/runs/aencgan3d_16_T80_TINC4.validation.csv").standardizedFileURL
    let comparison = try CurveComparison([file.path])
    let history = try #require(comparison.histories.first)
    #expect(!history.isRun && history.last.keys.sorted() == ["critic_loss", "jaccard", "mse"])
    #expect(history.last["critic_loss"]?.step == 20_000)
    let ours = FileManager.default.temporaryDirectory.appending(path: "formcast-\(UUID().uuidString).txt")
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: ours) } }
    try LossHistory(.evaluations, of: Self.events.map { TimedEvent($0, time: 0) }).write(to: ours)
    let both = try CurveComparison([ours.path], until: 15)
    #expect(both.histories[0].last["critic_loss"]?.value == -5 && both.histories[0].last["jaccard"]?.value == 0.1)
    let labels = try CurveComparison([ours.path, file.path]).figure.panels.map { panel in
      if case .curves(let panel) = panel { "\(panel.yLabel) \(panel.curves.count)" } else { "" }
    }
    #expect(labels == ["critic loss 2", "mean squared error 2", "Jaccard distance 2"])
  }
}
