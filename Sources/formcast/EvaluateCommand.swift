import ArgumentParser
import Experiments
import Foundation
import Runs
import Volumes

/// `formcast evaluate`.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Judge a run: metrics.json, figures, report.html.",
    discussion: """
      A forecaster is judged against "nothing changes". A run of shapes is judged on shapes that it has not seen: a code \
      is fitted to the samples of each, and the surface is held against the shape, beside the nearest training shape.
      """)

  @Argument(help: ArgumentHelp("A run that formcast train or formcast import made.", valueName: "run"))
  var runPath: String

  @Option(help: "A folder that formcast data split wrote, or one that holds series or samples of shapes.")
  var data: String

  @Option(help: "The folder to write; evaluation in the run unless given.")
  var out: String?

  @Option(help: "training, validation or test; test unless given, validation where there is no test part.")
  var part: DatasetPart?

  @Option(help: "Judge only the first so many series or shapes in name order.")
  var limit = 0

  @OptionGroup var shapes: ShapeEvaluationOptions
  @OptionGroup var choice: CheckpointOption
  @OptionGroup var overrides: SetOption
  @OptionGroup var deviceOption: DeviceOption
  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  func run() throws { try ShapeEvaluation.applies(to: runPath) ? judgeShapes() : judgeForecasts() }

  private func judgeShapes() throws {
    guard overrides.assignments.isEmpty else {
      throw ValidationError("--set changes what a forecaster is judged on; a run of shapes has its own options")
    }
    var options = ShapeEvaluation.Options(data: data)
    (options.out, options.part, options.limit, options.force) = (out, part, limit, force.force)
    options.progress = common.quiet ? .quiet : .automatic
    shapes.apply(to: &options)
    let outcome = try ShapeEvaluation.run(
      options, model: runPath, device: deviceOption.device, choice: choice.value())
    try common.report(outcome.result, text: "\(outcome.result.verdict)\nreport: \(outcome.folder)/report.html")
  }

  private func judgeForecasts() throws {
    let run = try ForecastRun(runPath, overrides: overrides.assignments, choice: choice.value())
    var options = ForecastEvaluation.Options(data: data)
    (options.out, options.part, options.limit, options.force) = (out, part, limit, force.force)
    options.device = deviceOption.device
    options.progress = common.quiet ? .quiet : .automatic
    let outcome = try ForecastEvaluation(run, options: options)()
    try common.report(outcome.score, text: "\(outcome.score.verdict)\nreport: \(outcome.folder)/report.html")
  }
}
