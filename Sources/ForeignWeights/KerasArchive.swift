import Foundation

/// The `.keras` layout: a zip with `config.json`, `metadata.json` and the weights as an HDF5 file.
struct KerasArchive {
  /// Where Keras keeps the layers' weights: since 2.13, and before.
  private static let members: Set = ["layers", "_layer_checkpoint_dependencies"]

  private let name: String
  private let configuration: Data, metadata: Data, weights: Data

  init(_ bytes: Data, name: String) throws {
    self.name = name
    let parts = try ZipImage.read(
      ["config.json", "metadata.json", "model.weights.h5"],
      limits: [JSONValue.longestText, JSONValue.longestText, HDF5Image.largestFile], from: bytes, name: name)
    (configuration, metadata, weights) = (parts[0], parts[1], parts[2])
  }

  func model() throws -> KerasModel {
    let facts = try JSONValue(parsing: metadata, part: "metadata.json", of: name)
    guard let version = facts["keras_version"]?.text else {
      throw ForeignWeightsError("\(name): metadata.json has no keras_version; save the model again")
    }
    let description = try JSONValue(parsing: configuration, part: "config.json", of: name)
    let layers = try KerasConfiguration(description, file: name).layers
    return try HDF5Image.withImage(weights, name: "\(name)/model.weights.h5", names: Self.members) { image in
      let root = image.contains(["layers"]) ? "layers" : "_layer_checkpoint_dependencies"
      var used: [String: Int] = [:]
      var filled: [KerasModel.Layer] = []
      for var layer in layers {
        let outer = Self.snakeCase(layer.isTimeDistributed ? "TimeDistributed" : layer.className)
        let earlier = used[outer, default: 0]
        used[outer] = earlier + 1
        let group = [root, earlier == 0 ? outer : "\(outer)_\(earlier)"]
        layer.weights = try Self.weights(of: layer, below: group, in: image)
        filled.append(layer)
      }
      return KerasModel(kerasVersion: version, layers: filled, fileName: name)
    }
  }

  /// Weights are numbered here; their order is that in which the layer makes them.
  private static func weights(
    of layer: KerasModel.Layer, below group: [String], in image: borrowing HDF5Image
  ) throws -> [KerasModel.Weight] {
    let path = group + (layer.isTimeDistributed ? ["layer"] : []) + (layer.className == "ConvLSTM3D" ? ["cell"] : [])
    var weights: [KerasModel.Weight] = []
    for (index, name) in names(of: layer).enumerated() {
      let (shape, values) = try image.floats(path + ["vars", "\(index)"])
      weights.append(KerasModel.Weight(name: name, shape: shape, values: values))
    }
    return weights
  }

  private static func names(of layer: KerasModel.Layer) -> [String] {
    let has = { (key: String) in layer.configuration[key]?.flag ?? true }
    switch layer.className {
    case "ConvLSTM3D": return ["kernel", "recurrent_kernel"] + (has("use_bias") ? ["bias"] : [])
    case "Conv3D": return ["kernel"] + (has("use_bias") ? ["bias"] : [])
    case "BatchNormalization":
      return (has("scale") ? ["gamma"] : []) + (has("center") ? ["beta"] : []) + ["moving_mean", "moving_variance"]
    default: return []
    }
  }

  /// Keras names the groups by class, not by layer: `ConvLSTM3D` is `conv_lstm3d`, the second one `conv_lstm3d_1`.
  static func snakeCase(_ className: String) -> String {
    let letters = Array(className.filter { $0.isLetter || $0.isNumber || $0 == "_" })
    var name = ""
    for (index, letter) in letters.enumerated() {
      let follows = index > 0 && letter.isUppercase
      let startsWord = follows && index + 1 < letters.count && letters[index + 1].isLowercase
      if startsWord || (follows && letters[index - 1].isLowercase) { name += "_" }
      name += letter.lowercased()
    }
    return name
  }
}
