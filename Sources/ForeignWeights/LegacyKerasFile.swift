import Foundation

/// The `.h5` layout of Keras 2 and 3: the configuration as an attribute of the root, and below `model_weights` a group
/// per layer whose attribute `weight_names` says where its weights lie and in which order.
enum LegacyKerasFile {
  static let members: Set = ["model_weights"]
  private static let root = ["model_weights"]

  static func model(in image: borrowing HDF5Image) throws -> KerasModel {
    guard let text = try image.texts(attribute: "model_config", of: [])?.first else {
      throw ForeignWeightsError(
        "\(image.name): has no model_config; save the whole model with model.save, not only its weights")
    }
    let version = try image.texts(attribute: "keras_version", of: [])?.first
    let configuration = try JSONValue(parsing: Data(text.utf8), part: "model_config", of: image.name)
    var layers = try KerasConfiguration(configuration, file: image.name).layers
    let names = try list("layer_names", of: root, in: image)
    for index in layers.indices where names.contains(layers[index].name) {
      layers[index].weights = try weights(of: layers[index].name, in: image)
    }
    guard let version else {
      throw ForeignWeightsError("\(image.name): does not say which version of Keras wrote it; save the model again")
    }
    return KerasModel(kerasVersion: version, layers: layers, fileName: image.name)
  }

  private static func weights(of layer: String, in image: borrowing HDF5Image) throws -> [KerasModel.Weight] {
    let group = root + parts(layer)
    var weights: [KerasModel.Weight] = []
    for name in try list("weight_names", of: group, in: image) {
      let path = parts(name)
      let (shape, values) = try image.floats(group + path)
      let plain = path.last.map { $0.split(separator: ":").first.map(String.init) ?? $0 } ?? name
      weights.append(KerasModel.Weight(name: plain, shape: shape, values: values))
    }
    return weights
  }

  /// A list of names; one too long for an attribute is spread over `name0`, `name1`, ...
  private static func list(_ name: String, of path: [String], in image: borrowing HDF5Image) throws -> [String] {
    if let whole = try image.texts(attribute: name, of: path) { return whole }
    var names: [String] = []
    var part = 0
    while part < 64, let more = try image.texts(attribute: "\(name)\(part)", of: path) {
      names += more
      part += 1
    }
    guard part > 0 else {
      throw image.damaged(path, "has no attribute \(name); the file is incomplete or was not written by Keras")
    }
    return names
  }

  private static func parts(_ path: String) -> [String] { path.split(separator: "/").map(String.init) }
}
