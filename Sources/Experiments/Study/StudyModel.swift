import Volumes

/// The kinds of forecasters that the study compares, the published order of merit.
public enum StudyArchitecture: String, Codable, Sendable, CaseIterable {
  /// Sees all frames so far.
  case convLSTM = "convlstm"
  /// Encoder, generator and critic on three past frames.
  case threeFrames = "frame-gan-3"
  /// Encoder, generator and critic on one past frame.
  case oneFrame = "frame-gan-1"

  /// What figures and tables call it.
  public var title: String {
    switch self {
    case .convLSTM: "ConvLSTM"
    case .threeFrames: "3 frames"
    case .oneFrame: "1 frame"
    }
  }

  /// Windows or series per step of the published training.
  var publishedBatchSize: Int { self == .convLSTM ? 16 : 32 }

  /// How the author's loss histories call it.
  var publishedFileName: String {
    switch self {
    case .convLSTM: "convlstm3d_16"
    case .threeFrames: "aencgan3d_16_t3"
    case .oneFrame: "aencgan3d_16"
    }
  }
}

/// The data formats that the study compares.
public enum StudyFormat: String, Codable, Sendable, CaseIterable {
  /// 20 consecutive frames, every second of 40, every fourth of 80.
  case t20, t40, t80

  /// The format of a name such as `t40` or `t40/2`; nil for others.
  init?(_ name: String) {
    let name = name.lowercased()
    guard let format = Self.allCases.first(where: { $0.rawValue == name || $0.frames.description == name }) else {
      return nil
    }
    self = format
  }

  private var frames: FrameFormat {
    switch self {
    case .t20: .t20
    case .t40: .t40
    case .t80: .t80
    }
  }

  /// How the author's loss histories call it.
  var publishedFileName: String { "T\(frames.span)_TINC\(frames.stride)" }
}

/// One of the nine models of the study, such as `convlstm-t80`.
public struct StudyModel: Hashable, Sendable, Codable, CustomStringConvertible {
  /// What it is.
  public var architecture: StudyArchitecture
  /// What it sees.
  public var format: StudyFormat

  /// The model of an architecture and a format.
  public init(_ architecture: StudyArchitecture, _ format: StudyFormat) {
    (self.architecture, self.format) = (architecture, format)
  }

  /// All nine, by architecture.
  public static let all = StudyArchitecture.allCases.flatMap { architecture in
    StudyFormat.allCases.map { StudyModel(architecture, $0) }
  }

  /// Its name on the command line and in files.
  public var name: String { "\(architecture.rawValue)-\(format.rawValue)" }

  /// The same as ``name``.
  public var description: String { name }

  /// What figures and tables call it.
  var title: String { "\(architecture.title) \(format.rawValue)" }

  /// The model of that name; throws with the names that there are.
  public init(name: String) throws {
    guard let model = Self.all.first(where: { $0.name == name }) else {
      throw ExperimentError("no model \(name) in the study; there are \(Self.all.map(\.name).joined(separator: ", "))")
    }
    self = model
  }

  /// Which of the nine a configuration is; nil if it is none of them.
  init?(of configuration: ForecastConfiguration) {
    guard let format = StudyFormat(configuration.data.format),
      let architecture = StudyArchitecture(of: configuration)
    else { return nil }
    self.init(architecture, format)
  }

  /// Reads the name.
  public init(from decoder: any Decoder) throws {
    try self.init(name: decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}

extension StudyArchitecture {
  /// What a configuration's network is; nil for one that the study has no place for.
  init?(of configuration: ForecastConfiguration) {
    switch configuration.model {
    case .convLSTM: self = .convLSTM
    case .frameGAN(let networks) where networks.pastFrames == 1: self = .oneFrame
    case .frameGAN(let networks) where networks.pastFrames == 3: self = .threeFrames
    case .frameGAN: return nil
    }
  }
}

/// How large the networks of a study are and how they learn.
public enum StudyScale: String, Codable, Sendable, CaseIterable {
  /// The recipes ending in -small: minutes to an hour each on two cores.
  case small
  /// The recipes as published.
  case published

  /// The recipe of an architecture.
  func recipe(_ architecture: StudyArchitecture) -> String {
    self == .small ? "\(architecture.rawValue)-small" : architecture.rawValue
  }
}
