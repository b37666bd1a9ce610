import NN
import Torch

/// DeepSDF's decoder: wide layers with weight normalisation and dropout; code and point enter again in the middle.
///
/// *Shapes*: row [code, x, y, z]; the layer before the middle is narrower, so that its output and the row make `width` together.
/// *Reference*: Park et al. 2019, arXiv 1901.05103, and its published code; 1,843,195 parameters with eight layers of 512 and codes
/// of 256.
public final class DeepSDFDecoder: ShapeDecoder {
  /// What the network is made of.
  public struct Configuration: Codable, Sendable, Equatable {
    /// Length of a code.
    public var latentSize = 256
    /// Features of the layers.
    public var width = 512
    /// Layers before the last.
    public var hiddenCount = 8
    /// The layer at which the row enters again.
    public var skipLayer = 4
    /// Share of features that are dropped in training behind every layer but the last.
    public var dropout = 0.2

    /// The published network.
    public init() {}

    /// Throws, naming the field, unless a network can be made of it.
    public func validate() throws {
      try InvalidModel.require((1...65536).contains(latentSize), "model.latentSize must lie between 1 and 65536")
      try InvalidModel.require((2...64).contains(hiddenCount), "model.hiddenCount must lie between 2 and 64")
      try InvalidModel.require(
        (1..<hiddenCount).contains(skipLayer), "model.skipLayer must lie between 1 and model.hiddenCount - 1")
      try InvalidModel.require(
        width > latentSize + 3 && width <= 8192, "model.width must be above model.latentSize + 3 and at most 8192")
      try InvalidModel.require((0..<1).contains(dropout), "model.dropout must lie in 0..<1")
    }
  }

  /// What it is made of.
  public let configuration: Configuration
  /// The layers before the last.
  public let hidden: [WeightNormLinear]
  /// The last one.
  public let last: Linear

  /// A network with random weights: PyTorch's, as published.
  public init(_ configuration: Configuration = .init(), generator: Generator) {
    self.configuration = configuration
    let (width, row) = (configuration.width, configuration.latentSize + 3)
    hidden = (0..<configuration.hiddenCount).map { index in
      WeightNormLinear(
        inputs: index == 0 ? row : width, outputs: index == configuration.skipLayer - 1 ? width - row : width,
        generator: generator)
    }
    last = Linear(inputs: width, outputs: 1, generator: generator)
  }

  /// Length of a code.
  public var latentSize: Int { configuration.latentSize }
  /// Coordinates alone.
  public var encoding: PointEncoding { PointEncoding() }

  /// Weight-normalised layers with ReLU and dropout, one with tanh.
  public func layers() -> [DecoderLayer] {
    var layers = hidden.enumerated().map { index, layer in
      let weight = layer.weight
      let takesRow = index == 0 || index == configuration.skipLayer
      let features = index == 0 ? 0 : takesRow ? configuration.width - latentSize - 3 : configuration.width
      var entry = DecoderLayer(weight: weight, bias: layer.bias.value, features: features)
      if takesRow {
        entry.codes = weight.narrowed(1, features, latentSize)
        entry.points = weight.narrowed(1, features + latentSize, 3)
      }
      entry.dropout = configuration.dropout
      return entry
    }
    layers.append(DecoderLayer(last, activation: .tanh))
    return layers
  }
}
