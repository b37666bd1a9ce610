import ArgumentParser
import Experiments
import Foundation
import Volumes

extension StudyScale: ExpressibleByArgument {}

/// `formcast study`.
struct StudyVerb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study", abstract: "Train and compare the nine published models; figures, tables, report.html.",
    discussion: """
      Three architectures (convlstm, frame-gan-1, frame-gan-3) on three formats (t20, t40, t80) are trained, or taken from \
      finished runs, and judged on the same series. The plan is written to study.json first; Ctrl-C saves and stops, and \
      the same command goes on.
      """)

  @Option(help: "A folder that formcast data split wrote.")
  var data: String

  @Option(help: "The folder of the study.")
  var out: String?

  @Option(help: "Minutes of training, shared evenly by the models; the recipes' own steps unless given.")
  var minutes: Double?

  @Option(help: "small: the recipes ending in -small; published: those without.")
  var scale = StudyScale.small

  @Option(name: .customLong("run"), help: "A finished run to compare instead of training its model; may be repeated.")
  var runs: [String] = []

  @Option(help: "Compare only this model, such as convlstm-t80; may be repeated.")
  var only: [String] = []

  @Option(help: "A folder of published validation curves (*.validation.csv) to lay over ours.")
  var curves: String?

  @Option(help: "training, validation or test; test unless given, validation where there is no test part.")
  var part: DatasetPart?

  @Option(help: "Judge only the first so many series in name order.")
  var limit = 0

  @Flag(help: "Print parameters, time and memory of each model, and what fits; train nothing.")
  var estimate = false

  @OptionGroup var seed: SeedOption
  @OptionGroup var overrides: SetOption
  @OptionGroup var deviceOption: DeviceOption
  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard minutes.map({ $0 > 0 && $0.isFinite }) ?? true else { throw ValidationError("--minutes must be positive") }
    guard limit >= 0 else { throw ValidationError("--limit must not be negative") }
    guard estimate || out != nil else { throw ValidationError("--out DIR is missing: the folder of the study") }
    guard !(estimate && force.force) else { throw ValidationError("--estimate writes nothing; leave out --force") }
  }

  func run() throws {
    let study = Study(options)
    if estimate {
      let estimate = try study.estimate()
      return try common.report(estimate, text: estimate.text)
    }
    let outcome = try study()
    try common.report(outcome, text: outcome.text)
    guard outcome.problems.isEmpty else {
      throw ExperimentError("\(outcome.folder): incomplete: \(outcome.problems.joined(separator: "; "))")
    }
  }

  private var options: StudyOptions {
    var options = StudyOptions(data: data, out: out ?? "")
    (options.minutes, options.scale, options.runs, options.only) = (minutes, scale, runs, only)
    (options.curves, options.part, options.limit, options.seed) = (curves, part, limit, seed.seed)
    (options.settings, options.device, options.force) = (overrides.assignments, deviceOption.device, force.force)
    options.progress = common.quiet ? .quiet : .automatic
    return options
  }
}
