import Foundation
import Geometry
import Runs
import Torch
import Volumes

/// Judges a shape model on shapes that it has not seen: a code is fitted to each, meshed, and held against the shape
/// itself, beside the nearest of the training shapes.
///
/// Numbers do not depend on the order of the shapes, nor on which others there are.
public struct ShapeEvaluation {
  /// What the user says.
  public struct Options: Sendable {
    /// Folder of samples that holds the shapes that are judged.
    public var data: String
    /// Folder of the training shapes, if it is another one; all shapes of `data` are then held out.
    public var trainingData: String?
    /// Folder of the meshes that were sampled, where they are not beside the samples.
    public var meshes: String?
    /// Folder to write; nil for `evaluation` in the run.
    public var out: String?
    /// Part of the lists in the folder; nil for test, or validation where there is no test.
    public var part: DatasetPart?
    /// Which point set of a prepared folder is used; nil for that of the run, or the only one.
    public var pointSet: String?
    /// Only the first so many shapes in name order; 0 for all.
    public var limit = 0
    /// Training shapes whose reconstruction by their own codes is judged too, the first in name order.
    public var trainingShapes = 8
    /// Samples along an axis for surfaces.
    public var resolution = 128
    /// How codes are found.
    public var fit = CodeFitOptions()
    /// How surfaces are compared.
    public var comparison = ComparisonOptions()
    /// The axis that points up in pictures.
    public var upAxis = UpAxis.y
    /// Writes into a folder that holds other files.
    public var force = false
    /// How progress is shown.
    public var progress = ProgressMode.automatic

    /// An evaluation on `data`.
    public init(data: String) { self.data = data }
  }

  /// What came of it.
  public struct Outcome: Sendable {
    /// The content of `metrics.json`.
    public var result: ShapeEvaluationResult
    /// The held-out shapes in name order.
    public var shapes: [ShapeResult]
    /// The folder that was written.
    public var folder: String
  }

  let model: ShapeModel
  let options: Options

  /// An evaluation of a model.
  public init(_ model: ShapeModel, options: Options) { (self.model, self.options) = (model, options) }

  /// Evaluates and writes `metrics.json`, `per_shape.csv`, `shapes.png` and `report.html`.
  ///
  /// *Throws*: errors that name file or option.
  public func callAsFunction() throws -> Outcome {
    let fit = try CodeFit(model, options: options.fit)
    try MemoryRequirement(resolution: options.resolution, isDense: false).check()
    guard let place = options.out ?? model.run?.url.appending(path: "evaluation").path else {
      throw ExperimentError("\(model.path): is a file of weights; name the folder to write with --out")
    }
    let shapes = try EvaluationShapes(model, options)
    let folder = try OutputFolder(place, mark: "metrics.json", force: options.force)
    let references = try shapes.heldOut.map { try shapes.reference(of: $0, options.comparison.sampleCount) }
    var examples = EvaluationExamples(count: shapes.heldOut.count)
    var heldOut = try fitted(shapes, references, fit, &examples)
    try findNeighbors(of: &heldOut, shapes, references, &examples)
    let training = try trainingResults(shapes)
    let kinds = references.map { if case .mesh = $0 { "mesh" } else { "zero level of the samples" } }
    let conditions = ShapeEvaluationResult.Conditions(
      part: shapes.part, trainingShapes: shapes.training.count,
      references: Dictionary(kinds.map { ($0, 1) }, uniquingKeysWith: +), comparison: options.comparison,
      fit: options.fit, level: model.configuration.field.level, resolution: options.resolution)
    let result = ShapeEvaluationResult(heldOut, training: training, conditions)
    try ShapeEvaluationReport(model: model, result: result, shapes: heldOut, examples: examples)
      .write(to: folder, upAxis: options.upAxis)
    return Outcome(result: result, shapes: heldOut, folder: folder.url.path)
  }

  private func meter(_ label: String, _ total: Int) -> ProgressMeter {
    ProgressMeter(label, total: total, options: .init(mode: options.progress, unit: "shapes"))
  }

  /// Fits all held-out shapes.
  private func fitted(
    _ shapes: EvaluationShapes, _ references: [ReferenceSurface], _ fit: CodeFit, _ examples: inout EvaluationExamples
  ) throws -> [ShapeResult] {
    let progress = meter("fit", shapes.heldOut.count)
    var results: [ShapeResult] = []
    for (index, source) in shapes.heldOut.enumerated() {
      let file = try SampleFile(contentsOf: source.path)
      let observations = try Observations(points: file.points, distances: file.distances, name: source.path)
      let found = try fit(observations, name: source.entry.id)
      let mesh = try model.surface(code: found.code, resolution: options.resolution).mesh
      examples.add(source.entry.id, references[index].shown, reconstruction: mesh, at: index)
      results.append(
        ShapeResult(
          entry: source.entry,
          score: try MeshInput.naming(source.entry.id) { try references[index].score(of: mesh, options.comparison) },
          fitLoss: found.report.loss))
      progress.advance(note: String(format: "loss %.5f", found.report.loss))
    }
    progress.finish()
    return results
  }

