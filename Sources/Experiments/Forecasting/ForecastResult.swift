import Foundation
import Geometry
import Volumes

/// Forecast frames of one series, and what is written of them.
struct ForecastResult {
  let series: Series
  /// Probabilities [K, D, H, W].
  let values: [Float]
  let steps: Int
  /// The last frame seen.
  let last: Int
  /// Frames of the series that show what came, in the order of the steps; may be fewer than the steps.
  let truth: [Int]

  private var voxels: Int { series.shape.voxelsPerFrame }

  /// Share of voxels above 0.5 in each frame.
  var occupancy: [Double] {
    (0..<steps).map { step in Double(frame(step).count { $0 > 0.5 }) / Double(voxels) }
  }

  /// Jaccard distances of forecast and of the last frame seen to the truth.
  func errors() -> (jaccard: [Double], persistence: [Double]) {
    let seen = known(last)
    let pairs = truth.enumerated().map { step, index in
      let target = known(index)
      return (VoxelErrors(frame(step), target).jaccardDistance, VoxelErrors(target, seen).jaccardDistance)
    }
    return (pairs.map(\.0), pairs.map(\.1))
  }

  /// Writes the frames as numbers, surfaces and a picture.
  func write(to folder: OutputFolder, meshExtension: String) throws {
    let shape = series.shape
    let array = NpyArray(shape: [steps, shape.depth, shape.height, shape.width], values)
    let pictures = FramePictures(shape: shape, affine: series.affine)
    let surfaces = try folder.folder("surfaces")
    for step in 0..<steps {
      try pictures.surface(frame(step)).write(to: surfaces.appending(path: "step_\(step + 1).\(meshExtension)"))
    }
    try sheet(pictures).image().writePNG(to: folder.file("forecast.png").path)
    if series.affine != nil {
      let frames = Series.Shape(frameCount: steps, depth: shape.depth, height: shape.height, width: shape.width)
      let forecast = Series(name: series.name, shape: frames, values: .float32(values), affine: series.affine)
      try SeriesFile.write(forecast, to: folder.file("forecast.nii.gz").path)
    }
    try NpyFile.write(array, to: folder.file("forecast.npy").path)
  }

  private func sheet(_ pictures: FramePictures) throws -> ContactSheet {
    let seen = try pictures.picture(known(last), color: .input)
    var rows: [[Image?]] = [[seen] + (try (0..<steps).map { try pictures.picture(frame($0), color: .prediction) })]
    var labels = ["forecast"]
    if !truth.isEmpty {
      rows.append([nil] + (try truth.map { try pictures.picture(known($0), color: .target) }))
      labels.append("truth")
    }
    return ContactSheet(
      rows: rows, rowLabels: labels, columnLabels: ["last seen"] + (1...steps).map { "step \($0)" },
      title: "Forecast: \(series.name)")
  }

  private func frame(_ step: Int) -> [Float] { Array(values[(step * voxels)..<((step + 1) * voxels)]) }

  private func known(_ index: Int) -> [Float] { series.selecting(frames: [index]).values.floats }
}
