/// What is asked of single layers; every refusal names the layer, what it has and what was wanted.
extension ConvLSTMRecognition {
  private static let largestEdge = 63
  private static let mostFilters = 1 << 16

  func refusal(_ layer: KerasModel.Layer, _ what: String) -> ForeignWeightsError {
    ForeignWeightsError("\(model.fileName): layer \(layer.name) (\(layer.className)) \(what)")
  }

  func unexpected(_ layer: KerasModel.Layer?, wanted: String) -> ForeignWeightsError {
    guard let layer else {
      return ForeignWeightsError("\(model.fileName): the model ends where \(wanted) should follow")
    }
    return refusal(layer, "stands where \(wanted) should: not the ConvLSTM3D forecaster")
  }

  /// Filters and kernel edge of a convolution that keeps the grid.
  func convolution(_ layer: KerasModel.Layer) throws -> (filters: Int, edge: Int) {
    guard let filters = layer.configuration["filters"]?.integer, 1...Self.mostFilters ~= filters else {
      throw refusal(layer, "states no usable number of filters")
    }
    let size = layer.configuration["kernel_size"]
    let edges = size?.elements?.compactMap(\.integer) ?? Array(repeating: size?.integer ?? 0, count: 3)
    guard edges.count == 3, Set(edges).count == 1, let edge = edges.first, 1...Self.largestEdge ~= edge, edge % 2 == 1
    else { throw refusal(layer, "has kernel size \(edges), not a cube of odd edge") }
    try require(layer, "padding", "same", default: "valid")
    try require(layer, "data_format", "channels_last", default: "channels_last")
    for key in ["strides", "dilation_rate"] {
      let value = layer.configuration[key]
      let steps = value?.elements?.compactMap(\.integer) ?? [value?.integer ?? 1]
      guard steps.allSatisfy({ $0 == 1 }) else { throw refusal(layer, "has \(key) \(steps), not 1") }
    }
    return (filters, edge)
  }

  func require(_ layer: KerasModel.Layer, _ key: String, _ wanted: String, default fallback: String) throws {
    let value = try activationName(layer, key) ?? fallback
    guard value == wanted else { throw refusal(layer, "has \(key) \(value), not \(wanted)") }
  }

  func require(_ layer: KerasModel.Layer, _ key: String, _ wanted: Bool, default fallback: Bool) throws {
    let value = layer.configuration[key]?.flag ?? fallback
    guard value == wanted else { throw refusal(layer, "has \(key) \(value), not \(wanted)") }
  }

  func requireNumber(_ layer: KerasModel.Layer, _ key: String, _ wanted: Double, default fallback: Double) throws {
    let value = layer.configuration[key]?.number ?? fallback
    guard value == wanted else { throw refusal(layer, "has \(key) \(value), not \(wanted)") }
  }

  /// A function by name: Keras writes a string, or an object around one. Nil if nothing is stated.
  func activationName(_ layer: KerasModel.Layer, _ key: String) throws -> String? {
    guard let value = layer.configuration[key], value != .null else { return nil }
    guard let name = value.text ?? value["config"]?.text ?? value["class_name"]?.text else {
      throw refusal(layer, "has a \(key) that cannot be read")
    }
    return name
  }

  func kernel(_ layer: KerasModel.Layer, _ name: String, _ shape: [Int]) throws -> KerasConvLSTM.Kernel {
    KerasConvLSTM.Kernel(keras: try weight(layer, name, shape))
  }

  /// A vector of this length; `fill` everywhere if the layer's configuration says by `flag` that it has none.
  func vector(
    _ layer: KerasModel.Layer, _ name: String, _ count: Int, unless flag: String? = nil, fill: Float = 0
  ) throws -> [Float] {
    if let flag, layer.configuration[flag]?.flag == false { return Array(repeating: fill, count: count) }
    return try weight(layer, name, [count]).values
  }

  private func weight(_ layer: KerasModel.Layer, _ name: String, _ shape: [Int]) throws -> KerasModel.Weight {
    guard let weight = layer.weight(name) else {
      let present = layer.weights.map(\.name).joined(separator: ", ")
      throw refusal(layer, "has no weight \(name)\(present.isEmpty ? "" : ", only \(present)")")
    }
    guard weight.shape == shape, weight.values.count == shape.reduce(1, *) else {
      throw refusal(layer, "has \(name) of shape \(weight.shape), not \(shape)")
    }
    guard weight.values.allSatisfy(\.isFinite) else {
      throw refusal(layer, "has numbers in \(name) that are not finite; the file is damaged or the training diverged")
    }
    return weight
  }
}
