import ForeignWeights
import Foundation
import NN
import Torch

/// Named numbers of a file of foreign weights, read as far as they are asked for.
struct ForeignState {
  /// What the file is called, for messages.
  let name: String
  /// Keys and shapes, in the file's order where it has one.
  let entries: [DecoderLayout.Entry]
  /// What else the file holds that was left alone.
  let remarks: [String]
  private let read: (String) throws -> [Float]

  /// The state dict of a PyTorch or safetensors file.
  ///
  /// *Throws*: if the file is neither, or damaged.
  init(contentsOf path: String) throws {
    let url = URL(filePath: path)
    name = url.lastPathComponent
    switch try WeightsFile.Kind(of: url) {
    case .pyTorchArchive, .pyTorchLegacy:
      let file = try PyTorchFile(contentsOf: url)
      let group = try file.stateDictionary()
      entries = group.tensors.map { .init(name: $0.name, shape: $0.shape) }
      let formats = Set(group.tensors.map(\.element)).subtracting([.float32])
      remarks =
        (group.others.isEmpty ? [] : ["left alone: \(group.others.joined(separator: ", "))"])
        + (formats.isEmpty
          ? [] : ["converted to float32 from \(formats.map { "\($0)" }.sorted().joined(separator: ", "))"])
      read = { key in try group.tensor(key).map { try file.floats($0) } ?? [] }
    case .safetensors:
      let file = try StateFile(reading: path)
      entries = file.tensors.sorted { $0.key < $1.key }.map { .init(name: $0.key, shape: $0.value.shape) }
      remarks = []
      read = { key in file.tensors[key]?.to(dtype: .float32).array() ?? [] }
    case let other:
      throw ExperimentError("\(path): is \(other.rawValue), which holds no shape decoder; formcast import reads it")
    }
  }

  /// The values of an entry; throws if one of them is no number.
  func values(_ key: String) throws -> [Float] {
    let values = try read(key)
    guard values.allSatisfy(\.isFinite) else {
      throw ExperimentError(
        "\(name): \(key) has numbers that are not finite; the file is damaged or the training diverged")
    }
    return values
  }
}
