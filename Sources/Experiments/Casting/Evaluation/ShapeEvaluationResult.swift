import Foundation
import Geometry

/// How well held-out shapes are reconstructed: the content of `metrics.json`.
public struct ShapeEvaluationResult: Sendable, Codable, Equatable {
  /// Statistics over shapes.
  public struct Statistics: Sendable, Codable, Equatable {
    /// Mean and median.
    public var mean, median: Double

    /// Nil for no values.
    init?(_ values: [Double]) {
      guard !values.isEmpty else { return nil }
      mean = values.reduce(0, +) / Double(values.count)
      let sorted = values.sorted()
      median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
  }

  /// A measure of the reconstructions, and of the nearest training shapes in their place.
  public struct Measure: Sendable, Codable, Equatable {
    /// Over the reconstructions.
    public var mean, median: Double?
    /// Over the nearest training shapes.
    public var nearestTraining: Statistics?

    init(_ values: [Double], nearest: [Double]) {
      let own = Statistics(values)
      (mean, median) = (own?.mean, own?.median)
      nearestTraining = Statistics(nearest)
    }

    private enum CodingKeys: String, CodingKey {
      case mean, median
      case nearestTraining = "nearest_training"
    }
  }

  /// What is measured of a set of shapes.
  public struct Scores: Sendable, Codable, Equatable {
    /// How many shapes there are, and of how many the reconstruction is empty.
    public var samples, failed: Int
    /// Both mean squared distances, added (DeepSDF), in units of the model.
    public var chamfer: Measure
    /// Half the sum of both mean distances.
    public var chamferL1: Measure
    /// The overlap of the volumes.
    public var iou: Measure
    /// Share of the shapes that are nearer to their reconstruction than to any training shape, by `chamfer`.
    public var betterThanNearest: Double?

    init(_ shapes: [ShapeResult]) {
      (samples, failed) = (shapes.count, shapes.count { $0.score == nil })
      func measure(_ value: (ShapeScore) -> Double?) -> Measure {
        Measure(
          shapes.compactMap { $0.score.flatMap(value) },
          // Of the same shapes: those that fail may well be the hard ones.
          nearest: shapes.compactMap { $0.score == nil ? nil : $0.nearest.flatMap { value($0.score) } })
      }
      chamfer = measure(\.chamfer.squared)
      chamferL1 = measure(\.chamfer.l1)
      iou = measure(\.iou)
      let compared = shapes.filter { $0.nearest != nil }
      let better = compared.count { shape in
        guard let own = shape.score, let nearest = shape.nearest?.score else { return false }
        return own.chamfer.squared < nearest.chamfer.squared
      }
      betterThanNearest = compared.isEmpty ? nil : Double(better) / Double(compared.count)
    }

    private enum CodingKeys: String, CodingKey {
      case samples, failed, chamfer, iou
      case chamferL1 = "chamfer_l1"
      case betterThanNearest = "better_than_nearest"
    }
  }

  /// What must be known to get the numbers again.
  public struct Conditions: Sendable, Codable, Equatable {
    /// Which shapes were judged.
    public var part: String
    /// Training shapes that neighbours were looked for among.
    public var trainingShapes: Int
    /// What the surfaces were held against, with the number of shapes.
    public var references: [String: Int]
    /// How the surfaces were compared.
    public var comparison: ComparisonOptions
    /// How the codes were found.
    public var fit: CodeFitOptions
    /// The distance at which surfaces were taken, and samples along an axis.
    public var level: Double
    /// Samples along an axis.
    public var resolution: Int
    /// What each number means.
    public var conventions = [
      "chamfer": "mean squared distance both ways, added (DeepSDF); units of the model squared",
      "chamfer_l1": "mean distance both ways, halved",
      "iou":
        "uniform points inside both over those inside either: of the joint box against a mesh, those of the samples "
        + "against samples",
      "nearest_training":
        "the same measures, of the same shapes, of the training shape that is nearest to the reference by chamfer",
    ]
  }

  /// How many held-out shapes were judged.
  public var samples: Int
  /// How.
  public var `protocol`: Conditions
  /// Over all held-out shapes.
  public var chamfer: Measure
  /// Over all held-out shapes.
  public var chamferL1: Measure
  /// Over all held-out shapes.
  public var iou: Measure
  /// Held-out shapes whose reconstruction is empty; they are in no mean.
  public var failed: Int
  /// Share of the held-out shapes that are nearer to their reconstruction than to any training shape.
  public var betterThanNearest: Double?
  /// The same by category.
  public var categories: [String: Scores]
  /// Reconstructions of training shapes by the codes of the run; nil if none were asked for.
  public var training: Scores?

  init(_ heldOut: [ShapeResult], training: [ShapeResult], _ conditions: Conditions) {
    let scores = Scores(heldOut)
    (samples, failed, betterThanNearest) = (scores.samples, scores.failed, scores.betterThanNearest)
    (chamfer, chamferL1, iou) = (scores.chamfer, scores.chamferL1, scores.iou)
    `protocol` = conditions
    categories = Dictionary(grouping: heldOut) { $0.entry.category }.mapValues(Scores.init)
    self.training = training.isEmpty ? nil : Scores(training)
  }

  private enum CodingKeys: String, CodingKey {
    case samples, `protocol`, chamfer, iou, failed, categories, training
    case chamferL1 = "chamfer_l1"
    case betterThanNearest = "better_than_nearest"
  }

  /// Whether reconstructions are nearer than the nearest training shapes in the mean; nil if there are none to compare.
  public var isBetterThanNearest: Bool? {
    guard let own = chamfer.mean, let nearest = chamfer.nearestTraining?.mean else { return nil }
    return own < nearest
  }

  /// One sentence.
  public var verdict: String {
    guard let own = chamfer.mean else { return "No shape could be reconstructed." }
    var text = String(
      format: "%d held-out shapes: Chamfer x1e3 mean %.4f, median %.4f", samples, 1e3 * own,
      1e3 * (chamfer.median ?? own))
    if let mean = iou.mean { text += String(format: ", IoU %.4f", mean) }
    if let nearest = chamfer.nearestTraining {
      text += String(format: "; nearest training shape %.4f, %.4f", 1e3 * nearest.mean, 1e3 * nearest.median)
      if let mean = iou.nearestTraining?.mean { text += String(format: ", IoU %.4f", mean) }
    }
    return text + (failed > 0 ? "; \(failed) reconstructions are empty and in no mean." : ".")
  }
}

/// What became of one shape.
public struct ShapeResult: Sendable, Equatable {
  /// The nearest training shape in its place.
  public struct Nearest: Sendable, Equatable {
    /// Its name.
    public var id: String
    /// How near it is.
    public var score: ShapeScore
  }

  /// The shape.
  public var entry: ShapeEntry
  /// How near the reconstruction is; nil if it is empty.
  public var score: ShapeScore?
  /// The nearest training shape; nil without training shapes.
  public var nearest: Nearest?
  /// The error of the fit, nil for codes of the run.
  public var fitLoss: Double?
}
