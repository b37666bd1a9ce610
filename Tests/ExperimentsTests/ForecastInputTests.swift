import Experiments
import Foundation
import Testing
import Volumes

extension TrainedTests {
  @Suite("What train refuses to learn from")
  struct ForecastInputTests {
    let data: TinyData

    init() throws { data = try TinyData() }

    private func write(_ values: Series.Values, _ name: String = "strange.npz") throws {
      let shape = Series.Shape(frameCount: 32, depth: 8, height: 8, width: 8)
      let part = DatasetPart.training.folderName
      let folder = "\(data.folder)/\(part)"
      for path in try DatasetPart.training.paths(in: data.folder) { try FileManager.default.removeItem(atPath: path) }
      for index in 0..<4 {
        try SeriesFile.write(Series(name: "strange", shape: shape, values: values), to: "\(folder)/\(index)\(name)")
      }
    }

    private func refusal() -> String? { message { _ = try data.train(TinyData.configuration, "run") } }

    @Test("Values beyond 0 and 1, with the file and what to do", arguments: [Float(255), -0.5, 1.0001])
    func range(value: Float) throws {
      var floats = [Float](repeating: 0, count: 32 * 512)
      floats[16 * 512 + 5] = value
      try write(.float32(floats))
      let line = try #require(refusal())
      #expect(line.contains("strange.npz") && line.contains("\(value)") && line.contains("--threshold"), "\(line)")
      #expect(!FileManager.default.fileExists(atPath: data.path("run")))
    }

    @Test("Bytes that are grey values")
    func bytes() throws {
      try write(.uint8((0..<(32 * 512)).map { UInt8($0 % 256) }))
      #expect(refusal()?.contains("--threshold") == true)
    }

    @Test("Probabilities are fine")
    func probabilities() throws {
      try write(.float32((0..<(32 * 512)).map { Float($0 % 101) / 100 }))
      #expect(refusal() == nil)
    }

    @Test("A validation series that is none stops the run at the evaluation, with its name")
    func validation() throws {
      let part = DatasetPart.validation.folderName
      let shape = Series.Shape(frameCount: 32, depth: 8, height: 8, width: 8)
      try SeriesFile.write(
        Series(name: "grey", shape: shape, values: .uint8([UInt8](repeating: 9, count: shape.count))),
        to: "\(data.folder)/\(part)/zz_grey.npz")
      let line = try #require(refusal())
      #expect(line.contains("zz_grey.npz"), "\(line)")
      #expect(try data.run("run").checkpoints.latest()?.step == 2)
    }

    @Test("No data, no split, too many frames, no validation series: nothing is written")
    func folders() throws {
      let configuration = TinyData.configuration
      #expect(
        message { _ = try data.train(configuration, "run", data: data.path("source")) }?.contains("data split") == true)
      var long = configuration
      long.data.format = "t80"
      #expect(message { _ = try data.train(long, "run") }?.contains("32 time points") == true)
      var indivisible = configuration
      indivisible.data.format = "t7/2"
      #expect(message { _ = try data.train(indivisible, "run") }?.contains("TINC") == true)
      var large = configuration
      large.training.batchSize = 13
      #expect(message { _ = try data.train(large, "run") }?.contains("batch of 13") == true)
      try FileManager.default.removeItem(atPath: "\(data.folder)/\(DatasetPart.training.folderName)")
      try FileManager.default.createDirectory(
        atPath: "\(data.folder)/\(DatasetPart.training.folderName)", withIntermediateDirectories: true)
      #expect(refusal() != nil)
      #expect(!FileManager.default.fileExists(atPath: data.path("run")))
    }

    @Test("A learning rate that makes the loss infinite stops with a clear line and keeps the last good checkpoint")
    func divergence() throws {
      var configuration = TinyData.configuration
      configuration.optimizer.learningRate = 1e30
      let line = try #require(message { _ = try data.train(configuration, "run") })
      #expect(line.contains("not finite") && line.contains("optimizer.learningRate"), "\(line)")
      let run = try data.run("run")
      let newest = try #require(try run.checkpoints.latest())
      #expect(newest.step >= 1 && newest.step < 6)
    }
  }
}
