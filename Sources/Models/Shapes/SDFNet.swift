import NN
import Torch

/// The signed-distance network of the article: autodecoder, and generator of its voxel GANs.
///
/// *Shapes*: row [x, y, z, code]; half of the layers, each of `width`; the row again beside their output; the other half, of which
/// the last has one value and tanh.
/// *Reference*: Kleineberg, Fey, Weichert 2020, arXiv 2002.00349; 462,337 parameters at width 256 with codes of 128, 396,801 without
/// a code. Differs: `frequencies` can add sines and cosines of the coordinates to the row.
public final class SDFNet: ShapeDecoder {
  /// What the network is made of.
  public struct Configuration: Codable, Sendable, Equatable {
    /// Length of a code; 0 for a network of one shape.
    public var latentSize = 128
    /// Features of every layer.
    public var width = 256
    /// Number of layers, even; the row enters again at the middle one.
    public var layerCount = 8
    /// Frequencies of sines and cosines beside the coordinates; 0 as published.
    public var frequencies = 0

    /// The published network.
    public init() {}

    /// Throws, naming the field, unless a network can be made of it.
    public func validate() throws {
      try InvalidModel.require((0...65536).contains(latentSize), "model.latentSize must lie between 0 and 65536")
      try InvalidModel.require((1...8192).contains(width), "model.width must lie between 1 and 8192")
      try InvalidModel.require(
        (4...64).contains(layerCount) && layerCount % 2 == 0, "model.layerCount must be even and lie between 4 and 64")
      try InvalidModel.require((0...16).contains(frequencies), "model.frequencies must lie between 0 and 16")
    }
  }

  /// What it is made of.
  public let configuration: Configuration
  /// The layers before the row enters again.
  public let front: [Linear]
  /// The layers from there on.
  public let back: [Linear]

  /// A network with random weights: PyTorch's, as published.
  public init(_ configuration: Configuration = .init(), generator: Generator) {
    self.configuration = configuration
    let width = configuration.width
    let row = PointEncoding(frequencies: configuration.frequencies).width + configuration.latentSize
    let half = configuration.layerCount / 2
    front = (0..<half).map { Linear(inputs: $0 == 0 ? row : width, outputs: width, generator: generator) }
    back = (0..<half).map { index in
      Linear(
        inputs: index == 0 ? width + row : width, outputs: index == half - 1 ? 1 : width, generator: generator)
    }
  }

  /// Length of a code.
  public var latentSize: Int { configuration.latentSize }
  /// Coordinates, with sines and cosines if configured.
  public var encoding: PointEncoding { PointEncoding(frequencies: configuration.frequencies) }

  /// Layers with ReLU, the last with tanh.
  public func layers() -> [DecoderLayer] {
    let sizes = (point: encoding.width, code: latentSize)
    var layers = [DecoderLayer(columns: front[0], features: 0, pointsAt: 0, codesAt: sizes.point, sizes)]
    layers += front[1...].map { DecoderLayer($0) }
    let width = configuration.width
    layers.append(
      DecoderLayer(columns: back[0], features: width, pointsAt: width, codesAt: width + sizes.point, sizes))
    layers += back[1...].map { DecoderLayer($0) }
    layers[layers.count - 1].activation = .tanh
    return layers
  }
}

extension DecoderLayer {
  /// A layer that takes features only.
  init(_ layer: Linear, norm: LayerNorm? = nil, activation: Activation = .relu) {
    self.init(
      features: layer.weight.value, bias: layer.offset, norm: norm, activation: activation)
  }

  /// A layer on a concatenation: features first in the row, points and codes where said.
  init(columns layer: Linear, features: Int, pointsAt: Int, codesAt: Int, _ sizes: (point: Int, code: Int)) {
    self.init(weight: layer.weight.value, bias: layer.offset, features: features)
    points = layer.weight.value.narrowed(1, pointsAt, sizes.point)
    codes = sizes.code > 0 ? layer.weight.value.narrowed(1, codesAt, sizes.code) : nil
  }

  /// The first `features` columns of a weight.
  init(weight: Tensor, bias: Tensor, features: Int) {
    self.init(features: features > 0 ? weight.narrowed(1, 0, features) : nil, bias: bias)
  }
}

extension Linear {
  /// The bias, which every layer of a shape decoder has.
  var offset: Tensor {
    guard let bias else { fatalError("a layer of a shape decoder has a bias") }
    return bias.value
  }
}
