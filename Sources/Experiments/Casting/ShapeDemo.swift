import Foundation
import Geometry
import Runs
import Torch

/// Continuous shapes, small, end to end: families with exact distances, an autodecoder, its judgement, its map, a walk.
public struct ShapeDemo {
  /// What the user says.
  public struct Options: Sendable {
    /// Folder to write.
    public var out: String
    /// Seed of shapes, weights and order.
    public var seed: UInt64
    /// Minutes of training.
    public var minutes = 3.0
    /// Shapes of each family.
    public var shapesPerFamily = 12
    /// Replaces an earlier demonstration.
    public var force = false
    /// How progress is shown.
    public var progress = ProgressMode.automatic

    /// A demonstration in `out`.
    public init(out: String, seed: UInt64) { (self.out, self.seed) = (out, seed) }
  }

  /// What was made.
  public struct Outcome: Encodable, Sendable {
    /// The judgement in one sentence.
    public var verdict: String
    /// Mean Chamfer distance of held-out shapes, and that of the nearest training shapes.
    public var chamfer: [String: Double]
    /// Where things are.
    public var report: String, map: String, walk: String, run: String

    /// What is printed.
    public var text: String {
      """
      \(verdict)
      report:   \(report)
      map:      \(map)
      walk:     \(walk)
      run:      \(run)
      """
    }
  }

  private let options: Options
  private static let mark = "demo-shapes.txt"

  /// A demonstration.
  public init(_ options: Options) { self.options = options }

  /// Makes everything. A demonstration that is there is made again: its folder is known by a file of its own.
  public func callAsFunction() throws -> Outcome {
    let folder = try OutputFolder(options.out, mark: Self.mark, force: options.force)
    try folder.write(Data("formcast demo shapes\n".utf8), as: Self.mark)
    let (data, run) = (folder.file("shapes").path, folder.file("run").path)
    try makeShapes(data)
    try trainModel(data: data, run: run)
    let model = try ShapeModel.open(run)
    let result = try judge(model, data: data, out: folder.file("evaluation").path)
    let space = ShapeSpace(model)
    let meter = ProgressMeter.Options(mode: options.progress, unit: "shapes")
    var map = LatentMap.Options(out: folder.file("map").path)
    (map.seed, map.force, map.progress) = (options.seed, true, meter)
    (map.frameCount, map.pictureCount) = (48, 20)
    _ = try LatentMap(space, options: map)()
    var walk = ShapeWalk.Options(
      out: folder.file("walk").path, codes: CodeChoice(.drawn(count: 5), seed: options.seed))
    (walk.frameCount, walk.force, walk.progress) = (40, true, meter)
    _ = try ShapeWalk(space, options: walk)()
    var chamfer = ["held_out": result.chamfer.mean ?? .nan]
    chamfer["nearest_training"] = result.chamfer.nearestTraining?.mean
    return Outcome(
      verdict: result.verdict, chamfer: chamfer, report: "\(options.out)/evaluation/report.html",
      map: "\(options.out)/map/map.html", walk: "\(options.out)/walk/index.html", run: "\(options.out)/run")
  }

  private func makeShapes(_ folder: String) throws {
    var plan = SamplePreset.deepsdf.plan
    plan.count = 20_000
    let export = FamilyExport(count: options.shapesPerFamily, plan: plan, seed: options.seed)
    let progress = ProgressMeter(
      "shapes", total: export.members.count, options: .init(mode: options.progress, unit: "shapes"))
    try export.write(to: folder) { progress.update(to: $0) }
    progress.finish()
  }

  private func trainModel(data: String, run: String) throws {
    guard var configuration = ShapeRecipe.all.first(where: { $0.name == "autodecoder-small" })?.configuration else {
      throw ExperimentError("there is no recipe autodecoder-small")
    }
    configuration.seed = options.seed
    // Longer than the recipe: what fits into the demonstration's minutes on two cores.
    (configuration.training.steps, configuration.optimizer.scheduleSteps) = (5000, 5000)
    configuration.optimizer.averageDecay = 0.999
    (configuration.training.samples, configuration.training.validationInterval) = (0, 1250)
    var training = TrainingRequest(data: data, run: run)
    (training.minutes, training.force, training.progress) = (options.minutes, true, options.progress)
    let outcome = try RunTrainer(
      configuration, options: training, environment: .current(for: configuration, device: training.device))()
    guard outcome.reason != .interrupted else {
      throw ExperimentError("\(run): training was stopped, and the demonstration with it; run it again")
    }
  }

  private func judge(_ model: ShapeModel, data: String, out: String) throws -> ShapeEvaluationResult {
    var judging = ShapeEvaluation.Options(data: data)
    (judging.out, judging.force, judging.progress) = (out, true, options.progress)
    (judging.resolution, judging.trainingShapes) = (64, 4)
    (judging.fit.steps, judging.fit.samplesPerStep) = (300, 2048)
    return try ShapeEvaluation(model, options: judging)().result
  }
}
