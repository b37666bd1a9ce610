import ArgumentParser
import Experiments
import Foundation

/// `formcast curves`.
struct Curves: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lay the validation curves of runs over each other, and over published ones.",
    discussion: """
      A file is a loss history: a first line "# TRAINING ITERATION, BCE_VAL_LOSS, MSE_VAL_LOSS, JACCARD_VAL_LOSS" (any of \
      these, or D_VAL_LOSS for a critic's loss) and a row for each validation. A run is drawn as it is at the moment, also while it trains.
      """)

  @Argument(help: "Runs, and loss histories as text.")
  var inputs: [String]

  @Option(help: "The picture to write, .png; the same as .svg lies beside it.")
  var out: String

  @Option(help: "Leave out what comes after this step.")
  var until: Int?

  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard out.hasSuffix(".png") else { throw ValidationError("--out must end in .png") }
    guard until ?? 1 >= 1 else { throw ValidationError("--until must be at least 1") }
  }

  func run() throws {
    let base = URL(filePath: out).deletingPathExtension()
    for path in [out, base.path + ".svg"] { try force.requireFree(path) }
    let comparison = try CurveComparison(inputs, until: until)
    let files = try comparison.figure.write(to: base)
    let lines = comparison.histories.map { history in
      let values = history.last.sorted { $0.key < $1.key }
        .map { "\($0.key) \(String(format: "%.4f", $0.value.value)) at \($0.value.step)" }
      return "\(history.name): \(values.joined(separator: ", "))"
    }
    try common.report(
      Summary(out: files.png.path, last: comparison.histories.map { $0.last.mapValues(\.value) }),
      text: (lines + [files.png.path]).joined(separator: "\n"))
  }

  private struct Summary: Encodable {
    var out: String
    var last: [[String: Double]]
  }
}
