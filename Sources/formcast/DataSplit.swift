import ArgumentParser
import Experiments
import Foundation
import Runs
import Volumes

/// `formcast data split`.
struct DataSplit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split",
    abstract: "Deal the series or shapes of a folder out into training, validation and test.",
    discussion: """
      Series: writes the folders 00_4D_training_datasets, 01_4D_validation_datasets and 02_4D_test_datasets below OUT \
      and split.json beside them; samples are hard links where the file system has them, else copies. With --force an \
      earlier split is taken back first; files that no split made are never touched.
      Shapes (the npz of `sdf sample`, `sdf prepare` and `data shapes`): writes train.txt, val.txt and test.txt with \
      their ids into OUT, the shares of each category; training reads them where they lie in DIR.
      """)

  @Argument(help: "The folder with the series or the samples of shapes.")
  var dir: String

  @Argument(help: "The folder to write; made if it is missing.")
  var out: String

  @Option(help: "Shares of training, validation and test.")
  var ratios = NumberList([0.8, 0.1, 0.1])

  @OptionGroup var seed: SeedOption
  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    do {
      _ = try DatasetSplit(ratios: ratios.values)
    } catch {
      throw ValidationError("--ratios: \(error)")
    }
  }

  func run() throws {
    let summary = SampleFolder.holdsSamples(dir) ? try splitShapes() : try splitSeries()
    let text =
      "\(summary.training) for training, \(summary.validation) for validation, \(summary.test) for test in \(out)"
    try common.report(summary, text: text)
  }

  private func splitSeries() throws -> Summary {
    let paths = try SeriesFile.listSeries(in: dir)
    let split = try DatasetSplit(ratios: ratios.values, seed: seed.seed)
    let counts = try split.write(paths, to: out, force: force.force)
    return Summary(
      training: counts[.training] ?? 0, validation: counts[.validation] ?? 0, test: counts[.test] ?? 0, out: out,
      seed: seed.seed)
  }

  private func splitShapes() throws -> Summary {
    let entries = try SampleFolder.entries(of: dir)
    let split = ShapeSplit(entries, validation: ratios.values[1], test: ratios.values[2], seed: seed.seed)
    try OutputFolder.make(out)
    let counts = try split.write(to: out, samples: dir, force: force.force)
    return Summary(
      training: counts[.training] ?? 0, validation: counts[.validation] ?? 0, test: counts[.test] ?? 0, out: out,
      seed: seed.seed)
  }

  private struct Summary: Encodable {
    var training: Int
    var validation: Int
    var test: Int
    var out: String
    var seed: UInt64
  }
}
