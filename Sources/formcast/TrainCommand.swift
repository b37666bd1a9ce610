import ArgumentParser
import Experiments
import Foundation
import Runs

/// `formcast train`.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a recipe; Ctrl-C saves and stops, --resume goes on.")

  @Argument(help: "A recipe; formcast recipes lists them.")
  var recipe: String

  @Option(help: "A folder that formcast data split, data shapes, sdf sample or sdf prepare wrote.")
  var data: String

  @Option(help: "The folder of the run.")
  var out: String?

  @Option(help: "Steps of the whole run.")
  var steps: Int?

  @Option(help: "Stop after so many minutes.")
  var minutes: Double?

  @Flag(help: "Go on with the run that is there.")
  var resume = false

  @Flag(help: "Only say what it would cost: parameters, memory and time, measured on a few steps. Needs no --out.")
  var estimate = false

  @Option(help: "Seed of every random choice.")
  var seed: UInt64?

  @OptionGroup var overrides: SetOption
  @OptionGroup var deviceOption: DeviceOption
  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (steps ?? 1) > 0, (minutes ?? 1) > 0 else { throw ValidationError("--steps and --minutes must be positive") }
    guard !(resume && force.force) else { throw ValidationError("--resume and --force exclude each other") }
    guard !(resume && estimate) else { throw ValidationError("--resume and --estimate exclude each other") }
    guard estimate || out != nil else { throw ValidationError("Missing expected argument '--out <out>'") }
  }

  func run() throws { try train(try RecipeCatalog.configuration(recipe)) }

  private func train<Configuration: TrainableConfiguration>(_ recipe: Configuration) throws {
    let configuration = try configured(recipe)
    let out = out ?? ""
    var options = TrainingRequest(data: data, run: out)
    (options.minutes, options.resumes, options.force, options.device) = (
      minutes, resume, force.force, deviceOption.device
    )
    options.progress = common.quiet ? .quiet : .automatic
    let trainer = try RunTrainer(
      configuration, options: options, environment: .current(for: configuration, device: deviceOption.device))
    if estimate {
      let estimate = try trainer.estimate()
      return try common.report(estimate, text: estimate.text(minutes: minutes ?? 60))
    }
    let outcome = try trainer()
    let text = "\(outcome.step) steps, \(outcome.reason.rawValue): \(out)"
    try common.report(outcome, text: text)
  }

  /// The recipe, or the run's own configuration when it goes on, with the user's changes.
  private func configured<Configuration: TrainableConfiguration>(_ start: Configuration) throws -> Configuration {
    var configuration = start
    if resume, let out {
      let run = try RunDirectory.open(at: URL(filePath: out))
      let name = try run.readEnvironment().recipe
      guard name == recipe else { throw ExperimentError("\(out): a run of the recipe \(name), not \(recipe)") }
      configuration = try run.readConfiguration(Configuration.self)
    }
    configuration = try Runs.Configuration.applying(overrides.assignments, to: configuration)
    if let steps { configuration.steps = steps }
    if let seed { configuration.seed = seed }
    return configuration
  }
}
