import ArgumentParser
import Experiments
import Foundation
import Geometry
import Runs

/// `formcast sdf prepare`.
struct SdfPrepare: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prepare",
    abstract: "Make a data set of a folder of meshes: voxels and point sets of signed distances.",
    discussion: """
      Meshes are found in all folders below; ShapeNet's category/id/models/model_normalized.obj is known. Writes \
      voxels_R/ID.npy (unit cube) and PRESET/ID.npz (unit sphere), manifest.jsonl, bad.csv and index.html. Bad meshes are \
      listed and stop nothing. Ctrl-C stops; --resume goes on and gives the same files.
      """)

  @Argument(help: "The folder of the meshes.")
  var folder: String

  @Option(help: "The folder to write into.")
  var out: String

  @Option(help: "Sides of the voxel grids, or none.")
  var voxels = "8,16,32,64"

  @Option(help: "Point sets, with commas between them, or none: deepsdf, deepsdf-code, mesh-to-sdf, uniform, shapegan.")
  var preset = SamplePreset.shapegan.rawValue

  @OptionGroup var plan: SdfPlanOptions

  @Option(help: "Bring the distances of voxels between minus and plus this, such as 0.1.")
  var clip: Float?

  @Option(help: "folder: the uppermost folder is the category; or a table of id,category.")
  var categories = "folder"

  @OptionGroup var sign: SignOption

  @Option(help: "Meshes that are worked on at a time; without it one for each processor.")
  var threads: Int?

  @Flag(help: "Do not write meshes that a test for bad meshes objects to.")
  var reject = false

  @Flag(help: "Go on with a folder that was begun with the same settings.")
  var resume = false

  @OptionGroup var seed: SeedOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (threads ?? 1) >= 1 else { throw ValidationError("--threads must be at least 1") }
    _ = try settings()
  }

  private func settings() throws -> PreparationSettings {
    var settings = PreparationSettings()
    let sides = voxels == "none" ? [] : voxels.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    settings.voxels = sides.compactMap { $0 }
    guard settings.voxels.count == sides.count else {
      throw ValidationError("--voxels: '\(voxels)' is no list of sides")
    }
    settings.plans =
      try preset == "none"
      ? []
      : preset.split(separator: ",").map { name in
        guard let preset = SamplePreset(rawValue: String(name)) else {
          let known = SamplePreset.allCases.map(\.rawValue).joined(separator: ", ")
          throw ValidationError("--preset: '\(name)' is none of \(known)")
        }
        return try plan.plan(preset)
      }
    (settings.sign, settings.seed, settings.clip, settings.dropsRejected) = (sign.sign, seed.seed, clip, reject)
    do {
      try settings.validate()
    } catch {
      throw ValidationError("\(error)")
    }
    return settings
  }

  func run() throws {
    let source = try categories == "folder" ? ShapeCategories.folder : .table(CategoryTable(contentsOf: categories))
    let shapes = try ShapeFolder(folder, categories: source)
    var preparation = ShapePreparation(shapes, settings: try settings(), out: URL(fileURLWithPath: out))
    preparation.resumes = resume
    if let threads { preparation.threadCount = threads }
    let progress = ProgressMeter("prepare", total: shapes.shapes.count, options: common.progress("meshes"))
    let interruption = Interruption()
    let summary = try preparation(isStopped: { interruption.isRequested }) { progress.update(to: $0) }
    guard summary.remaining == 0 else {
      throw ExperimentError("\(out): stopped with \(summary.remaining) meshes left; go on with --resume")
    }
    progress.finish()
    let doubt = summary.rejected + summary.bad > 0 ? "; see bad.csv" : ""
    try common.report(
      summary,
      text: "\(out): \(summary.prepared) prepared, \(summary.rejected) objected to, \(summary.bad) bad\(doubt)")
    if summary.prepared + summary.rejected == 0 { throw ExperimentError("\(out): all \(summary.bad) meshes are bad") }
  }
}
