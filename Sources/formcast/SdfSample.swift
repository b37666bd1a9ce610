import ArgumentParser
import Experiments
import Foundation
import Geometry
import Runs

/// `formcast sdf sample`.
struct SdfSample: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Draw points round meshes and write them with their signed distances, an npz for each mesh.",
    discussion: """
      NAME.npz holds points [P,3] and sdf [P] in float32, transform [4,4] back to mesh units and report, JSON as a text. \
      Points near the surface come first, those of the first deviation before those of the second, then the rest. The \
      preset shapegan adds surface_points and surface_sdf: row i lies near the surface point nearest to row i of points.
      deepsdf: variances 0.0025 and 0.00025 about the surface, as in the paper; deepsdf-code: 0.005 and 0.0005, as in \
      its code; mesh-to-sdf: deviations 0.0025 and 0.00025; uniform: the unit ball.
      """)

  @Argument(help: "Mesh files.")
  var meshes: [String]

  @Option(help: "The folder to write into.")
  var out: String

  @Option(help: "deepsdf, deepsdf-code, mesh-to-sdf, uniform or shapegan.")
  var preset = SamplePreset.deepsdf

  @OptionGroup var plan: SdfPlanOptions
  @OptionGroup var sign: SignOption

  @Option(help: "The frame of the points: unit sphere, unit cube or, with none, that of the mesh.")
  var normalize = MeshNormalization.sphere

  @OptionGroup var seed: SeedOption
  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  func run() throws {
    let plan = try plan.plan(preset)
    let files = try SampleFiles(meshes, in: out)
    for file in files.files { try force.requireFree(file.out) }
    try OutputFolder.make(out)
    var failures: [String] = [], written: [SdfSampleSummary.Sample] = []
    let progress = ProgressMeter("sample", total: meshes.count, options: common.progress("meshes"))
    for file in files.files {
      do {
        written.append(try sample(file, plan))
      } catch let error as MeshFailure {
        failures.append("\(error)")
      }
      progress.advance()
    }
    if !written.isEmpty {
      progress.finish()
      try common.report(
        SdfSampleSummary(out: out, preset: preset.rawValue, samples: written, failures: failures),
        text: written.map(\.text).joined(separator: "\n"))
    }
    if let failed = FailedFiles(failures, of: meshes.count) { throw failed }
  }

  private func sample(_ file: SampleFiles.File, _ plan: SamplePlan) throws -> SdfSampleSummary.Sample {
    var sampler = SignedDistanceSampler(
      plan, normalization: normalize, seed: ShapeSeed.seed(seed.seed, for: file.name))
    (sampler.sign, sampler.continuitySide) = (sign.sign, 32)
    let set = try MeshFailure.with(file.mesh) { try sampler.samples(of: $0) }
    try OutputFolder.make(URL(fileURLWithPath: file.out).deletingLastPathComponent().path)
    try SampleArchive.write(set, to: file.out)
    return SdfSampleSummary.Sample(file: file.out, mesh: file.mesh, set.report)
  }
}
