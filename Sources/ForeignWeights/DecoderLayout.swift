/// Which shape decoder a state dict holds, told by its keys and shapes alone.
///
/// Three networks are known: the article's signed-distance network, the generator of its PointNet GAN, and DeepSDF's decoder.
/// Widths, lengths of codes and numbers of layers follow from the shapes; then every key and shape must be as that network
/// has them.
///
/// *Reference*: Kleineberg, Fey, Weichert 2020, arXiv 2002.00349; Park et al. 2019, arXiv 1901.05103; the keys are those of
/// their published code.
public struct DecoderLayout: Sendable, Equatable {
  /// A network with its sizes.
  public enum Network: Sendable, Equatable {
    /// The article's: autodecoder, and generator of the voxel GANs.
    case sdfNet(latentSize: Int, width: Int, layerCount: Int)
    /// Generator of the PointNet GAN.
    case sdfGenerator(latentSize: Int, width: Int, layerCount: Int)
    /// DeepSDF's decoder.
    case deepSDF(latentSize: Int, width: Int, hiddenCount: Int, skipLayer: Int, weights: WeightForm)
  }

  /// How a weight-normalised layer keeps its weight.
  public enum WeightForm: String, Sendable {
    /// `weight_g` and `weight_v`, as `torch.nn.utils.weight_norm` has them.
    case lengthAndDirection
    /// `parametrizations.weight.original0` and `original1`, of newer PyTorch.
    case parametrization
    /// One `weight`: the norm was taken out.
    case plain
  }

  /// A key and a shape, as a file has them.
  public struct Entry: Sendable, Equatable {
    /// The key.
    public var name: String
    /// Extents.
    public var shape: [Int]

    /// An entry.
    public init(name: String, shape: [Int]) { (self.name, self.shape) = (name, shape) }
  }

  /// The network.
  public let network: Network
  /// What stands before every key of the file, such as `module.`.
  public let prefix: String
  /// The network's own entries, without the prefix, in order.
  public let entries: [Entry]

  /// Parameters of the network.
  public var parameterCount: Int {
    entries.reduce(0) { $0 + $1.shape.reduce(1, *) }
  }

  /// Recognises the network of a state dict.
  ///
  /// *Throws*: `ForeignWeightsError` if it is none of the three, with the network that it is otherwise where that is known, or
  /// with all keys that are missing, unexpected or of another shape.
  public init(_ found: [Entry], file: String) throws {
    let shapes = Dictionary(found.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    let candidates = DecoderCandidates(shapes)
    guard let best = candidates.best else {
      throw ForeignWeightsError("\(file): \(OtherNetworks.remark(on: Array(shapes.keys)))")
    }
    try best.network.requireSensible(file: file)
    (network, prefix, entries) = (best.network, best.prefix, best.network.entries)
    let expected = Dictionary(uniqueKeysWithValues: entries.map { (best.prefix + $0.name, $0.shape) })
    let missing = entries.map { best.prefix + $0.name }.filter { shapes[$0] == nil }
    let unexpected = found.map(\.name).filter { expected[$0] == nil }
    let misshaped = found.compactMap { entry -> String? in
      guard let wanted = expected[entry.name], wanted != entry.shape else { return nil }
      return "\(entry.name) is \(entry.shape), not \(wanted)"
    }
    let complaints = [("missing", missing), ("unexpected", unexpected), ("of another shape", misshaped)]
      .filter { !$0.1.isEmpty }.map { "\($0.1.count) \($0.0): \(Self.listed($0.1))" }
    guard complaints.isEmpty else {
      throw ForeignWeightsError(
        "\(file): looks most like \(network), but of its keys are \(complaints.joined(separator: "; "))")
    }
  }

  private static func listed(_ names: [String]) -> String {
    let shown = names.prefix(8).map { String($0.prefix(120)) }.joined(separator: ", ")
    return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
  }
}

extension DecoderLayout.Network: CustomStringConvertible {
  /// Name and sizes.
  public var description: String {
    switch self {
    case .sdfNet(let latentSize, let width, let count):
      "SDFNet (\(count) layers of \(width), \(Self.codes(latentSize)))"
    case .sdfGenerator(let latentSize, let width, let count):
      "SDFGenerator (\(count) layers of \(width), \(Self.codes(latentSize)))"
    case .deepSDF(let latentSize, let width, let count, _, _):
      "DeepSDF's decoder (\(count) layers of \(width), \(Self.codes(latentSize)))"
    }
  }