  /// Looks for the nearest training shape of each held-out one.
  private func findNeighbors(
    of results: inout [ShapeResult], _ shapes: EvaluationShapes, _ references: [ReferenceSurface],
    _ examples: inout EvaluationExamples
  ) throws {
    guard !shapes.training.isEmpty else { return }
    var single = options.comparison
    single.threadCount = 1
    let (count, comparison) = (options.comparison.sampleCount, single)
    let search = try NearestShapes(references.map { try $0.cloud(options.comparison) })
    let progress = meter("nearest training shape", shapes.training.count)
    let found = try search.search(shapes.training.count) { index in
      try shapes.trainingReference(of: shapes.training[index], count).cloud(comparison)
    } progress: {
      progress.update(to: $0)
    }
    progress.finish()
    for (index, neighbor) in found.enumerated() {
      guard let neighbor else { continue }
      let source = shapes.training[neighbor.index]
      let reference = try shapes.trainingReference(of: source, count)
      let score: ShapeScore?
      if case .mesh(let mesh) = reference {
        score = try references[index].score(of: mesh, options.comparison)
      } else {
        score = try references[index].score(ofPoints: reference.cloud(options.comparison), options.comparison)
      }
      results[index].nearest = score.map { .init(id: source.entry.id, score: $0) }
      examples.add(neighbor: reference.shown, named: source.entry.id, at: index)
    }
  }

  /// Judges the reconstruction of training shapes by the run's codes.
  private func trainingResults(_ shapes: EvaluationShapes) throws -> [ShapeResult] {
    guard let codes = model.codes else { return [] }
    let chosen = shapes.training.prefix(options.trainingShapes)
    let numbers = Dictionary(codes.entries.enumerated().map { ($1.id, $0) }) { first, _ in first }
    let progress = meter("training shapes", chosen.count)
    let results = try chosen.compactMap { source -> ShapeResult? in
      defer { progress.advance() }
      guard let number = numbers[source.entry.id] else { return nil }
      let reference = try shapes.trainingReference(of: source, options.comparison.sampleCount)
      let mesh = try model.surface(code: codes.code(number), resolution: options.resolution).mesh
      return ShapeResult(entry: source.entry, score: try reference.score(of: mesh, options.comparison))
    }
    progress.finish()
    return results
  }
}

extension ShapeEvaluation {
  /// Whether a path is a run of shapes or a file of weights, and not a run of a forecaster.
  ///
  /// *Throws*: if there is nothing of that name, or a folder that is no run.
  public static func applies(to path: String) throws -> Bool {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
      let recipe = try RunDirectory.open(at: URL(filePath: path)).readEnvironment().recipe
      return !ForecastRecipe.all.contains { $0.name == recipe }
    }
    return true
  }

  /// Opens a model and judges it; `device` is auto, cpu, cuda, cuda:N or mps.
  public static func run(
    _ options: Options, model path: String, device: String, choice: ForecastRun.Choice = .best
  ) throws -> Outcome {
    try ShapeEvaluation(ShapeModel.open(path, device: Device(parsing: device), choice: choice), options: options)()
  }
}

/// The shapes of an evaluation: those that are judged and those that the model learned from.
struct EvaluationShapes: Sendable {
  let heldOut, training: [SampleFolder.Source]
  /// Which shapes are judged, in words.
  let part: String
  private let finder, trainingFinder: ReferenceFinder

  init(_ model: ShapeModel, _ options: ShapeEvaluation.Options) throws {
    func open(_ path: String) throws -> SampleFolder {
      let trained = SampleFolder.isPrepared(path) ? model.training?.data.pointSet : nil
      return try SampleFolder(path, pointSet: options.pointSet ?? trained)
    }
    let folder = try open(options.data)
    let trained = Set((model.codes?.entries ?? []).map(\.id))
    let own = options.trainingData.map { _ in [] } ?? trained
    let lists = try ShapeSplit(listsIn: options.data, folder.entries)
    if let lists {
      let hasTest = folder.entries.contains { lists.side(of: $0.id) == .test }
      let side: ShapeSide = options.part.map { ShapeSide($0) } ?? (hasTest ? .test : .validation)
      part = "the \(side.rawValue) list of \(options.data)"
      heldOut = Self.first(options.limit, folder.sources.filter { lists.side(of: $0.entry.id) == side })
    } else {
      guard options.part ?? .validation == .validation else {
        throw ExperimentError(
          "\(options.data): has no lists of parts; leave out --part, or make lists with `data split`")
      }
      part =
        own.isEmpty ? "all shapes of \(options.data)" : "the shapes of \(options.data) that the run did not learn from"
      heldOut = Self.first(options.limit, folder.sources.filter { !own.contains($0.entry.id) })
    }
    if let seen = heldOut.first(where: { own.contains($0.entry.id) }) {
      throw ExperimentError(
        "\(options.data): the run learned from \(seen.entry.id), which is to be held out; name the folder it was trained on "
          + "with --training-data if these are other shapes")
    }
    guard !heldOut.isEmpty else {
      throw ExperimentError(
        lists != nil
          ? "\(part) names no shape; choose another --part, or share more out with `data split`"
          : "\(options.data): holds no shape that is held out; the run learned from all of them")
    }
    let trainingFolder = try options.trainingData.map(open) ?? folder
    training = trainingFolder.sources.filter { trained.contains($0.entry.id) }
    finder = try ReferenceFinder(folder: options.data, meshes: options.meshes)
    trainingFinder =
      try options.trainingData.map { try ReferenceFinder(folder: $0, meshes: options.meshes) } ?? finder
  }

  func reference(of source: SampleFolder.Source, _ count: Int) throws -> ReferenceSurface {
    try finder.reference(of: source.entry.id, samples: source.path, count: count)
  }

  func trainingReference(of source: SampleFolder.Source, _ count: Int) throws -> ReferenceSurface {
    try trainingFinder.reference(of: source.entry.id, samples: source.path, count: count)
  }

  private static func first(_ limit: Int, _ sources: [SampleFolder.Source]) -> [SampleFolder.Source] {
    limit > 0 ? Array(sources.prefix(limit)) : sources
  }
}

extension ShapeSide {
  init(_ part: DatasetPart) {
    switch part {
    case .training: self = .training
    case .validation: self = .validation
    case .test: self = .test
    }
  }
}
