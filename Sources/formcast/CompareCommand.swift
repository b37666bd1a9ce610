import ArgumentParser
import Foundation
import Geometry
import Runs

extension ComparisonNormalization: ExpressibleByArgument {}
extension ComparisonOptions.Target: ExpressibleByArgument {}

/// `formcast compare`.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how far a mesh is from a reference: Chamfer, Hausdorff, normals, F-score, IoU.",
    discussion: """
      Every number is printed with its protocol. Distances are in units of the files unless --normalize scales both \
      meshes by the reference. Two samplings of one surface are not at distance 0: the floor says what a perfect mesh \
      gets; --distance surface measures to the exact surface instead.
      """)

  @Argument(help: "The mesh that is judged (.stl, .obj, .ply, .off, .glb).")
  var mesh: String

  @Argument(help: "The mesh that it should be.")
  var reference: String

  @Option(help: "Random points on each surface.")
  var samples = 30_000

  @Option(help: "Random points in the joint box for the IoU; 0 leaves it out.")
  var volumeSamples = 100_000

  @Option(help: "Distances of the F-score, such as 0.01 or 0.01,0.02; without it 1 % of the reference's diagonal.")
  var threshold: NumberList?

  @Option(help: "none; sphere: the reference's radius becomes 1; cube: half its longest side becomes 1.")
  var normalize = ComparisonNormalization.none

  @Option(help: "points: to the nearest sample, as published numbers are; surface: to the exact surface.")
  var distance = ComparisonOptions.Target.points

  @OptionGroup var inside: SignOption
  @OptionGroup var seed: SeedOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    let limit = ComparisonOptions.largestCount
    guard (1...limit).contains(samples) else { throw ValidationError("--samples must be 1 to \(limit)") }
    guard (0...limit).contains(volumeSamples) else { throw ValidationError("--volume-samples must be 0 to \(limit)") }
    guard threshold.map({ !$0.values.isEmpty && $0.values.allSatisfy { $0 > 0 } }) ?? true else {
      throw ValidationError("--threshold must be positive numbers such as 0.01,0.02")
    }
  }

  func run() throws {
    var options = ComparisonOptions()
    (options.sampleCount, options.volumeSampleCount) = (samples, volumeSamples)
    (options.target, options.thresholds, options.normalization) = (distance, threshold?.values, normalize)
    (options.sign, options.seed) = (inside.sign, seed.seed)
    // Tried one by one, so that an error says which of the two cannot be sampled.
    let (first, second) = (try MeshFailure.sampled(mesh), try MeshFailure.sampled(reference))
    let told: ShapeComparison
    do {
      told = try ShapeComparison(of: first, to: second, options: options)
    } catch {
      throw SurfaceChoiceError("\(mesh) against \(reference): \(error)")
    }
    try common.report(
      CompareSummary(mesh: mesh, reference: reference, comparison: told), text: ComparisonTable(told).text)
  }
}