  private static func codes(_ latentSize: Int) -> String { latentSize == 0 ? "no code" : "codes of \(latentSize)" }

  /// Keys and shapes that the network has.
  var entries: [DecoderLayout.Entry] {
    switch self {
    case .sdfNet(let latentSize, let width, let count):
      let (row, half) = (latentSize + 3, count / 2)
      let before = (0..<half).flatMap { index -> [DecoderLayout.Entry] in
        Self.layer("layers1.\(2 * index)", index == 0 ? row : width, width)
      }
      let behind = (0..<half).flatMap { index -> [DecoderLayout.Entry] in
        let inputs = index == 0 ? width + row : width
        return Self.layer("layers2.\(2 * index)", inputs, index == half - 1 ? 1 : width)
      }
      return before + behind
    case .sdfGenerator(let latentSize, let width, let count):
      let layers = (0..<count).flatMap { index -> [DecoderLayout.Entry] in
        let inputs = index == 0 ? 3 : index == count / 2 ? width + 3 : width
        return Self.layer("lins.\(index)", inputs, index == count - 1 ? 1 : width)
      }
      let norms = (0..<count).flatMap { index -> [DecoderLayout.Entry] in
        let shape = [index == count - 1 ? 1 : width]
        return ["weight", "bias"].map { .init(name: "norms.\(index).\($0)", shape: shape) }
      }
      return layers + norms + Self.layer("z_lin1", latentSize, width) + Self.layer("z_lin2", latentSize, width)
    case .deepSDF(let latentSize, let width, let count, let skip, let form):
      let row = latentSize + 3
      let hidden = (0..<count).flatMap { index -> [DecoderLayout.Entry] in
        let outputs = index == skip - 1 ? width - row : width
        return Self.normalised("lin\(index)", index == 0 ? row : width, outputs, form)
      }
      return hidden + Self.layer("lin\(count)", width, 1)
    }
  }

  private static func layer(_ name: String, _ inputs: Int, _ outputs: Int) -> [DecoderLayout.Entry] {
    [.init(name: "\(name).weight", shape: [outputs, inputs]), .init(name: "\(name).bias", shape: [outputs])]
  }

  private static func normalised(
    _ name: String, _ inputs: Int, _ outputs: Int, _ form: DecoderLayout.WeightForm
  ) -> [DecoderLayout.Entry] {
    let bias = DecoderLayout.Entry(name: "\(name).bias", shape: [outputs])
    guard let parts = form.keys else { return layer(name, inputs, outputs) }
    return [
      bias, .init(name: "\(name).\(parts.length)", shape: [outputs, 1]),
      .init(name: "\(name).\(parts.direction)", shape: [outputs, inputs]),
    ]
  }

  fileprivate func requireSensible(file: String) throws {
    let sizes =
      switch self {
      case .sdfNet(let latentSize, let width, let count): [latentSize + 1, width, count]
      case .sdfGenerator(let latentSize, let width, let count): [latentSize, width, count]
      case .deepSDF(let latentSize, let width, let count, _, _): [latentSize + 1, width - latentSize - 3, count]
      }
    guard sizes.allSatisfy({ 1...65536 ~= $0 }) else {
      throw ForeignWeightsError("\(file): looks like \(self), which is no network that can be")
    }
  }
}

extension DecoderLayout.WeightForm {
  /// What the two parts of a weight are called below their layer; nil for one part.
  public var keys: (length: String, direction: String)? {
    switch self {
    case .lengthAndDirection: ("weight_g", "weight_v")
    case .parametrization: ("parametrizations.weight.original0", "parametrizations.weight.original1")
    case .plain: nil
    }
  }
}
