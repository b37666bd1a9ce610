import ForeignWeights
import Foundation
import Models
import NN
import Torch

/// A shape decoder from a file of foreign weights.
public struct ImportedDecoder {
  /// Which network it is.
  public var model: DecoderModel
  /// Its weights under this package's keys.
  public var state: [String: Tensor]
  /// What its output means.
  public var field: FieldOptions
  /// The codes of the shapes that it was trained on, if they were given.
  public var codes: CodeTable?
  /// Its name and sizes, for people.
  public var title: String
  /// Number of parameters.
  public var parameterCount: Int
  /// What the user should know.
  public var notes: [String]

  /// The network with its weights.
  func network() throws -> any ShapeDecoder {
    let network = try model.network(generator: Generator(seed: 0))
    try network.load(state)
    return network
  }
}

/// Reads foreign weights of shape decoders: PyTorch's files and safetensors.
public enum DecoderImport {
  /// What a file of weights does not say.
  public struct Options: Sendable {
    /// Output times this is a distance; 1 unless said.
    public var scale: Double?
    /// The level at which surfaces are best taken, a distance; that of the kind of network unless said.
    public var level: Double?
    /// A file with the codes of its training shapes.
    public var codes: String?
    /// A file with a number per training shape: its category.
    public var labels: String?

    /// Nothing said.
    public init() {}
  }

  /// The decoder in a file.
  ///
  /// *Throws*: if the file is damaged, asks for anything to be run, or holds another network; then in one line which keys are
  /// missing, unexpected or of another shape.
  public static func read(_ path: String, _ options: Options = Options()) throws -> ImportedDecoder {
    let state = try ForeignState(contentsOf: path)
    let layout = try DecoderLayout(state.entries, file: state.name)
    let model = layout.network.model
    var imported = ImportedDecoder(
      model: model, state: try parameters(of: model, layout: layout, in: state), field: FieldOptions(), codes: nil,
      title: "\(layout.network)", parameterCount: layout.parameterCount, notes: state.remarks)
    imported.codes = try options.codes.map {
      try CodeImport.table(codes: $0, labels: options.labels, latentSize: model.latentSize)
    }
    if imported.codes == nil, options.labels != nil {
      throw ExperimentError("--labels needs --codes: labels are those of the shapes that have codes")
    }
    imported.field = try field(of: imported, options)
    if options.scale == nil { imported.notes += try doubts(about: imported) }
    return imported
  }

  /// What the output means: the voxel generators and the autodecoder learned distances clipped at 0.1, the point generators
  /// distances as they are.
  private static func field(of imported: ImportedDecoder, _ options: Options) throws -> FieldOptions {
    var field = FieldOptions()
    switch imported.model {
    case .sdfNet(let network) where network.latentSize == 0: field.level = 0
    // Levels of the published demonstrations: of the autodecoder, of the generators.
    case .sdfNet: field.level = imported.codes == nil ? 0.04 : 0.011
    case .sdfGenerator: (field.clip, field.level) = (nil, 0.04)
    case .deepSDF: field.level = 0
    }
    field.scale = options.scale ?? 1
    field.level = options.level ?? field.level
    try field.validate()
    return field
  }

  /// A network that was trained on distances divided by 0.1 looks like any other until its values are seen.
  private static func doubts(about imported: ImportedDecoder) throws -> [String] {
    guard case .sdfNet(let configuration) = imported.model else { return [] }
    let generator = Generator(seed: 1)
    let points = Tensor.uniform([1024, 3], in: -1...1, generator: generator)
    let code = Tensor.normal([configuration.latentSize], mean: 0, standardDeviation: 1, generator: generator)
    let decoder = try imported.network()
    let largest = decoder.folded(code: configuration.latentSize == 0 ? nil : code).distances(at: points).abs().max()
      .item()
    guard largest > 0.5 else { return [] }
    return [
      """
      its values reach \(String(format: "%.2f", largest)), far beyond a clip of 0.1: if it was trained on distances divided by \
      0.1, import it with --scale 0.1
      """
    ]
  }

  // MARK: - Keys

  private static func parameters(
    of model: DecoderModel, layout: DecoderLayout, in state: ForeignState
  ) throws -> [String: Tensor] {
    let network = try model.network(generator: Generator(seed: 0))
    let keys: [String: String] =
      switch network {
      case let network as SDFNet: PublishedKeys.sdfNet(network)
      case let network as SDFGenerator: PublishedKeys.sdfGenerator(network)
      case let network as DeepSDFDecoder: PublishedKeys.deepSDF(network)
      default: [:]
      }
    var parameters: [String: Tensor] = [:]
    for (own, parameter) in network.parameters() {
      guard let published = keys[own] else { continue }
      parameters[own] = try tensor(layout.prefix + published, parameter.value.shape, layout, in: state)
    }
    return parameters
  }

  /// A parameter under its published name; other forms of weight normalisation are brought to the published one.
  private static func tensor(
    _ key: String, _ shape: [Int], _ layout: DecoderLayout, in state: ForeignState
  ) throws -> Tensor {
    guard case .deepSDF(_, _, _, _, let form) = layout.network, form != .lengthAndDirection,
      let part = ["weight_g", "weight_v"].first(where: { key.hasSuffix($0) })
    else { return Tensor(try state.values(key), shape: shape) }
    let stem = key.dropLast(part.count)
    if let names = form.keys {
      return Tensor(try state.values(stem + (part == "weight_g" ? names.length : names.direction)), shape: shape)
    }
    let weight = try state.values(stem + "weight")
    guard part == "weight_g" else { return Tensor(weight, shape: shape) }
    let columns = weight.count / max(shape[0], 1)
    let lengths = (0..<shape[0]).map { row in
      Float(weight[row * columns..<(row + 1) * columns].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot())
    }
    return Tensor(lengths, shape: shape)
  }
}

extension DecoderLayout.Network {
  /// This package's configuration of the network.
  var model: DecoderModel {
    switch self {
    case .sdfNet(let latentSize, let width, let layerCount):
      var configuration = SDFNet.Configuration()
      (configuration.latentSize, configuration.width, configuration.layerCount) = (latentSize, width, layerCount)
      return .sdfNet(configuration)
    case .sdfGenerator(let latentSize, let width, let layerCount):
      var configuration = SDFGenerator.Configuration()
      (configuration.latentSize, configuration.width, configuration.layerCount) = (latentSize, width, layerCount)
      return .sdfGenerator(configuration)
    case .deepSDF(let latentSize, let width, let hiddenCount, let skipLayer, _):
      var configuration = DeepSDFDecoder.Configuration()
      (configuration.latentSize, configuration.width) = (latentSize, width)
      (configuration.hiddenCount, configuration.skipLayer) = (hiddenCount, skipLayer)
      return .deepSDF(configuration)
    }
  }
}
