import Foundation
import Geometry
import Torch
import Volumes

/// The folder that a reconstruction is written into.
public struct ReconstructionFolder {
  private let folder: OutputFolder

  /// Makes the folder.
  ///
  /// *Throws*: `ExperimentError` if it holds other files and `force` is false.
  public init(_ path: String, force: Bool) throws { folder = try OutputFolder(path, mark: "report.json", force: force) }

  /// Writes `mesh.stl`, `mesh.glb`, `code.npy`, `picture.png`, and `report.json` last.
  public func write(_ outcome: Reconstruction.Outcome) throws {
    try outcome.mesh.write(to: folder.file("mesh.stl"))
    try outcome.mesh.write(to: folder.file("mesh.glb"))
    try NpyFile.write(NpyArray(shape: [1, outcome.code.count], outcome.code), to: folder.file("code.npy").path)
    try outcome.picture.writePNG(to: folder.file("picture.png").path)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try folder.write(try encoder.encode(outcome.report), as: "report.json")
  }
}

extension Reconstruction {
  /// Opens a model and reconstructs a shape with it; `device` is auto, cpu, cuda, cuda:N or mps.
  public static func run(
    _ request: ReconstructionRequest, model path: String, device: String, choice: ForecastRun.Choice = .best,
    progress: (Int, Double?) -> Void = { _, _ in }
  ) throws -> Outcome {
    let model = try ShapeModel.open(path, device: Device(parsing: device), choice: choice)
    return try Reconstruction(model, request)(progress: progress)
  }
}
