import Runs
import Torch

/// Version of the command and of the files that it writes.
public let formcastVersion = "0.1.0"

extension RunEnvironment {
  /// What a run made now goes on record with; `device` as the user says it.
  public static func current(for configuration: ForecastConfiguration, device: String) throws -> RunEnvironment {
    RunEnvironment(
      recipe: configuration.recipe, seed: configuration.seed, version: formcastVersion,
      engine: .init(
        libtorch: Runtime.version, device: "\(try Device(parsing: device))", threadCount: Runtime.threadCount))
  }
}
