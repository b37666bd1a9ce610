import ArgumentParser
import Experiments
import Runs

/// `formcast demo`.
struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The main job, small, end to end: data, training, judgement, forecast or shapes, pictures.")

  /// The demonstrations that there are.
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case forecast, shapes
  }

  @Argument(help: "forecast or shapes.")
  var kind = Kind.forecast

  @Option(help: "The folder to write.")
  var out = "demo"

  @Option(help: "Minutes of training.")
  var minutes = 3.0

  @OptionGroup var seed: SeedOption
  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard minutes > 0, minutes.isFinite else { throw ValidationError("--minutes must be positive") }
  }

  func run() throws {
    switch kind {
    case .forecast: try forecast()
    case .shapes: try shapes()
    }
  }

  private func forecast() throws {
    var options = ForecastDemo.Options(out: out, seed: seed.seed)
    (options.minutes, options.force) = (minutes, force.force)
    options.progress = common.quiet ? .quiet : .automatic
    let outcome = try ForecastDemo(options)()
    try common.report(outcome, text: outcome.text)
  }

  private func shapes() throws {
    var options = ShapeDemo.Options(out: out, seed: seed.seed)
    (options.minutes, options.force) = (minutes, force.force)
    options.progress = common.quiet ? .quiet : .automatic
    let outcome = try ShapeDemo(options)()
    try common.report(outcome, text: outcome.text)
  }
}
