import Foundation
import NN
import Runs
import Torch

extension ImportedDecoder {
  /// What `config.yaml` of its run says.
  var configuration: ShapeConfiguration {
    var configuration = ShapeConfiguration()
    (configuration.model, configuration.field) = (model, field)
    return configuration
  }

  /// Writes a run that holds the weights, and the codes where there are some, as its only checkpoint.
  ///
  /// *Throws*: if the folder has something in it, unless `force` allows to replace a run.
  public func write(to path: String, force: Bool) throws -> RunDirectory {
    let configuration = configuration
    try configuration.validate()
    let environment = try RunEnvironment.current(
      recipe: configuration.recipe, seed: configuration.seed, device: "cpu")
    var tensors: [String: Tensor] = [:]
    for (key, value) in try network().state() { tensors["model.\(key)"] = value }
    var metadata: [String: String] = [:]
    if let codes {
      tensors["codes.table"] = Tensor(codes.values, shape: [codes.entries.count, codes.latentSize])
      metadata[CodeTable.metadataKey] = try CodeTable.text(of: codes.entries)
    }
    let run = try RunDirectory.create(
      at: URL(filePath: path), configuration: configuration, environment: environment,
      existing: force ? .replaceRun : .refuse)
    let lock = try run.lock()
    _ = try withExtendedLifetime(lock) {
      try run.checkpoints.save(step: 0, epoch: 0) { folder in
        try StateFile(tensors: tensors, metadata: metadata).write(
          to: folder.appending(path: Checkpointing.fileName).path)
      }
    }
    return run
  }
}
