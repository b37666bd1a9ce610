import Models
import NN
import Torch

/// Which network a shape decoder is, and what it is made of.
///
/// In a file it is the network's own configuration with its `network` in front.
public enum DecoderModel: Codable, Sendable, Equatable {
  /// The article's network: autodecoder, and generator of its voxel GANs.
  case sdfNet(SDFNet.Configuration)
  /// The generator of its PointNet GAN.
  case sdfGenerator(SDFGenerator.Configuration)
  /// DeepSDF's.
  case deepSDF(DeepSDFDecoder.Configuration)

  /// Names of the networks in files.
  public enum Network: String, Codable, Sendable, CaseIterable {
    /// The article's.
    case sdfNet = "sdf-net"
    /// The PointNet GAN's.
    case sdfGenerator = "sdf-generator"
    /// DeepSDF's.
    case deepSDF = "deepsdf"
  }

  private enum Mark: String, CodingKey { case network }

  /// Reads whichever it is.
  public init(from decoder: any Decoder) throws {
    switch try decoder.container(keyedBy: Mark.self).decode(Network.self, forKey: .network) {
    case .sdfNet: self = .sdfNet(try .init(from: decoder))
    case .sdfGenerator: self = .sdfGenerator(try .init(from: decoder))
    case .deepSDF: self = .deepSDF(try .init(from: decoder))
    }
  }

  /// Writes the name and the network's configuration.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Mark.self)
    try container.encode(network, forKey: .network)
    switch self {
    case .sdfNet(let configuration): try configuration.encode(to: encoder)
    case .sdfGenerator(let configuration): try configuration.encode(to: encoder)
    case .deepSDF(let configuration): try configuration.encode(to: encoder)
    }
  }

  /// Which network it is.
  public var network: Network {
    switch self {
    case .sdfNet: .sdfNet
    case .sdfGenerator: .sdfGenerator
    case .deepSDF: .deepSDF
    }
  }

  /// Length of a code; 0 for a network of one shape.
  public var latentSize: Int {
    switch self {
    case .sdfNet(let configuration): configuration.latentSize
    case .sdfGenerator(let configuration): configuration.latentSize
    case .deepSDF(let configuration): configuration.latentSize
    }
  }

  /// The article's network's configuration, if it is that; setting nil changes nothing.
  public var sdfNet: SDFNet.Configuration? {
    get { if case .sdfNet(let configuration) = self { configuration } else { nil } }
    set { if let newValue { self = .sdfNet(newValue) } }
  }

  /// DeepSDF's network's configuration, if it is that; setting nil changes nothing.
  public var deepSDF: DeepSDFDecoder.Configuration? {
    get { if case .deepSDF(let configuration) = self { configuration } else { nil } }
    set { if let newValue { self = .deepSDF(newValue) } }
  }

  /// A network with random weights; throws, naming the field, if none can be made of the configuration.
  public func network(generator: Generator) throws -> any ShapeDecoder {
    switch self {
    case .sdfNet(let configuration):
      try configuration.validate()
      return SDFNet(configuration, generator: generator)
    case .sdfGenerator(let configuration):
      try configuration.validate()
      return SDFGenerator(configuration, generator: generator)
    case .deepSDF(let configuration):
      try configuration.validate()
      return DeepSDFDecoder(configuration, generator: generator)
    }
  }
}
