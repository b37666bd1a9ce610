import ArgumentParser
import Experiments
import Foundation
import Geometry
import Runs
import Volumes

/// `formcast reconstruct`.
struct Reconstruct: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find the code of a shape from a mesh, samples, a part of its surface or a depth view, and mesh it.",
    discussion: """
      The input is a mesh, an npz that sdf sample wrote, a cloud (.ply, .obj, .xyz without faces; .npy [P,3] or with \
      normals [P,6]; .npz with points and maybe normals and sensor) or a depth picture .npy [H,W] with --camera.
      OUT holds mesh.stl and mesh.glb in units of the input, code.npy, report.json and picture.png.
      """)

  @Argument(help: ArgumentHelp("A run of shapes, or a file of weights.", valueName: "run"))
  var runPath: String

  @Argument(help: "What is known of the shape.")
  var input: String

  @Option(help: "The folder to write.")
  var out: String

  @OptionGroup var evidence: EvidenceOptions
  @OptionGroup var fit: CodeFitArguments

  @Option(help: "The whole shape in units of the input, to measure the result against.")
  var reference: String?

  @OptionGroup var sampling: MeshSamplingOptions

  @Option(help: "Samples along each axis for the surface.")
  var resolution = 128

  @Option(parsing: .unconditional, help: "The distance at which the surface lies; that of the run unless given.")
  var level: Double?

  @Option(help: "The axis that points up in pictures and depth views.")
  var up = UpAxis.y

  @OptionGroup var choice: CheckpointOption
  @OptionGroup var seed: SeedOption
  @OptionGroup var deviceOption: DeviceOption
  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (2...SparseSurfaceExtraction.largestExtent).contains(resolution) else {
      throw ValidationError("--resolution must be 2 to \(SparseSurfaceExtraction.largestExtent)")
    }
  }

  func run() throws {
    var request = ReconstructionRequest(input)
    evidence.apply(to: &request)
    request.fit = fit.options(seed: seed.seed)
    (request.reference, request.plan, request.resolution) = (reference, sampling.plan, resolution)
    (request.level, request.upAxis, request.view.seed) = (level, up, seed.seed)
    request.comparison.seed = seed.seed
    let writer = try ReconstructionFolder(out, force: force.force)
    let progress = ProgressMeter("fit", total: fit.steps, options: common.progress("steps"))
    let outcome = try Reconstruction.run(
      request, model: runPath, device: deviceOption.device, choice: choice.value()
    ) { step, loss in
      progress.update(to: step, note: loss.map { String(format: "loss %.5f", $0) })
    }
    progress.finish()
    try writer.write(outcome)
    try common.report(outcome.report, text: "\(outcome.report.text)\nwrote \(out)/mesh.stl, mesh.glb, picture.png")
  }
}
