import NN
import Torch

/// The generator of the article's PointNet GAN: points enter alone, the code is added before two of the normalisations.
///
/// *Shapes*: position [x, y, z]; layer i of `layerCount`; the position enters again at the middle one, behind the features; the last
/// gives one value without activation.
/// *Reference*: Kleineberg, Fey, Weichert 2020, arXiv 2002.00349, branch `point_sdf` of the published code; 466,435 parameters at width
/// 256, codes of 128 and eight layers, among them the two of a normalisation that is in the files but never used.
public final class SDFGenerator: ShapeDecoder {
  /// What the network is made of.
  public struct Configuration: Codable, Sendable, Equatable {
    /// Length of a code.
    public var latentSize = 128
    /// Features of every layer.
    public var width = 256
    /// Number of layers, even.
    public var layerCount = 8

    /// The published network.
    public init() {}

    /// Throws, naming the field, unless a network can be made of it.
    public func validate() throws {
      try InvalidModel.require((1...65536).contains(latentSize), "model.latentSize must lie between 1 and 65536")
      try InvalidModel.require((1...8192).contains(width), "model.width must lie between 1 and 8192")
      try InvalidModel.require(
        (4...64).contains(layerCount) && layerCount % 2 == 0, "model.layerCount must be even and lie between 4 and 64")
    }
  }

  /// What it is made of.
  public let configuration: Configuration
  /// The layers.
  public let layer: [Linear]
  /// A normalisation for each of them; the last is never used.
  public let norm: [LayerNorm]
  /// What the code adds in the first layer.
  public let firstCode: Linear
  /// What it adds in the middle one.
  public let middleCode: Linear

  /// A network with random weights: PyTorch's, as published.
  public init(_ configuration: Configuration = .init(), generator: Generator) {
    self.configuration = configuration
    let (width, count) = (configuration.width, configuration.layerCount)
    layer = (0..<count).map { index in
      let inputs = index == 0 ? 3 : index == count / 2 ? width + 3 : width
      return Linear(inputs: inputs, outputs: index == count - 1 ? 1 : width, generator: generator)
    }
    norm = (0..<count).map { LayerNorm(.trailing([$0 == count - 1 ? 1 : width])) }
    firstCode = Linear(inputs: configuration.latentSize, outputs: width, generator: generator)
    middleCode = Linear(inputs: configuration.latentSize, outputs: width, generator: generator)
  }

  /// Length of a code.
  public var latentSize: Int { configuration.latentSize }
  /// Coordinates alone.
  public var encoding: PointEncoding { PointEncoding() }

  /// Normalised layers with ReLU, and a linear one.
  public func layers() -> [DecoderLayer] {
    let middle = layer.count / 2
    return layer.indices.map { index in
      guard index < layer.count - 1 else { return DecoderLayer(layer[index], activation: .identity) }
      guard index == 0 || index == middle else { return DecoderLayer(layer[index], norm: norm[index]) }
      let features = index == 0 ? 0 : configuration.width
      var entry = DecoderLayer(columns: layer[index], features: features, pointsAt: features, codesAt: 0, (3, 0))
      let code = index == 0 ? firstCode : middleCode
      entry.codes = code.weight.value
      entry.bias = layer[index].offset + code.offset
      entry.norm = norm[index]
      return entry
    }
  }
}
