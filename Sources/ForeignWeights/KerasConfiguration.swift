/// The layers that a model's configuration describes, still without weights.
package struct KerasConfiguration {
  private static let mostLayers = 512

  package let layers: [KerasModel.Layer]

  /// Understands functional models (layers that name what they read) and sequential ones.
  package init(_ model: JSONValue, file: String) throws {
    let kind = model["class_name"]?.text ?? "nothing"
    guard ["Functional", "Model", "Sequential"].contains(kind), let body = model["config"] else {
      throw ForeignWeightsError("\(file): describes a model of class \(kind); only Functional and Sequential are read")
    }
    // Keras before 2.2.3 wrote a sequential model's configuration as the bare list of its layers.
    guard let entries = body["layers"]?.elements ?? body.elements, entries.count <= Self.mostLayers else {
      throw ForeignWeightsError("\(file): the model's configuration has no list of layers")
    }
    layers = try entries.enumerated().map { try Self.layer($0.element, index: $0.offset, file: file) }
    guard Set(layers.map(\.name)).count == layers.count else {
      throw ForeignWeightsError("\(file): two layers have the same name; the file is damaged")
    }
  }

  private static func layer(_ entry: JSONValue, index: Int, file: String) throws -> KerasModel.Layer {
    guard var className = entry["class_name"]?.text, var configuration = entry["config"],
      let name = entry["name"]?.text ?? configuration["name"]?.text
    else { throw ForeignWeightsError("\(file): layer \(index) of the configuration has no class, name or settings") }
    let inputs = entry["inbound_nodes"].map(inputs) ?? []
    let isTimeDistributed = className == "TimeDistributed"
    if isTimeDistributed {
      guard let inner = configuration["layer"], let innerClass = inner["class_name"]?.text,
        let innerConfiguration = inner["config"]
      else { throw ForeignWeightsError("\(file): layer \(name) is a TimeDistributed without a layer in it") }
      (className, configuration) = (innerClass, innerConfiguration)
    }
    return KerasModel.Layer(
      name: name, className: className, isTimeDistributed: isTimeDistributed, configuration: configuration,
      inputs: inputs, weights: [])
  }

  /// Names of the layers read: Keras 2 lists `[name, node, tensor, arguments]`, Keras 3 tensors with their history.
  private static func inputs(_ nodes: JSONValue) -> [String] {
    var names: [String] = []
    for node in nodes.elements ?? [] {
      if let tensors = node.elements {
        names += tensors.compactMap { $0[0]?.text }
      } else {
        collectHistories(node["args"] ?? .null, into: &names)
        collectHistories(node["kwargs"] ?? .null, into: &names)
      }
    }
    return names
  }

  private static func collectHistories(_ value: JSONValue, into names: inout [String]) {
    switch value {
    case .array(let values): for value in values { collectHistories(value, into: &names) }
    case .object(let values):
      if let name = values["config"]?["keras_history"]?[0]?.text {
        names.append(name)
      } else {
        for key in values.keys.sorted() { values[key].map { collectHistories($0, into: &names) } }
      }
    default: break
    }
  }
}
