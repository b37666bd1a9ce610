import NN
import Runs
import Torch
import Training

extension AutodecoderConfiguration {
  /// Throws, naming the field, unless every value makes sense.
  public func validate() throws {
    try shape.validate()
    _ = try model.network(generator: Generator(seed: 0))
    try require((1...100_000_000).contains(training.batchSize), "training.batchSize must be 1 to 100,000,000")
    try require(
      (1...training.batchSize).contains(training.batchSplit),
      "training.batchSplit must lie between 1 and training.batchSize")
    try require(training.steps > 0, "training.steps must be at least 1")
    try require(
      training.shapesPerBatch >= 0 && training.shapesPerBatch <= training.batchSize,
      "training.shapesPerBatch must lie between 0 and training.batchSize")
    let rates = [optimizer.learningRate, optimizer.codeLearningRate]
    try require(
      rates.allSatisfy { $0 > 0 && $0.isFinite },
      "optimizer.learningRate and optimizer.codeLearningRate must be positive")
    try require(optimizer.scheduleSteps > 0, "optimizer.scheduleSteps must be at least 1")
    try require((0..<1).contains(optimizer.averageDecay), "optimizer.averageDecay must lie in 0..<1")
    try require((0..<1).contains(data.validationShare), "data.validationShare must lie in 0..<1")
    let weights = [
      loss.eikonalWeight, codes.initialDeviation, codes.penaltyWeight, codes.normBound,
    ]
    try require(
      weights.allSatisfy { $0 >= 0 && $0.isFinite },
      "loss.eikonalWeight, codes.initialDeviation, codes.penaltyWeight and codes.normBound must not be negative")
    try require(loss.eikonalPoints > 0, "loss.eikonalPoints must be at least 1")
    let counts = [
      ("data.pointsPerShape", data.pointsPerShape), ("codes.penaltyRamp", codes.penaltyRamp),
      ("training.validationInterval", training.validationInterval),
      ("training.validationShapes", training.validationShapes),
      ("training.checkpointInterval", training.checkpointInterval), ("training.keepLast", training.keepLast),
      ("training.keepBest", training.keepBest), ("training.samples", training.samples),
    ]
    for (name, count) in counts { try require(count >= 0, "\(name) must not be negative") }
    try require(
      !loss.clipsPrediction || field.clip != nil, "loss.clipsPrediction needs field.clip, the distance to clip at")
  }

  private func require(_ condition: Bool, _ message: String) throws {
    guard condition else { throw ExperimentError(message) }
  }
}

extension AutodecoderConfiguration: TrainableConfiguration {
  /// Steps of the whole run.
  public var steps: Int {
    get { training.steps }
    set { training.steps = newValue }
  }

  /// Everything about length, looking at itself and keeping.
  public static let changeableOnResumption: Set<String> = [
    "training.steps", "training.validationInterval", "training.validationShapes", "training.checkpointInterval",
    "training.keepLast", "training.keepBest", "training.samples",
  ]

  /// Throws unless the folder has samples of shapes.
  public func checkData(in directory: String) throws { _ = try SampleFolder(directory, pointSet: data.pointSet) }

  /// When the run evaluates, saves and ends.
  public func plan(minutes: Double?, batchesPerEpoch: Int) -> TrainingPlan {
    TrainingPlan(
      steps: training.steps, minutes: minutes, evaluationInterval: training.validationInterval,
      checkpointInterval: training.checkpointInterval,
      retention: CheckpointRetention(
        newestCount: training.keepLast, bestCount: training.keepBest, criterion: .init(metric: training.bestBy.rawValue)
      ))
  }

  /// Learning network and codes together.
  public func task(directory: String, device: Device) throws -> any TrainingTask {
    try AutodecoderTask(self, data: AutodecoderData(self, directory: directory), device: device)
  }

  /// Evaluations with one held-out shape, whose fit takes most of the time.
  public func lightened(for directory: String) throws -> LightenedConfiguration<AutodecoderConfiguration> {
    var light = self
    light.training.validationShapes = min(1, training.validationShapes)
    return LightenedConfiguration(
      configuration: light, evaluationFactor: Double(max(1, training.validationShapes)))
  }

  /// What is read of a data set for one side of it.
  func poolOptions(_ side: ShapeSide) -> SamplePoolOptions {
    var options = SamplePoolOptions()
    (options.side, options.validationShare) = (side, data.validationShare)
    options.pointsPerShape = data.pointsPerShape > 0 ? data.pointsPerShape : nil
    options.pointSet = data.pointSet
    return options
  }
}
