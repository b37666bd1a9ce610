import ArgumentParser
import Experiments
import Foundation
import Geometry
import Runs
import Volumes

/// What `formcast evaluate` takes for runs of shapes.
struct ShapeEvaluationOptions: ParsableArguments {
  @Option(help: "Shapes: the folder the run was trained on, if --data is another; all of --data are then held out.")
  var trainingData: String?

  @Option(help: "Shapes: the folder of the meshes that were sampled, where they do not lie beside the samples.")
  var meshes: String?

  @Option(help: "Shapes: which point set of a folder of `sdf prepare`; without it that of the run, or the only one.")
  var pointSet: String?

  @Option(help: "Shapes: training shapes whose reconstruction by their own codes is judged too.")
  var trainingShapes = 8

  @Option(help: "Shapes: samples along each axis for a surface.")
  var resolution = 128

  @Option(help: "Shapes: the axis that points up in pictures.")
  var up = UpAxis.y

  @OptionGroup var fit: CodeFitArguments
  @OptionGroup var seed: SeedOption

  func validate() throws {
    guard trainingShapes >= 0 else { throw ValidationError("--training-shapes must be 0 or more") }
    guard (2...SparseSurfaceExtraction.largestExtent).contains(resolution) else {
      throw ValidationError("--resolution must be 2 to \(SparseSurfaceExtraction.largestExtent)")
    }
  }

  func apply(to options: inout ShapeEvaluation.Options) {
    (options.trainingData, options.meshes, options.pointSet) = (trainingData, meshes, pointSet)
    (options.trainingShapes, options.resolution, options.upAxis) = (trainingShapes, resolution, up)
    options.fit = fit.options(seed: seed.seed)
    options.comparison.seed = seed.seed
  }
}
