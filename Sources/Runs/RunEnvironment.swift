import Foundation

/// What a run was made with, so that it can be made again: `environment.json`.
///
/// Holds no paths and nothing else that says whose machine it was.
public struct RunEnvironment: Codable, Sendable, Equatable {
  /// What the libraries under Formcast are.
  public struct Engine: Codable, Sendable, Equatable {
    /// Version of libtorch, as it names itself; nil where none is linked.
    public var libtorch: String?
    /// The device of the run: `cpu`, `cuda:0`, ...
    public var device: String
    /// The device's name, such as the accelerator's model.
    public var deviceName: String?
    /// Threads used within one operation.
    public var threadCount: Int

    /// An engine of these properties.
    public init(libtorch: String? = nil, device: String = "cpu", deviceName: String? = nil, threadCount: Int = 1) {
      (self.libtorch, self.device, self.deviceName, self.threadCount) = (libtorch, device, deviceName, threadCount)
    }
  }

  /// Marks the folder as a run of ours.
  public var format = RunEnvironment.formatName
  /// Rises when a reader of an older run would misunderstand a newer one.
  public var formatVersion = RunEnvironment.currentFormatVersion
  /// Name of the recipe that the configuration started from.
  public var recipe: String
  /// Version of Formcast.
  public var version: String
  /// Commit of Formcast, where known; ends in `+` if there were changes on top of it.
  public var commit: String?
  /// Seed of every random choice of the run.
  public var seed: UInt64
  /// The compiler that built the program.
  public var toolchain: String
  /// Operating system and processor architecture.
  public var platform: String
  /// The libraries under Formcast.
  public var engine: Engine
  /// When the run began, ISO 8601, UTC.
  public var started: String
  /// The same for each time that the run was resumed.
  public var resumed: [Session] = []

  /// A later sitting of the same run.
  public struct Session: Codable, Sendable, Equatable {
    /// When it began, ISO 8601, UTC.
    public var started: String
    /// The step from which it went on.
    public var step: Int
    /// Version of Formcast then.
    public var version: String
    /// Commit of Formcast then.
    public var commit: String?
    /// The libraries then.
    public var engine: Engine
  }

  static let formatName = "formcast-run"
  static let currentFormatVersion = 1

  /// The environment of this process.
  public init(
    recipe: String, seed: UInt64, version: String, commit: String? = nil, engine: Engine = Engine()
  ) {
    (self.recipe, self.seed, self.version, self.commit) = (recipe, seed, version, commit)
    self.engine = engine
    toolchain = Self.compilerVersion
    platform = "\(Self.system) \(Self.architecture)"
    started = Self.timestamp()
  }

  /// Notes that the run goes on from `step` with the properties of `environment`.
  public mutating func noteResumption(from step: Int, in environment: RunEnvironment) {
    resumed.append(
      Session(
        started: Self.timestamp(), step: step, version: environment.version, commit: environment.commit,
        engine: environment.engine))
  }

  private static func timestamp() -> String { ISO8601DateFormatter().string(from: Date()) }

  private static var compilerVersion: String {
    #if compiler(>=6.4)
      "Swift 6.4 or later"
    #elseif compiler(>=6.3)
      "Swift 6.3"
    #else
      "Swift 6.2"
    #endif
  }

  private static var system: String {
    #if os(Linux)
      "Linux"
    #elseif os(macOS)
      "macOS"
    #else
      "other"
    #endif
  }

  private static var architecture: String {
    #if arch(x86_64)
      "x86_64"
    #elseif arch(arm64)
      "arm64"
    #else
      "other"
    #endif
  }
}
