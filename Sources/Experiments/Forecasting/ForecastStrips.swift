import Foundation
import Geometry
import Volumes

/// Picture strips and surfaces of one evaluated series.
struct ForecastStrips {
  private let example: ForecastExample
  private let pictures: FramePictures
  /// Most frames that a strip shows; more are thinned out evenly.
  private static let columnLimit = 7

  init(_ example: ForecastExample) {
    self.example = example
    pictures = FramePictures(shape: example.shape)
  }

  /// Target, prediction and difference of some of the predicted frames (the thesis's figure 7.3).
  func nextFrames() throws -> ContactSheet {
    let count = example.predictions.count / example.shape.voxelsPerFrame
    let offset = example.shape.frameCount - count
    let shown = Self.thinned(count)
    let targets = shown.map { example.frame(example.frames, offset + $0) }
    let predictions = shown.map { example.frame(example.predictions, $0) }
    return try sheet(
      targets, predictions, columns: shown.map { "frame \(offset + $0 + 1)" }, title: "Next frame: \(example.name)")
  }

  /// Truth, forecast and difference of the steps of the rollout, after the last frame seen.
  func rollout() throws -> ContactSheet {
    let count = example.rollout.count / example.shape.voxelsPerFrame
    let shown = Self.thinned(count)
    let targets = shown.map { example.frame(example.frames, example.rolloutStart + $0) }
    let predictions = shown.map { example.frame(example.rollout, $0) }
    return try sheet(targets, predictions, columns: shown.map { "step \($0 + 1)" }, title: "Rollout: \(example.name)")
  }

  /// One target frame as voxels and as a surface (figure 3.1).
  func voxelsBesideSurface() throws -> ContactSheet {
    let values = example.frame(example.frames, example.shape.frameCount / 2)
    return ContactSheet(
      rows: [[try pictures.voxels(values, color: .target), try pictures.picture(values, color: .target)]],
      columnLabels: ["voxels", "surface"])
  }

  /// Surfaces of the first step of the rollout: last input, target and prediction, as binary STL.
  func writeSurfaces(to folder: URL, prefix: String) throws {
    let parts = [
      ("input", example.frame(example.frames, example.rolloutStart - 1)),
      ("target", example.frame(example.frames, example.rolloutStart)),
      ("prediction", example.frame(example.rollout, 0)),
    ]
    for (name, values) in parts {
      try pictures.surface(values).write(to: folder.appending(path: "\(prefix)_\(name).stl"))
    }
  }

  private func sheet(
    _ targets: [[Float]], _ predictions: [[Float]], columns: [String], title: String
  ) throws -> ContactSheet {
    let truth = try targets.map { try pictures.picture($0, color: .target) as Image? }
    let predicted = try predictions.map { try pictures.picture($0, color: .prediction) as Image? }
    let difference = try zip(predictions, targets).map {
      try pictures.difference(prediction: $0, target: $1) as Image?
    }
    var sheet = ContactSheet(
      rows: [truth, predicted, difference], rowLabels: ["truth", "prediction", "difference"], columnLabels: columns,
      title: title)
    sheet.legend = [
      .init("both", color: .agreement), .init("predicted only", color: .falsePositive),
      .init("truth only", color: .falseNegative),
    ]
    return sheet
  }

  private static func thinned(_ count: Int) -> [Int] {
    guard count > columnLimit else { return Array(0..<count) }
    return (0..<columnLimit).map { $0 * (count - 1) / (columnLimit - 1) }
  }
}
