import Foundation
import NN
import Runs
import Training

/// Everything that decides the training of an autodecoder: what `config.yaml` holds and `--set path=value` changes.
///
/// Network and codes are learned together: each training shape has a code of its own, and no encoder.
public struct AutodecoderConfiguration: Codable, Sendable, Equatable {
  /// Name of the recipe it began as.
  public var recipe = "autodecoder"
  /// Seed of weights, codes and draws.
  public var seed: UInt64 = 1
  /// Element type of products over features; weights, codes, losses and distances stay float32.
  public var precision = Precision.float32
  /// The network.
  public var model = DecoderModel.sdfNet(.init())
  /// What its output means.
  public var field = FieldOptions()
  /// What is read.
  public var data = DataOptions()
  /// What is minimised.
  public var loss = LossOptions()
  /// The codes.
  public var codes = CodeOptions()
  /// How it learns.
  public var optimizer = OptimizerOptions()
  /// How long, and what is kept.
  public var training = TrainingOptions()

  /// What is read of the samples.
  public struct DataOptions: Codable, Sendable, Equatable {
    /// Samples of a shape that are used, the same for all sessions; 0 for all.
    public var pointsPerShape = 0
    /// Share of the shapes, of each category, that is held out where the data set does not say it.
    public var validationShare = 0.1
    /// The point set of a folder that `sdf prepare` made; null if it has one only.
    public var pointSet: String?

    /// All samples of nine shapes in ten.
    public init() {}
  }

  /// What is minimised.
  public struct LossOptions: Codable, Sendable, Equatable {
    /// Whether predictions are clipped at `field.clip` as targets are (DeepSDF); the article clips targets only.
    public var clipsPrediction = false
    /// Weight of the eikonal term, the mean of (|gradient| - 1)^2 at points where the target is not clipped; 0 as published.
    public var eikonalWeight = 0.0
    /// Points of a batch at which the eikonal term is taken; all where a batch has fewer.
    public var eikonalPoints = 1024

    /// The article's.
    public init() {}
  }

  /// How the codes are held together.
  public struct CodeOptions: Codable, Sendable, Equatable {
    /// Standard deviation of the codes at the beginning.
    public var initialDeviation = 1e-4
    /// What the penalty measures.
    public var penalty = Penalty.meanSquare
    /// Weight of the penalty.
    public var penaltyWeight = 0.01
    /// Steps over which the penalty grows to its weight; 0 for none.
    public var penaltyRamp = 0
    /// Largest norm of a code; 0 for no bound.
    public var normBound = 0.0

    /// The article's.
    public init() {}
  }

  /// How a code's size is measured.
  public enum Penalty: String, Codable, Sendable, CaseIterable {
    /// The mean of its squared numbers, over the points of a batch (the article).
    case meanSquare
    /// Its Euclidean norm, over the points of a batch (DeepSDF's code).
    case norm
  }

  /// Adam, with rates of their own for network and codes.
  public struct OptimizerOptions: Codable, Sendable, Equatable {
    /// Step size of the network at the beginning.
    public var learningRate = 1e-5
    /// Step size of the codes at the beginning.
    public var codeLearningRate = 1e-5
    /// How both go on.
    public var schedule = Schedule.constant
    /// Steps of the schedule: of half a cosine, or between halvings. Apart from `training.steps`, so that a run that is resumed for
    /// more steps is the run that was planned longer.
    public var scheduleSteps = 100_000
    /// Share of the old average of the weights that stays at each step; the average is what is evaluated and kept. 0 for none.
    public var averageDecay = 0.0

    /// The article's.
    public init() {}
  }

  /// How the step sizes change over a run.
  public enum Schedule: String, Codable, Sendable, CaseIterable {
    /// They stay (the article).
    case constant
    /// They are halved every `optimizer.scheduleSteps` (DeepSDF).
    case halving
    /// They fall along half a cosine to a hundredth after `optimizer.scheduleSteps`, and stay there.
    case cosine
  }

  /// How long a run is, when it looks at itself, and what it keeps.
  public struct TrainingOptions: Codable, Sendable, Equatable {
    /// Points per step.
    public var batchSize = 20_000
    /// Shapes of a step, each with equally many points; 0 mixes all shapes, each point's by chance (the article).
    public var shapesPerBatch = 0
    /// Parts of a batch whose gradients are taken one after another and added, for memory; the eikonal term is then the mean of
    /// the parts'.
    public var batchSplit = 1
    /// Steps of the whole run.
    public var steps = 100_000
    /// Steps between validations.
    public var validationInterval = 1000
    /// Held-out shapes whose codes are fitted at each validation.
    public var validationShapes = 8
    /// Steps between restart checkpoints.
    public var checkpointInterval = 1000
    /// Newest checkpoints that stay.
    public var keepLast = 2
    /// Best checkpoints that stay.
    public var keepBest = 1
    /// What best means.
    public var bestBy = Criterion.trainingL1
    /// Shapes whose surfaces are written at each validation.
    public var samples = 4

    /// The article's batch.
    public init() {}
  }

  /// A measure by which checkpoints are ranked; lower is better.
  public enum Criterion: String, Codable, Sendable, CaseIterable {
    /// Mean error of clipped distances on a fixed draw of the training shapes' samples.
    case trainingL1 = "l1"
    /// The same on samples of held-out shapes, after fitting their codes.
    case heldOutL1 = "l1_held_out"
  }

  /// The article's configuration.
  public init() {}

  /// What must be known to use the network.
  public var shape: ShapeConfiguration {
    var shape = ShapeConfiguration()
    (shape.recipe, shape.seed, shape.precision, shape.model, shape.field) = (recipe, seed, precision, model, field)
    return shape
  }

  /// What the step sizes are multiplied with in the step that follows `done` others.
  func rateFactor(after done: Int) -> Double {
    switch optimizer.schedule {
    case .constant: return 1
    case .halving: return exp2(-Double(done / optimizer.scheduleSteps))
    case .cosine:
      return 0.01 + 0.99 * 0.5 * (1 + cos(.pi * min(Double(done) / Double(optimizer.scheduleSteps), 1)))
    }
  }
}
