import Torch

/// What was decided for a call, and why.
public struct ConvolutionChoice: Sendable, Codable, Equatable {
  /// The call, or the one that stands for all of its size.
  public var call: ConvolutionCall
  /// How it is computed.
  public var method: ConvolutionMethod
  /// Why.
  public var origin: Origin
  /// Seconds measured, by method, where it was measured.
  public var seconds: [String: Double]?

  /// What a choice rests on.
  public enum Origin: String, Sendable, Codable {
    /// The policy says so.
    case forced
    /// Given in advance, as by the record of a run that goes on.
    case preset
    /// There is no other way.
    case only
    /// The model sees all others far behind, or nothing is to be measured.
    case model
    /// It was the fastest, or the library's convolution was not clearly slower.
    case measured
  }

  /// A choice.
  public init(
    call: ConvolutionCall, method: ConvolutionMethod, origin: Origin, seconds: [String: Double]? = nil
  ) {
    (self.call, self.method, self.origin, self.seconds) = (call, method, origin, seconds)
  }
}

/// What convolutions were decided to be on one machine; as JSON the content of a run's `convolutions.json`.
public struct ConvolutionRecord: Sendable, Codable, Equatable {
  /// Marks the file.
  public var format = ConvolutionRecord.formatName
  /// Rises when a reader of an older file would misunderstand a newer one.
  public var formatVersion = ConvolutionRecord.currentFormatVersion
  /// Where it was decided.
  public var machine: ConvolutionMachine
  /// How it was decided.
  public var policy: ConvolutionPlanner.Policy
  /// The choices, in a fixed order.
  public var choices: [ConvolutionChoice]

  static let formatName = "formcast-convolutions"
  static let currentFormatVersion = 1

  /// A record of choices.
  public init(machine: ConvolutionMachine, policy: ConvolutionPlanner.Policy, choices: [ConvolutionChoice]) {
    (self.machine, self.policy, self.choices) = (machine, policy, choices)
  }

  /// Whether it is of a kind that this version understands.
  public var isUnderstood: Bool { format == Self.formatName && formatVersion == Self.currentFormatVersion }
}

/// What a measured choice depends on beside the call.
public struct ConvolutionMachine: Sendable, Codable, Hashable {
  /// The processor's name.
  public var processor: String
  /// Threads that share an operation.
  public var threadCount: Int
  /// Version of libtorch, and of the kernels here.
  public var engine: String

  /// Rises whenever a change here makes a convolution faster or slower.
  static let kernelVersion = 2

  /// This one, with the threads of the moment.
  public static var current: ConvolutionMachine {
    ConvolutionMachine(
      processor: processorName, threadCount: Runtime.threadCount,
      engine: "libtorch \(Runtime.version), kernels \(kernelVersion)")
  }
}
