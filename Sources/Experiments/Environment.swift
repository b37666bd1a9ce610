import Runs
import Torch

/// Version of the command and of the files that it writes.
public let formcastVersion = "0.1.0"

extension RunEnvironment {
  /// What a run made now goes on record with; `device` as the user says it.
  public static func current(for configuration: some TrainableConfiguration, device: String) throws -> RunEnvironment {
    try current(recipe: configuration.recipe, seed: configuration.seed, device: device)
  }

  /// The same for a run that was not trained here.
  public static func current(recipe: String, seed: UInt64, device: String) throws -> RunEnvironment {
    RunEnvironment(
      recipe: recipe, seed: seed, version: formcastVersion,
      engine: .init(
        libtorch: Runtime.version, device: "\(try Device(parsing: device))", threadCount: Runtime.threadCount))
  }
}
