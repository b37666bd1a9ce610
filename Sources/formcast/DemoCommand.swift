import ArgumentParser
import Experiments
import Runs

/// `formcast demo`.
struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The main job, small, end to end: data, training, judgement, forecast, pictures.")

  /// The demonstrations that there are.
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case forecast
  }

  @Argument(help: "forecast")
  var kind = Kind.forecast

  @Option(help: "The folder to write.")
  var out = "demo"

  @Option(help: "Minutes of training.")
  var minutes = 3.0

  @OptionGroup var seed: SeedOption
  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  func run() throws {
    var options = ForecastDemo.Options(out: out, seed: seed.seed)
    (options.minutes, options.force) = (minutes, force.force)
    options.progress = common.quiet ? .quiet : .automatic
    let outcome = try ForecastDemo(options)()
    try common.report(outcome, text: outcome.text)
  }
}
