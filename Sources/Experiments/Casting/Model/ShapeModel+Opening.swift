import Foundation
import Models
import NN
import Runs
import Torch

extension ShapeModel {
  /// Opens a run of a shape decoder, or a file of foreign weights.
  ///
  /// *Throws*: if it is neither, or its weights do not fit its configuration.
  public static func open(
    _ path: String, device: Device = .cpu, choice: ForecastRun.Choice = .best
  ) throws -> ShapeModel {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ExperimentError("\(path): no such run or file of weights; check the path")
    }
    return isFolder.boolValue
      ? try openRun(path, device: device, choice: choice) : try openWeights(path, device: device)
  }

  private static func openWeights(_ path: String, device: Device) throws -> ShapeModel {
    let imported = try DecoderImport.read(path)
    let network = try imported.network()
    network.move(to: device)
    return ShapeModel(network, configuration: imported.configuration, path: path)
  }

  private static func openRun(_ path: String, device: Device, choice: ForecastRun.Choice) throws -> ShapeModel {
    let run = try RunDirectory.open(at: URL(filePath: path))
    let recipe = try run.readEnvironment().recipe
    guard !ForecastRecipe.all.contains(where: { $0.name == recipe }) else {
      throw ExperimentError("\(path): a run of the forecaster \(recipe), which has no shapes; name a run of shapes")
    }
    var training: AutodecoderConfiguration?
    var configuration = ShapeConfiguration()
    if ShapeRecipe.all.contains(where: { $0.name == recipe }) {
      let own = try run.readConfiguration(AutodecoderConfiguration.self)
      (training, configuration) = (own, own.shape)
    } else if ShapeGANRecipe.all.contains(where: { $0.name == recipe }) {
      configuration = try run.readConfiguration(VoxelGANConfiguration.self).shape
    } else {
      configuration = try run.readConfiguration(ShapeConfiguration.self)
    }
    try configuration.validate()
    let checkpoint = try ForecastRun.checkpoint(choice, of: run, rankedBy: training?.training.bestBy.rawValue)
    let folder = run.checkpoints.url(of: checkpoint)
    let file = try StateFile(reading: folder.appending(path: Checkpointing.fileName).path)
    let network = try configuration.model.network(generator: Generator(seed: 0))
    let average = file.part("average")
    try network.load(average.isEmpty ? file.part("model") : average)
    network.move(to: device)
    let codes = try codes(in: file, of: run, latentSize: network.latentSize)
    return ShapeModel(network, configuration: configuration, training: training, codes: codes, run: run, path: path)
  }

  private static func codes(in file: StateFile, of run: RunDirectory, latentSize: Int) throws -> CodeTable? {
    guard let values = file.tensors["codes.table"], latentSize > 0 else { return nil }
    let entries =
      try CodeTable.entries(in: file, path: run.url.path)
      ?? (0..<values.shape[0]).map { ShapeEntry(id: "shape-\($0)") }
    guard values.shape == [entries.count, latentSize] else {
      throw ExperimentError(
        "\(run.url.path): the checkpoint lists \(entries.count) shapes and has codes \(values.shape); it is damaged")
    }
    return CodeTable(entries: entries, values: values.array(), latentSize: latentSize)
  }
}
