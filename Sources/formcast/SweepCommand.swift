import ArgumentParser
import Experiments
import Geometry

/// `formcast sweep`.
struct Sweep: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The same codes at several levels: what erosion and dilation of the field do to the shape.",
    discussion: """
      Writes sweep.png, a row of pictures for each code, and sweep.json with volume, area, Euler number and parts at each \
      level. Without --levels a range round the model's own level, which is marked. Levels beyond the distance at which \
      the training data were clipped are refused: there the field says nothing about the shape.
      """)

  @OptionGroup var space: ShapeSpaceOptions

  @Option(help: "The folder to write.")
  var out: String

  @Option(parsing: .unconditional, help: "Levels with commas between them, such as -0.02,0,0.04.")
  var levels: NumberList?

  @Option(help: "Samples along each axis of [-1, 1]^3, 2 to \(SparseSurfaceExtraction.largestExtent).")
  var resolution = 64

  @Flag(help: "Write the surfaces too.")
  var meshes = false

  @OptionGroup var codes: CodeOptions
  @OptionGroup var portrait: PortraitOptions
  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (2...SparseSurfaceExtraction.largestExtent).contains(resolution) else {
      throw ValidationError("--resolution must be 2 to \(SparseSurfaceExtraction.largestExtent)")
    }
    guard (1...20).contains(levels?.values.count ?? 1) else { throw ValidationError("--levels takes 1 to 20 levels") }
  }

  func run() throws {
    let space = try space.open()
    var options = LevelSweep.Options(
      out: out, codes: codes.choice(otherwise: space.trained.isEmpty ? .random(count: 1) : .indices([0])))
    (options.levels, options.resolution, options.writesMeshes) = (levels?.values, resolution, meshes)
    (options.force, options.progress) = (force.force, common.progress("surfaces"))
    portrait.apply(to: &options.portrait)
    let outcome = try LevelSweep(space, options: options)()
    try common.report(outcome, text: outcome.text)
  }
}
