import ArgumentParser
import Experiments
import Foundation
import Runs
import Volumes

/// `formcast evaluate`.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Judge a run against \"nothing changes\": metrics.json, figures, report.html.")

  @Argument(help: ArgumentHelp("A run that formcast train or formcast import made.", valueName: "run"))
  var runPath: String

  @Option(help: "A folder that formcast data split wrote, or one that holds series.")
  var data: String

  @Option(help: "The folder to write; evaluation in the run unless given.")
  var out: String?

  @Option(help: "training, validation or test; test unless given, validation where there is no test part.")
  var part: DatasetPart?

  @Option(help: "Judge only the first so many series in name order.")
  var limit = 0

  @OptionGroup var choice: CheckpointOption
  @OptionGroup var overrides: SetOption
  @OptionGroup var deviceOption: DeviceOption
  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  func run() throws {
    let run = try ForecastRun(runPath, overrides: overrides.assignments, choice: choice.value())
    var options = ForecastEvaluation.Options(data: data)
    (options.out, options.part, options.limit, options.force) = (out, part, limit, force.force)
    options.device = deviceOption.device
    options.progress = common.quiet ? .quiet : .automatic
    let outcome = try ForecastEvaluation(run, options: options)()
    try common.report(outcome.score, text: "\(outcome.score.verdict)\nreport: \(outcome.folder)/report.html")
  }
}

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
