import NN
import Torch

/// What is common to the checkpoints of all experiments.
enum Checkpointing {
  /// Name of the file in a checkpoint's folder.
  static let fileName = "state.safetensors"
}

extension StateFile {
  /// The tensors whose keys begin with `name.`, under the rest of their keys.
  func part(_ name: String) -> [String: Tensor] {
    var part: [String: Tensor] = [:]
    for (key, value) in tensors where key.hasPrefix("\(name).") { part[String(key.dropFirst(name.count + 1))] = value }
    return part
  }
}
