import Foundation
import Runs
import Testing

@Suite struct LossHistoryTests {
  private let published = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../Fixtures/runs/convlstm3d_16_T80_TINC4.validation.csv").standardizedFileURL

  @Test func `a published file is read and written back byte for byte`() throws {
    let history = try LossHistory(contentsOf: published)
    #expect(history.columns == ["BCE_VAL_LOSS", "MSE_VAL_LOSS", "JACCARD_VAL_LOSS"] && history.rows.count == 50)
    #expect(history.text == (try String(contentsOf: published, encoding: .utf8)))
    let jaccard = try #require(history.column("JACCARD_VAL_LOSS"))
    #expect(jaccard[0].iteration == 200 && jaccard[0].value == 0.98870 && jaccard[49].value == 0.21310)
    #expect(history.column("NONE") == nil)
  }

  @Test func `a history is made of a run's events, with gaps where a measure is missing`() throws {
    let events: [TrainingEvent] = [
      .step(.init(step: 1, epoch: 1, batch: 1, metrics: ["bce": 0.5, "mse": 2], seconds: 1)),
      .evaluation(.init(step: 1, metrics: ["jaccard": 0.25], seconds: 1)),
      .step(.init(step: 2, epoch: 1, batch: 2, metrics: ["bce": 0.125], seconds: 1)),
    ]
    let timed = events.map { TimedEvent($0, time: 0) }
    let folder = try TemporaryFolder()
    try LossHistory(.steps, of: timed).write(to: folder.file("a"))
    let text = try String(contentsOf: folder.file("a"), encoding: .utf8)
    #expect(
      text == """
        # TRAINING ITERATION,         BCE_LOSS,         MSE_LOSS
                           1,          0.50000,          2.00000
                           2,          0.12500,              nan

        """)
    #expect(try LossHistory(contentsOf: folder.file("a")).column("MSE_LOSS")?.map(\.iteration) == [1])
    #expect(LossHistory(.evaluations, of: timed).columns == ["JACCARD_VAL_LOSS"])
  }

  @Test func `the losses of two players are named as published`() throws {
    let events: [TrainingEvent] = [
      .step(
        .init(step: 1, epoch: 1, batch: 1, metrics: ["critic_loss": -0.5, "generator_loss": 2, "mse": 1], seconds: 1)),
      .evaluation(.init(step: 1, metrics: ["critic_loss": -0.25, "jaccard": 0.5, "nearest_train": 1], seconds: 1)),
    ]
    let timed = events.map { TimedEvent($0, time: 0) }
    #expect(LossHistory(.steps, of: timed).columns == ["D_LOSS", "G_LOSS", "MSE_LOSS"])
    let history = LossHistory(.evaluations, of: timed)
    #expect(history.columns == ["D_VAL_LOSS", "JACCARD_VAL_LOSS", "NEAREST_TRAIN_VAL_LOSS"])
    #expect(history.rows == [.init(iteration: 1, values: [-0.25, 0.5, 1])])
  }

  @Test(arguments: ["", "1, 2\n", "# A, B\n1\n", "# A, B\nx, 1\n", "# A, B\n1, y\n"])
  func `a file in another layout is refused with its line`(text: String) throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write(text, to: folder.file("a"))
    #expect(message { _ = try LossHistory(contentsOf: folder.file("a")) }?.contains(folder.file("a").path) == true)
  }
}
