/// Walks a model's layers and takes the forecaster out of them, or says where they part.
struct ConvLSTMRecognition {
  let model: KerasModel
  private let generation: Int

  init(model: KerasModel) throws {
    self.model = model
    guard let generation = model.kerasGeneration, 2...3 ~= generation else {
      throw ForeignWeightsError(
        "\(model.fileName): written by Keras \(model.kerasVersion); only versions 2 and 3 are understood")
    }
    self.generation = generation
  }

  func result() throws -> KerasConvLSTM {
    try requireChain()
    var rest = model.layers[...]
    let grid = try takeInput(&rest)
    var cells: [KerasConvLSTM.Cell] = []
    var channels = 1
    while let layer = rest.first, layer.className == "ConvLSTM3D" {
      rest.removeFirst()
      var cell = try cell(layer, inputChannels: channels)
      if let next = rest.first, next.className == "BatchNormalization" {
        rest.removeFirst()
        cell.normalization = try normalization(next, channels: cell.filters)
      }
      cells.append(cell)
      channels = cell.filters
    }
    guard !cells.isEmpty else { throw unexpected(rest.first, wanted: "ConvLSTM3D") }
    let output = try takeOutput(&rest, inputChannels: channels)
    if let extra = rest.first { throw unexpected(extra, wanted: "the end of the model") }
    return KerasConvLSTM(kerasVersion: model.kerasVersion, grid: grid, cells: cells, output: output)
  }

  /// Every layer must read the one before it and nothing else.
  private func requireChain() throws {
    guard model.layers.contains(where: { !$0.inputs.isEmpty }) else { return }
    for (index, layer) in model.layers.enumerated() {
      let wanted = index == 0 ? [] : [model.layers[index - 1].name]
      guard layer.inputs == wanted else {
        let sources = layer.inputs.isEmpty ? "nothing" : layer.inputs.joined(separator: " and ")
        throw refusal(
          layer, "reads \(sources), not \(wanted.first ?? "nothing"); only a plain chain of layers is understood")
      }
    }
  }

  private func takeInput(_ rest: inout ArraySlice<KerasModel.Layer>) throws -> [Int?] {
    guard let first = rest.first else { throw ForeignWeightsError("\(model.fileName): the model has no layers") }
    let stated = first.configuration["batch_input_shape"] ?? first.configuration["batch_shape"]
    if first.className == "InputLayer" { rest.removeFirst() }
    guard let stated else { return [nil, nil, nil] }
    guard let extents = stated.elements, extents.count == 6 else {
      throw refusal(first, "takes \(stated.elements?.count ?? 0) axes, not batch, time, x, y, z and channel")
    }
    guard extents[5].integer == 1 else {
      throw refusal(first, "takes \(extents[5].integer.map(String.init) ?? "any number of") channels, not 1")
    }
    return extents[2...4].map(\.integer)
  }

  private func cell(_ layer: KerasModel.Layer, inputChannels: Int) throws -> KerasConvLSTM.Cell {
    let (filters, edge) = try convolution(layer)
    try require(layer, "activation", "relu", default: "tanh")
    let stated = try activationName(layer, "recurrent_activation")
    guard let activation = KerasConvLSTM.RecurrentActivation.resolve(stated, kerasGeneration: generation) else {
      throw refusal(layer, "has recurrent activation \(stated ?? "none"), not sigmoid or hard_sigmoid")
    }
    try require(layer, "return_sequences", true, default: false)
    for key in ["return_state", "go_backwards", "stateful", "time_major"] {
      try require(layer, key, false, default: false)
    }
    for key in ["dropout", "recurrent_dropout"] { try requireNumber(layer, key, 0, default: 0) }
    let gates = 4 * filters
    return KerasConvLSTM.Cell(
      name: layer.name, inputChannels: inputChannels, filters: filters, kernelSize: edge,
      recurrentActivation: activation,
      kernel: try kernel(layer, "kernel", [edge, edge, edge, inputChannels, gates]),
      recurrentKernel: try kernel(layer, "recurrent_kernel", [edge, edge, edge, filters, gates]),
      bias: try vector(layer, "bias", gates, unless: "use_bias", fill: 0), normalization: nil)
  }

  private func normalization(_ layer: KerasModel.Layer, channels: Int) throws -> KerasConvLSTM.Normalization {
    let axis = layer.configuration["axis"]
    guard !layer.isTimeDistributed, [nil, -1, 5].contains(axis?.integer ?? axis?[0]?.integer),
      axis?.elements?.count ?? 1 == 1
    else { throw refusal(layer, "does not normalise the last axis, the channels") }
    try require(layer, "renorm", false, default: false)
    let epsilon = layer.configuration["epsilon"]?.number ?? 1e-3
    let momentum = layer.configuration["momentum"]?.number ?? 0.99
    guard epsilon > 0, epsilon < 1, 0...1 ~= momentum else {
      throw refusal(layer, "has epsilon \(epsilon) and momentum \(momentum), which make no sense")
    }
    let variance = try vector(layer, "moving_variance", channels)
    guard variance.allSatisfy({ $0 >= 0 }) else { throw refusal(layer, "has a negative variance; the file is damaged") }
    return KerasConvLSTM.Normalization(
      name: layer.name, epsilon: epsilon, momentum: momentum,
      gamma: try vector(layer, "gamma", channels, unless: "scale", fill: 1),
      beta: try vector(layer, "beta", channels, unless: "center", fill: 0),
      movingMean: try vector(layer, "moving_mean", channels), movingVariance: variance)
  }

  /// A Conv3D with a sigmoid, in it or as a layer of its own.
  private func takeOutput(
    _ rest: inout ArraySlice<KerasModel.Layer>, inputChannels: Int
  ) throws -> KerasConvLSTM.Output {
    guard let layer = rest.first, layer.className == "Conv3D" else { throw unexpected(rest.first, wanted: "Conv3D") }
    rest.removeFirst()
    let (filters, edge) = try convolution(layer)
    guard filters == 1 else { throw refusal(layer, "has \(filters) filters, not 1") }
    try requireNumber(layer, "groups", 1, default: 1)
    switch try activationName(layer, "activation") ?? "linear" {
    case "sigmoid": break
    case "linear":
      guard let last = rest.first, last.className == "Activation" else {
        throw refusal(layer, "has no sigmoid activation, and no Activation layer follows it")
      }
      rest.removeFirst()
      try require(last, "activation", "sigmoid", default: "none")
    case let other: throw refusal(layer, "has activation \(other), not sigmoid")
    }
    return KerasConvLSTM.Output(
      name: layer.name, kernelSize: edge, kernel: try kernel(layer, "kernel", [edge, edge, edge, inputChannels, 1]),
      bias: try vector(layer, "bias", 1, unless: "use_bias", fill: 0))
  }
}
