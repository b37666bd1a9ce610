import ArgumentParser
import Experiments
import Geometry

/// `formcast generate`.
struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shapes from random, given or trained codes: surfaces, grids, a contact sheet.",
    discussion: """
      Writes shape_0000.stl and so on, codes.npy, sheet.png and shapes.json. Random codes are of the prior of a \
      generator, or as spread as the codes that an autodecoder was trained with. --grids adds shape_0000.npy, float32 \
      [R,R,R] at linspace(-1,1,R)^3, indices along x, y, z: the network's output as distances, not clipped.
      """)

  @OptionGroup var space: ShapeSpaceOptions

  @Option(help: "The folder to write.")
  var out: String

  @OptionGroup var codes: CodeOptions
  @OptionGroup var surface: ShapeSurfaceOptions

  @Flag(help: "Write the fields on the whole grid too.")
  var grids = false

  @Option(help: "Format of the surfaces: stl, glb, ply, obj or off.")
  var format = "stl"

  @OptionGroup var portrait: PortraitOptions
  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard let known = MeshFormat(rawValue: format), known != .gltf else {
      throw ValidationError("--format is stl, glb, ply, obj or off")
    }
  }

  func run() throws {
    var options = ShapeGeneration.Options(out: out, codes: codes.choice(otherwise: .random(count: 1)))
    (options.resolution, options.level) = (surface.resolution, surface.level)
    (options.writesGrids, options.format) = (grids, MeshFormat(rawValue: format) ?? .stl)
    (options.force, options.progress) = (force.force, common.progress("shapes"))
    portrait.apply(to: &options.portrait)
    let outcome = try ShapeGeneration(try space.open(), options: options)()
    try common.report(outcome, text: outcome.text)
  }
}
