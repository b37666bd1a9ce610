import Foundation
import Runs
import Torch
import Volumes

/// Judges a forecaster on a part of a data set: next frame and rollout, against the target, the input and the null model.
public struct ForecastEvaluation {
  /// What the user says.
  public struct Options: Sendable {
    /// Folder of the data set.
    public var data: String
    /// Folder to write; nil for `evaluation` in the run.
    public var out: String?
    /// Part of the data set; nil for the test part, or validation where there is no test part.
    public var part: DatasetPart?
    /// Only the first so many series in name order; 0 for all.
    public var limit = 0
    /// Writes into a folder that holds other files.
    public var force = false
    /// Where to compute: auto, cpu, cuda, cuda:N or mps.
    public var device = "cpu"
    /// How progress is shown.
    public var progress = ProgressMode.automatic

    /// An evaluation on `data`.
    public init(data: String) { self.data = data }
  }

  /// What came of it.
  public struct Outcome: Sendable {
    /// The content of `metrics.json`.
    public var score: ForecastScore
    /// The folder that was written.
    public var folder: String
  }

  private let run: ForecastRun
  private let options: Options

  /// An evaluation of a run.
  public init(_ run: ForecastRun, options: Options) { (self.run, self.options) = (run, options) }

  /// Evaluates and writes `metrics.json`, `per_sample.csv`, figures, sample strips, surfaces and `report.html`.
  public func callAsFunction() throws -> Outcome {
    let folder = try OutputFolder(
      options.out ?? run.directory.url.appending(path: "evaluation").path, mark: "metrics.json", force: options.force)
    let measured = try measure()
    let score = measured.scorer.score()
    try folder.write(try score.json(), as: "metrics.json")
    try folder.write(Data(measured.scorer.perSampleCSV().utf8), as: "per_sample.csv")
    let report = ForecastReport(
      run: run, score: score, scorer: measured.scorer, samples: measured.examples, part: measured.part.rawValue)
    try report.write(to: folder)
    return Outcome(score: score, folder: folder.url.path)
  }

  private struct Measured {
    var scorer: ForecastScorer
    var examples: [ForecastExample]
    var part: DatasetPart
  }

  private func measure() throws -> Measured {
    let data = ForecastData(run.configuration, directory: options.data)
    let part = options.part ?? data.judgedPart
    let loader = try data.seriesLoader(part, limit: options.limit)
    let forecaster = try run.forecaster(on: Device(parsing: options.device))
    let rollout = run.configuration.rollout
    let frameCount = loader.sampleShape.frameCount
    let start = min(rollout.window, frameCount - 1)
    let steps = min(rollout.steps, frameCount - start)
    var scorer = ForecastScorer(voxelsPerFrame: loader.sampleShape.voxelsPerFrame)
    var examples: [ForecastExample] = []
    let progress = ProgressMeter(
      "evaluate", total: loader.windowsPerEpoch, options: .init(mode: options.progress, unit: "series"))
    while let batch = try loader.nextBatch() {
      let frames = batch.inputTensor(on: forecaster.device)
      let predictions = forecaster.successors(of: frames.narrowed(0, start: 0, length: frameCount - 1))
      try scorer.addNextFrames(predictions: predictions, frames: frames, names: batch.names)
      let rolled = forecaster.rollout(
        after: frames.narrowed(0, start: 0, length: start), steps: steps, options: rollout)
      try scorer.addRollouts(
        predictions: rolled, targets: frames.narrowed(0, start: start, length: steps),
        lastSeen: frames.narrowed(0, start: start - 1, length: 1), names: batch.names)
      if examples.isEmpty {
        examples = ForecastExample.examples(
          of: batch.names, frames: frames, predictions: predictions, rollout: rolled, rolloutStart: start)
      }
      progress.advance(by: batch.windowCount)
    }
    progress.finish()
    return Measured(scorer: scorer, examples: examples, part: part)
  }
}

/// One series with what was predicted for it, for pictures.
struct ForecastExample: Sendable {
  let name: String
  let shape: Series.Shape
  /// All frames, the predictions of the last ones, and the rollout from `rolloutStart` on.
  let frames: [Float], predictions: [Float], rollout: [Float]
  let rolloutStart: Int

  /// The first `count` series of a batch.
  static func examples(
    of names: [String], frames: Tensor, predictions: Tensor, rollout: Tensor, rolloutStart: Int, count: Int = 2
  ) -> [ForecastExample] {
    let extents = frames.shape
    return names.prefix(count).enumerated().map { index, name in
      func values(_ tensor: Tensor) -> [Float] { tensor.narrowed(1, start: index, length: 1).sampleMajor() }
      return ForecastExample(
        name: name, shape: .init(frameCount: extents[0], depth: extents[3], height: extents[4], width: extents[5]),
        frames: values(frames), predictions: values(predictions), rollout: values(rollout), rolloutStart: rolloutStart)
    }
  }

  /// Frame number `index` of one of the lists.
  func frame(_ list: [Float], _ index: Int) -> [Float] {
    Array(list[(index * shape.voxelsPerFrame)..<((index + 1) * shape.voxelsPerFrame)])
  }
}
