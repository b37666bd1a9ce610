import Models

/// Which network forecasts, and what it is made of.
///
/// In a file it is the network's own configuration, nothing around it: that of the frame GAN is known by its `variant`.
public enum ForecastModel: Codable, Sendable, Equatable {
  /// The recurrent network: it sees all frames so far.
  case convLSTM(ConvLSTMForecaster.Configuration)
  /// Encoder, generator and critic: they see one or several past frames.
  case frameGAN(FrameGAN.Configuration)

  private enum Mark: String, CodingKey { case variant }

  /// Reads whichever it is.
  public init(from decoder: any Decoder) throws {
    let isFrameGAN = try decoder.container(keyedBy: Mark.self).contains(.variant)
    self = try isFrameGAN ? .frameGAN(.init(from: decoder)) : .convLSTM(.init(from: decoder))
  }

  /// Writes the network's configuration.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .convLSTM(let configuration): try configuration.encode(to: encoder)
    case .frameGAN(let configuration): try configuration.encode(to: encoder)
    }
  }

  /// The recurrent network's configuration, if it is one; setting nil changes nothing.
  public var convLSTM: ConvLSTMForecaster.Configuration? {
    get { if case .convLSTM(let configuration) = self { configuration } else { nil } }
    set { if let newValue { self = .convLSTM(newValue) } }
  }

  /// The frame GAN's configuration, if it is one; setting nil changes nothing.
  public var frameGAN: FrameGAN.Configuration? {
    get { if case .frameGAN(let configuration) = self { configuration } else { nil } }
    set { if let newValue { self = .frameGAN(newValue) } }
  }

  /// Throws, naming the field, unless a network can be made of it.
  func validate() throws {
    switch self {
    case .convLSTM(let configuration): try configuration.validate()
    case .frameGAN(let configuration): try configuration.validate()
    }
  }

  /// Frames that the first prediction needs.
  var pastFrameCount: Int { frameGAN?.pastFrames ?? 1 }
}
