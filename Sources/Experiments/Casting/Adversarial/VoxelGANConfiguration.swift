import Models
import NN
import Runs
import Torch
import Training

/// Everything that decides the training of a voxel GAN: what `config.yaml` holds and `--set path=value` changes.
///
/// A network of distances generates grids at any resolution; a critic that grows with the grids judges them. Stages follow one another
/// in one run, each from the weights of the one before and with new optimizers.
/// *Reference*: Kleineberg, Fey, Weichert 2020, arXiv 2002.00349, and the progressive script of its published code.
public struct VoxelGANConfiguration: Codable, Sendable, Equatable {
  /// Name of the recipe it began as.
  public var recipe = "voxel-gan"
  /// Seed of weights, codes and order.
  public var seed: UInt64 = 1
  /// Element type of products over features.
  public var precision = Precision.float32
  /// The generator.
  public var model = DecoderModel.sdfNet(.init())
  /// What its output means: distances clipped and divided by `field.scale`.
  public var field = Self.publishedField
  /// The critic.
  public var critic = VoxelCritic.Configuration()
  /// How both learn from each other.
  public var adversarial = ShapeGANOptions()
  /// What is read.
  public var data = DataOptions()
  /// How long, and what is kept.
  public var training = TrainingOptions()

  /// What is read of the grids.
  public struct DataOptions: Codable, Sendable, Equatable {
    /// Share of the shapes, of each category, that is held out where the data set does not say it.
    public var validationShare = 0.1

    /// Nine shapes in ten.
    public init() {}
  }

  /// How long a run is, when it looks at itself, and what it keeps.
  public struct TrainingOptions: Codable, Sendable, Equatable {
    /// Grids per step.
    public var batchSize = 16
    /// Passes over the shapes in each stage.
    public var stageEpochs = 250
    /// Passes at the beginning of each stage but the first while it fades in.
    public var fadeEpochs = 10.0
    /// Steps of the whole run at most; 0 for all stages.
    public var steps = 0
    /// Steps between validations.
    public var validationInterval = 1000
    /// Steps between restart checkpoints.
    public var checkpointInterval = 1000
    /// Newest checkpoints that stay.
    public var keepLast = 2
    /// Fixed codes whose shapes are drawn at each validation.
    public var samples = 8
    /// Share of the old values in the running average of the generator's weights, which is then what is used; 0 for no average.
    public var averageDecay = 0.0

    /// The published schedule.
    public init() {}
  }

  private static var publishedField: FieldOptions {
    var field = FieldOptions()
    (field.scale, field.level) = (0.1, 0.04)
    return field
  }

  /// The published configuration.
  public init() {}

  /// What must be known to use the generator.
  public var shape: ShapeConfiguration {
    var shape = ShapeConfiguration()
    (shape.recipe, shape.seed, shape.precision, shape.model, shape.field) = (recipe, seed, precision, model, field)
    return shape
  }

  /// Edges of the grids of all stages.
  var resolutions: [Int] { (0..<critic.stageCount).map(critic.resolution) }

  /// Where in the run a step is.
  func place(after done: Int, batchesPerEpoch: Int) -> VoxelGANPlayers.Stage {
    let length = max(1, training.stageEpochs * batchesPerEpoch)
    let number = min(done / length, critic.stageCount - 1)
    let within = Double(done - number * length) / Double(batchesPerEpoch)
    return .init(number, share: number == 0 || training.fadeEpochs <= 0 ? 1 : min(1, within / training.fadeEpochs))
  }
}

extension VoxelGANConfiguration: TrainableConfiguration {
  /// Steps of the whole run at most; 0 for all stages.
  public var steps: Int {
    get { training.steps }
    set { training.steps = newValue }
  }

  /// Everything about length, looking at itself and keeping.
  public static let changeableOnResumption: Set<String> = [
    "training.steps", "training.validationInterval", "training.checkpointInterval", "training.keepLast",
    "training.samples", "adversarial.chunkSize",
  ]

  /// Throws, naming the field, unless every value makes sense.
  public func validate() throws {
    func require(_ condition: Bool, _ text: String) throws {
      guard condition else { throw ExperimentError(text) }
    }
    try shape.validate()
    try critic.validate()
    try adversarial.validate()
    try require(model.latentSize > 0, "model.latentSize must be at least 1: a generator has codes")
    try require((2...4096).contains(training.batchSize), "training.batchSize must lie between 2 and 4096")
    try require((1...1_000_000).contains(training.stageEpochs), "training.stageEpochs must lie between 1 and 1,000,000")
    try require(
      training.fadeEpochs >= 0 && training.fadeEpochs <= Double(training.stageEpochs),
      "training.fadeEpochs must lie between 0 and training.stageEpochs")
    try require((0..<1).contains(training.averageDecay), "training.averageDecay must lie in 0..<1")
    try require((0..<1).contains(data.validationShare), "data.validationShare must lie in 0..<1")
    let counts = [
      ("training.steps", training.steps), ("training.validationInterval", training.validationInterval),
      ("training.checkpointInterval", training.checkpointInterval), ("training.keepLast", training.keepLast),
      ("training.samples", training.samples),
    ]
    for (name, count) in counts { try require(count >= 0, "\(name) must not be negative") }
  }

  /// Throws unless the folder has grids of all stages in the units that the configuration says.
  public func checkData(in directory: String) throws {
    try GridFolder(directory, resolutions: resolutions).checkUnits(resolution: critic.coarsest, field: field)
  }

  /// When the run evaluates, saves and ends.
  public func plan(minutes: Double?, batchesPerEpoch: Int) -> TrainingPlan {
    let all = critic.stageCount * training.stageEpochs * batchesPerEpoch
    return TrainingPlan(
      steps: training.steps > 0 ? min(training.steps, all) : all, minutes: minutes,
      evaluationInterval: training.validationInterval, checkpointInterval: training.checkpointInterval,
      retention: CheckpointRetention(newestCount: training.keepLast, bestCount: 0))
  }

  /// The game of generator and critic.
  public func task(directory: String, device: Device) throws -> any TrainingTask {
    try VoxelGANTask(self, directory: directory, device: device)
  }

  /// Itself. Steps are measured at the first stage, those of later ones take longer.
  public func lightened(for directory: String) throws -> LightenedConfiguration<VoxelGANConfiguration> {
    LightenedConfiguration(configuration: self, evaluationFactor: 1)
  }
}
