import ArgumentParser
import Experiments
import Foundation
import Geometry
import Runs

/// `formcast data shapes`.
struct DataShapes: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shapes",
    abstract: "Generate shapes of parametric families with exact signed distances, to learn from.",
    discussion: """
      OUT/CATEGORY/NNNN.npz holds samples as those of `sdf sample`, OUT/CATEGORY/NNNN.stl the surface in the same frame, \
      OUT/shapes.csv a line for each shape: id, category, parameters. The unit sphere is theirs and y points up. A shape \
      depends on seed, category and number alone. With --force the shapes that an earlier table lists go away. Families: \(ShapeFamily.allCases.map(\.rawValue).joined(separator: ", ")).
      """)

  @Argument(help: "The folder to write; made if it is missing.")
  var out: String

  @Option(help: "Shapes of each category.")
  var count: Int

  @Option(help: "Categories with commas between them; without it all.")
  var categories = FamilyList()

  @Option(
    help:
      "Also grids of distances with so many samples along each axis, with commas between: 8,16,32,64 for the voxel GAN."
  )
  var voxels: IndexList?

  @Option(help: "deepsdf, deepsdf-code, mesh-to-sdf, uniform or shapegan.")
  var preset = SamplePreset.deepsdf

  @OptionGroup var plan: SdfPlanOptions
  @OptionGroup var seed: SeedOption
  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (voxels?.values ?? []).allSatisfy({ (2...512).contains($0) }) else {
      throw ValidationError("--voxels takes numbers from 2 to 512")
    }
    guard (1...10_000).contains(count) else { throw ValidationError("--count must be from 1 to 10000") }
  }

  func run() throws {
    var export = FamilyExport(categories.families, count: count, plan: try plan.plan(preset), seed: seed.seed)
    export.voxels = voxels?.values ?? []
    for path in export.paths(in: out) { try force.requireFree(path) }
    try OutputFolder.make(out)
    let total = count * categories.families.count
    let progress = ProgressMeter("shapes", total: total, options: common.progress("shapes"))
    try export.write(to: out) { progress.update(to: $0) }
    progress.finish()
    let summary = Summary(
      shapes: total, categories: categories.families.map(\.rawValue), points: export.plan.count, folder: out,
      seed: seed.seed)
    try common.report(
      summary,
      text: "\(total) shapes of \(summary.categories.count) categories, \(summary.points) points each, in \(out)")
  }

  private struct Summary: Encodable {
    var shapes: Int
    var categories: [String]
    var points: Int
    var folder: String
    var seed: UInt64
  }
}

/// Families with commas between them.
struct FamilyList: ExpressibleByArgument {
  var families = ShapeFamily.allCases

  init() {}

  init?(argument: String) {
    let names = argument.split(separator: ",", omittingEmptySubsequences: false)
    let known = names.compactMap { ShapeFamily(rawValue: String($0)) }
    guard known.count == names.count, Set(known).count == known.count else { return nil }
    families = known
  }

  var defaultValueDescription: String { "all" }
}
