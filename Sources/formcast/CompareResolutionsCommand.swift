import ArgumentParser
import Experiments
import Geometry

/// `formcast compare-resolutions`.
struct CompareResolutions: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare-resolutions",
    abstract: "A code on a coarse raster, on that raster scaled up, and as the network says it on finer grids.",
    discussion: """
      Writes resolutions.png, labelled, and resolutions.json with the distances of each surface to the finest: exact \
      distances of 30,000 random points of either surface to the other.
      """)

  @OptionGroup var space: ShapeSpaceOptions

  @Option(help: "The folder to write.")
  var out: String

  @Option(help: "Samples along each axis of the raster that the network was trained on.")
  var raster = 16

  @Option(help: "Samples along each axis at which the network is asked, with commas between them.")
  var resolutions = IndexList(values: [128, 256])

  @Option(parsing: .unconditional, help: "The distance at which the surface lies; without it the model's own level.")
  var level: Double?

  @OptionGroup var codes: CodeOptions
  @OptionGroup var portrait: PortraitOptions
  @OptionGroup var force: ForceOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (2...1024).contains(raster) else { throw ValidationError("--raster must be 2 to 1024") }
    let largest = SparseSurfaceExtraction.largestExtent
    guard (1...6).contains(resolutions.values.count),
      resolutions.values.allSatisfy({ (raster + 1...largest).contains($0) })
    else { throw ValidationError("--resolutions takes 1 to 6 numbers above --raster and up to \(largest)") }
    guard level?.isFinite ?? true else { throw ValidationError("--level must be a finite number") }
  }

  func run() throws {
    let space = try space.open()
    var options = ResolutionComparison.Options(
      out: out, codes: codes.choice(otherwise: space.trained.isEmpty ? .random(count: 1) : .indices([0])))
    (options.raster, options.resolutions, options.level) = (raster, resolutions.values, level)
    (options.force, options.progress) = (force.force, common.progress("codes"))
    portrait.apply(to: &options.portrait)
    let outcome = try ResolutionComparison(space, options: options)()
    try common.report(outcome, text: outcome.text)
  }
}
