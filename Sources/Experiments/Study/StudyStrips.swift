import Foundation
import Geometry
import Torch
import Volumes

/// Picture strips of one series with the forecasts of every model of a format under it (the thesis's figures 7.3 to 8.10).
struct StudyStrips {
  /// What one model says about the series.
  struct Forecast {
    var title: String
    var example: ForecastExample
  }

  private let forecasts: [Forecast]
  /// Most frames that a strip shows; more are thinned out evenly.
  private static let columnLimit = 6

  /// Lets every model forecast the first judged series; all of them see the same frames.
  ///
  /// *Parameters*: `runs` are of one format, so that they see the same frames of the series.
  init(_ runs: [(model: StudyModel, run: ForecastRun)], options: StudyOptions, part: DatasetPart) throws {
    let device = try Device(parsing: options.device)
    let start = runs.map(\.run.configuration.rollout.window).max() ?? 1
    forecasts = try runs.map { model, run in
      let data = ForecastData(run.configuration, directory: options.data)
      let loader = try data.seriesLoader(part, limit: 1, batchSize: 1)
      guard let batch = try loader.nextBatch() else { throw ExperimentError("\(options.data): has no series to show") }
      let forecaster = try run.forecaster(on: device)
      let frames = batch.inputTensor(on: forecaster.device)
      let count = frames.shape[0]
      let (first, steps) = (min(start, count - 1), run.configuration.rollout.steps)
      let rolled = forecaster.rollout(
        after: frames.narrowed(0, start: 0, length: first), steps: min(steps, count - first),
        options: run.configuration.rollout)
      let examples = ForecastExample.examples(
        of: batch.names, frames: frames,
        predictions: forecaster.successors(of: frames.narrowed(0, start: 0, length: count - 1)),
        rollout: rolled, rolloutStart: first, count: 1)
      return Forecast(title: model.architecture.title, example: examples[0])
    }
  }

  /// The next frame, each from the true frames before it.
  func nextFrames() throws -> ContactSheet? {
    let counts = forecasts.map { $0.example.predictions.count / $0.example.shape.voxelsPerFrame }
    guard let example = forecasts.first?.example, let common = counts.min(), common > 0 else { return nil }
    let first = example.shape.frameCount - common
    let shown = Self.thinned(common).map { first + $0 }
    return try sheet(title: "Next frame: \(example.name)", columns: shown.map { ("frame \($0 + 1)", $0) }) {
      example, frame in
      let offset = example.shape.frameCount - example.predictions.count / example.shape.voxelsPerFrame
      return example.frame(example.predictions, frame - offset)
    }
  }

  /// Several steps ahead; every model sees its last frames before the first of them.
  func rollout() throws -> ContactSheet? {
    let counts = forecasts.map { $0.example.rollout.count / $0.example.shape.voxelsPerFrame }
    guard let example = forecasts.first?.example, let common = counts.min(), common > 0 else { return nil }
    let shown = Self.thinned(common)
    return try sheet(
      title: "Several steps ahead: \(example.name)",
      columns: shown.map { ("step \($0 + 1)", example.rolloutStart + $0) }
    ) { example, frame in example.frame(example.rollout, frame - example.rolloutStart) }
  }

  private func sheet(
    title: String, columns: [(label: String, frame: Int)], predicted: (ForecastExample, Int) -> [Float]
  ) throws -> ContactSheet {
    let shape = forecasts[0].example.shape
    let pictures = FramePictures(shape: shape, edge: 150)
    let truth = columns.map { forecasts[0].example.frame(forecasts[0].example.frames, $0.frame) }
    var rows = [try truth.map { try pictures.picture($0, color: .target) as Image? }]
    var labels = ["truth"]
    for forecast in forecasts {
      let values = columns.map { predicted(forecast.example, $0.frame) }
      rows.append(try values.map { try pictures.picture($0, color: .prediction) as Image? })
      rows.append(try zip(values, truth).map { try pictures.difference(prediction: $0, target: $1) as Image? })
      labels += [forecast.title, "difference"]
    }
    var sheet = ContactSheet(rows: rows, rowLabels: labels, columnLabels: columns.map(\.label), title: title)
    sheet.legend = ContactSheet.agreementLegend
    return sheet
  }

  private static func thinned(_ count: Int) -> [Int] {
    guard count > columnLimit else { return Array(0..<count) }
    return (0..<columnLimit).map { $0 * (count - 1) / (columnLimit - 1) }
  }
}

extension ContactSheet {
  /// What the colours of differences mean.
  fileprivate static let agreementLegend: [LegendEntry] = [
    .init("both", color: .agreement), .init("predicted only", color: .falsePositive),
    .init("truth only", color: .falseNegative),
  ]
}
