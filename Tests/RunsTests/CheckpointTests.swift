import Foundation
import Runs
import Testing

@Suite struct CheckpointTests {
  let folder: TemporaryFolder
  let store: CheckpointStore

  init() throws {
    folder = try TemporaryFolder()
    store = CheckpointStore(directory: folder.url)
  }

  @discardableResult
  private func save(_ step: Int, _ metrics: [String: Double] = [:], content: String = "weights") throws -> Checkpoint {
    try store.save(step: step, epoch: 1 + step / 10, metrics: metrics) { url in
      try AtomicFile.write(content, to: url.appendingPathComponent("model.safetensors"))
      try FileManager.default.createDirectory(
        at: url.appendingPathComponent("codes"), withIntermediateDirectories: true)
      try AtomicFile.write("abc", to: url.appendingPathComponent("codes/table"))
    }
  }

  @Test func `checkpoints are listed by step with what was measured`() throws {
    for step in [1000, 5, 200] { try save(step, ["jaccard": 1 / Double(step), "mse": .nan]) }
    let all = try store.all()
    #expect(all.map(\.step) == [5, 200, 1000])
    #expect(all[1].files == ["model.safetensors": 7, "codes/table": 3] && all[1].epoch == 21)
    #expect(all[1].metrics["jaccard"] == 1.0 / 200 && all[1].metrics["mse"]?.isNaN == true)
    #expect(try store.latest()?.name == "step-000001000")
    #expect(FileManager.default.fileExists(atPath: store.url(of: all[0]).appendingPathComponent("codes/table").path))
  }

  @Test func `an incomplete checkpoint is never picked up`() throws {
    try save(1)
    let damages: [(String, (URL) throws -> Void)] = [
      ("step-000000002", { try FileManager.default.removeItem(at: $0.appendingPathComponent("checkpoint.json")) }),
      ("step-000000003", { try FileManager.default.removeItem(at: $0.appendingPathComponent("model.safetensors")) }),
      ("step-000000004", { try Data([1]).write(to: $0.appendingPathComponent("model.safetensors")) }),
      ("step-000000005", { try Data("{".utf8).write(to: $0.appendingPathComponent("checkpoint.json")) }),
    ]
    for (index, damage) in damages.enumerated() {
      try save(index + 2)
      try damage.1(folder.file(damage.0))
    }
    try save(6)
    try FileManager.default.moveItem(
      at: folder.file("step-000000006"), to: folder.file(".step-000000006.formcast-tmp-00000000000000aa"))
    try save(7)
    try FileManager.default.moveItem(at: folder.file("step-000000007"), to: folder.file("step-000000008"))
    try AtomicFile.write("x", to: folder.file("step-000000099"))
    #expect(try store.all().map(\.step) == [1])
  }

  @Test func `saving a step again replaces it only when the new one is whole`() throws {
    try save(4, content: "first")
    struct DiskFull: Error {}
    #expect(throws: DiskFull.self) { try store.save(step: 4, epoch: 1) { _ in throw DiskFull() } }
    #expect(try store.all().map(\.name) == ["step-000000004"])
    try save(4, content: "second!")
    let all = try store.all()
    #expect(all.map(\.name) == ["step-000000004-2"] && all[0].files["model.safetensors"] == 7)
    #expect(try folder.names() == ["step-000000004-2"])
  }

  @Test(arguments: [
    (CheckpointRetention(newestCount: 2), [50, 60]),
    (CheckpointRetention(newestCount: 0), [60]),
    (CheckpointRetention(newestCount: 1, criterion: .init(metric: "jaccard")), [20, 60]),
    (CheckpointRetention(newestCount: 1, bestCount: 2, criterion: .init(metric: "jaccard")), [20, 40, 60]),
    (CheckpointRetention(newestCount: 1, criterion: .init(metric: "jaccard", prefersLower: false)), [50, 60]),
    (CheckpointRetention(newestCount: 1, criterion: .init(metric: "absent")), [60]),
    (CheckpointRetention(newestCount: 1, stepInterval: 30), [30, 60]),
  ])
  func `pruning keeps the newest, the best and the regular ones`(retention: CheckpointRetention, kept: [Int]) throws {
    let jaccard = [10: 0.5, 20: 0.2, 30: .nan, 40: 0.2, 50: 0.9]
    for step in stride(from: 10, through: 60, by: 10) { try save(step, jaccard[step].map { ["jaccard": $0] } ?? [:]) }
    let removed = try store.prune(keeping: retention)
    #expect(try store.all().map(\.step) == kept)
    #expect(removed.count == 6 - kept.count)
  }

  @Test func `the best is found by either metric and direction`() throws {
    try save(1, ["mse": 3])
    try save(2, ["mse": 1])
    try save(3, ["mse": .infinity])
    #expect(try store.best(by: .init(metric: "mse"))?.step == 2)
    #expect(try store.best(by: .init(metric: "mse", prefersLower: false))?.step == 1)
    #expect(try store.best(by: .init(metric: "iou")) == nil)
  }
}
