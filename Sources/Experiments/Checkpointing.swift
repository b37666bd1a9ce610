import Foundation
import NN
import Torch
import Volumes

/// What is common to the checkpoints of all experiments: named states, random numbers, a place in the data.
enum Checkpointing {
  /// Name of the file in a checkpoint's folder.
  static let fileName = "state.safetensors"

  /// Writes states under their names, with the random state and the place in the data.
  static func write(
    _ states: [String: [String: Tensor]], generator: Generator, cursor: LoaderCursor, metadata: [String: String] = [:],
    to folder: URL
  ) throws {
    var tensors: [String: Tensor] = [:]
    for (name, state) in states {
      for (key, value) in state { tensors["\(name).\(key)"] = value }
    }
    let state = generator.state
    tensors["generator"] = Tensor(state, shape: [state.count])
    tensors["cursor"] = Tensor([Int64(cursor.epoch), Int64(cursor.position)], shape: [2])
    try StateFile(tensors: tensors, metadata: metadata).write(to: folder.appending(path: fileName).path)
  }

  /// Reads what ``write(_:generator:cursor:to:)`` wrote: each state goes to the function of its name.
  ///
  /// *Returns*: the place in the data.
  /// *Throws*: if a state is not of the run's networks and optimizers, or something is missing.
  static func read(
    from folder: URL, into loads: [(name: String, load: ([String: Tensor]) throws -> Void)], generator: Generator
  ) throws -> LoaderCursor {
    let file = try StateFile(reading: folder.appending(path: fileName).path)
    do {
      for (name, load) in loads { try load(file.part(name)) }
    } catch let mismatch as StateMismatch {
      throw ExperimentError("\(folder.path): not a checkpoint of the run's config.yaml: \(mismatch)")
    }
    guard let state = file.tensors["generator"], let place = file.tensors["cursor"], place.count == 2 else {
      throw ExperimentError("\(folder.path): the checkpoint lacks the random state or the place in the data")
    }
    try generator.restore(state.array(of: UInt8.self))
    let cursor = place.array(of: Int64.self)
    return LoaderCursor(epoch: Int(cursor[0]), position: Int(cursor[1]))
  }
}

extension StateFile {
  /// The tensors whose keys begin with `name.`, under the rest of their keys.
  func part(_ name: String) -> [String: Tensor] {
    var part: [String: Tensor] = [:]
    for (key, value) in tensors where key.hasPrefix("\(name).") { part[String(key.dropFirst(name.count + 1))] = value }
    return part
  }
}
