import Experiments
import Foundation
import Models
import NN
import Runs
import Torch

/// A run of a small shape decoder with random weights, as training and import leave them.
enum TinyShapes {
  static let latentSize = 4

  /// Makes the run; returns its path and a level that its field crosses in the middle of the cube for the code 0.
  static func run(in folder: TemporaryFolder, codes: Int = 0, clip: Double? = 0.1) throws -> (
    path: String, level: Double
  ) {
    var model = SDFNet.Configuration()
    (model.latentSize, model.width) = (latentSize, 16)
    var configuration = ShapeConfiguration()
    configuration.model = .sdfNet(model)
    configuration.field.clip = clip
    let path = folder.file("run")
    let generator = Generator(seed: 7)
    let network = try configuration.model.network(generator: generator)
    let environment = RunEnvironment(
      recipe: configuration.recipe, seed: 1, version: formcastVersion, engine: .init(device: "cpu"))
    let run = try RunDirectory.create(
      at: URL(filePath: path), configuration: configuration, environment: environment, existing: .refuse)
    try run.checkpoints.save(step: 0, epoch: 0) { folder in
      var tensors: [String: Tensor] = [:]
      for (key, value) in network.state() { tensors["model.\(key)"] = value }
      if codes > 0 {
        tensors["codes.table"] = Tensor.normal(
          [codes, latentSize], mean: 0, standardDeviation: 1, generator: generator)
      }
      try StateFile(tensors: tensors).write(to: folder.appending(path: "state.safetensors").path)
    }
    let field = try ShapeModel.open(path).field(code: [Float](repeating: 0, count: latentSize))
    return (path, Double(try field.samples(at: [SIMD3(0.1, -0.2, 0.3)], withGradients: false).distances[0]))
  }
}
