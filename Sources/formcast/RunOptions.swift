import ArgumentParser
import Experiments
import Volumes

extension DatasetPart: ExpressibleByArgument {}

/// Which state of a run is meant.
struct CheckpointOption: ParsableArguments {
  @Option(help: "best, last, or the number of a saved step.")
  var checkpoint = "best"

  func value() throws -> ForecastRun.Choice {
    switch checkpoint {
    case "best": .best
    case "last": .last
    default:
      if let step = Int(checkpoint), step >= 0 {
        .step(step)
      } else {
        throw ValidationError("--checkpoint is best, last or the number of a step, not \(checkpoint)")
      }
    }
  }
}

/// Changes to a configuration.
struct SetOption: ParsableArguments {
  @Option(name: .customLong("set"), help: "Replace a value of the configuration: path=value; may be repeated.")
  var assignments: [String] = []
}
