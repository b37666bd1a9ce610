import ArgumentParser
import Experiments
import Foundation
import Runs
import Volumes

/// `formcast forecast`.
struct ForecastVerb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecast", abstract: "What comes after a series: forecast.npy, surfaces and a picture.")

  @Argument(help: ArgumentHelp("A run that formcast train or formcast import made.", valueName: "run"))
  var runPath: String

  @Option(help: "The series: npz, TFRecord, NIfTI 4D or a folder of frames.")
  var input: String

  @Option(help: "The folder to write.")
  var out: String

  @Option(help: "Number of frames to forecast; the run's rollout.steps unless given.")
  var steps: Int?

  @Option(
    help: ArgumentHelp(
      "Every so many frames of the series are one step of the model.",
      discussion: "Unless given: the stride that the run was trained with where the series spans its format, else 1."))
  var stride: Int?

  @Option(help: "The last frame that is seen, from 0; what follows is compared with the forecast.")
  var last: Int?

  @Option(help: "Values above this are occupied.")
  var threshold: Float?

  @Flag(help: "Exchange occupied and empty.")
  var invert = false

  @Option(help: "Max-pool space by this factor.")
  var pool = 1

  @Option(help: "Format of the surfaces: stl, obj, ply, off or glb.")
  var meshFormat = "stl"

  @OptionGroup var choice: CheckpointOption
  @OptionGroup var overrides: SetOption
  @OptionGroup var deviceOption: DeviceOption
  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (steps ?? 1) > 0, (stride ?? 1) > 0, pool > 0 else {
      throw ValidationError("--steps, --stride and --pool must be at least 1")
    }
    guard ["stl", "obj", "ply", "off", "glb"].contains(meshFormat) else {
      throw ValidationError("--mesh-format is stl, obj, ply, off or glb")
    }
  }

  func run() throws {
    let run = try ForecastRun(runPath, overrides: overrides.assignments, choice: choice.value())
    var options = Forecast.Options(input: input, out: out)
    (options.steps, options.stride, options.last) = (steps, stride, last)
    options.conversion = SeriesConversion(threshold: threshold, invert: invert, pool: pool)
    (options.meshExtension, options.force) = (meshFormat, force.force)
    options.device = deviceOption.device
    let outcome = try Forecast(run, options: options)()
    var lines = ["\(outcome.steps) frames after frame \(outcome.seen.last ?? 0) in \(outcome.folder)"]
    for (step, jaccard) in outcome.jaccard.enumerated() {
      let persistence = outcome.persistence[step]
      lines.append(
        String(
          format: "step %d: Jaccard distance to the truth %.3f, nothing changes %.3f", step + 1, jaccard, persistence))
    }
    try common.report(outcome, text: lines.joined(separator: "\n"))
  }
}
