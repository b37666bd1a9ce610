import ArgumentParser
import Foundation
import Runs
import Volumes

/// `formcast data cavities`.
struct DataCavities: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cavities", abstract: "Generate the 4D cavity data: exact, seeded, labelled.")

  @Argument(help: "The folder to write; made if it is missing.")
  var out: String

  @Option(help: "Number of samples.")
  var count: Int

  @Option(help: "Edge of the hypervolume in voxels; lengths scale with it.")
  var grid = 128

  @Option(help: "Max-pool space by this factor; 1 with npz writes the original hypervolumes.")
  var pool = 8

  @Option(help: "tfrecord, npz or nifti.")
  var format = SeriesFormat.tfrecord

  @OptionGroup var seed: SeedOption
  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard count > 0 else { throw ValidationError("--count must be at least 1") }
    guard grid > 0, pool > 0, grid % pool == 0 else { throw ValidationError("--grid must be a multiple of --pool") }
  }

  func run() throws {
    let generator = try CavityGenerator(CavityConfiguration(grid: grid, seed: seed.seed))
    try OutputFolder.make(out)
    let isOriginal = format == .npz && pool == 1
    let layout = isOriginal ? CavityExport.Layout.original : .pooled(by: pool, fileExtension: format.fileExtension)
    let export = CavityExport(generator, layout: layout, replacing: force.force)
    let progress = ProgressMeter("cavities", total: count, options: common.progress("samples"))
    try export.write(0..<count, to: out) { progress.update(to: $0) }
    progress.finish()
    try common.report(
      Summary(samples: count, folder: out, seed: seed.seed), text: "\(count) samples of \(grid / pool)^3 in \(out)")
  }

  private struct Summary: Encodable {
    var samples: Int
    var folder: String
    var seed: UInt64
  }
}
