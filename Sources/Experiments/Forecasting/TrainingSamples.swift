import Foundation
import Geometry
import Torch
import Volumes

/// Fixed training and validation series of which every validation writes the predicted last frame as a surface.
struct TrainingSamples {
  private struct Sample {
    let name: String
    let frames: Tensor
  }

  private let samples: [Sample]
  private let pictures: FramePictures?

  /// The first `count` series of the training and of the validation part.
  init(_ data: ForecastData, count: Int, device: Device) throws {
    guard count > 0 else {
      (samples, pictures) = ([], nil)
      return
    }
    var samples: [Sample] = []
    var shape: Series.Shape?
    for part in [DatasetPart.training, .validation] {
      let loader = try data.seriesLoader(part, limit: count, batchSize: 1)
      shape = loader.sampleShape
      while let batch = try loader.nextBatch() {
        samples.append(
          Sample(name: "\(part.rawValue)_\(samples.count % count + 1)", frames: batch.inputTensor(on: device)))
      }
    }
    self.samples = samples
    pictures = shape.map { FramePictures(shape: $0) }
  }

  /// Writes the prediction of the last frame of each series, and the last frame itself the first time.
  ///
  /// *Returns*: names of the files written.
  func write(_ forecaster: some Forecaster, step: Int, to folder: URL) throws -> [String] {
    guard let pictures else { return [] }
    var names: [String] = []
    func write(_ frame: Tensor, _ name: String) throws {
      try pictures.surface(frame.array(of: Float.self)).write(to: folder.appending(path: name))
      names.append(name)
    }
    for sample in samples {
      let count = sample.frames.shape[0] - 1
      let known = sample.frames.narrowed(0, start: 0, length: count)
      let predicted = forecaster.successors(of: known)
      let number = String(format: "%09d", step)
      try write(
        predicted.narrowed(0, start: predicted.shape[0] - 1, length: 1), "\(sample.name)_step_\(number).stl")
      let target = "\(sample.name)_target.stl"
      if !FileManager.default.fileExists(atPath: folder.appending(path: target).path) {
        try write(sample.frames.narrowed(0, start: count, length: 1), target)
      }
    }
    return names
  }
}
