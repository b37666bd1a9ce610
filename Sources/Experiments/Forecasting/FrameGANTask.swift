import Foundation
import Models
import NN
import Torch
import Training
import Volumes

/// Learning of the frame GAN: the critic by Wasserstein loss with gradient penalty, then encoder and generator against it.
///
/// *Reference*: listings B.1 and B.5 of the thesis. Differs: the frames that the critic judged are judged again in the generator's
/// step instead of being made anew, which is the same up to other elements that dropout would have dropped; running statistics
/// follow as if they had been made anew.
final class FrameGANTask: TrainingTask {
  let name: String
  private let networks: FrameGAN
  private let configuration: ForecastConfiguration
  private let game: AdversarialOptions
  private let players: FramePlayers
  private let generator: Generator
  private let device: Device
  private let data: ForecastData
  private let samples: TrainingSamples
  private let normalization: NormalizationWatch
  private var health: AdversarialHealth
  /// Training frames that forecasts are held against; read when first needed.
  private lazy var bank = Result { try data.healthBank(on: device) }
  private var loader: SeriesLoader

  init(
    _ configuration: ForecastConfiguration, networks model: FrameGAN.Configuration, data: ForecastData, device: Device
  ) throws {
    (name, self.configuration, self.data, self.device) = (configuration.recipe, configuration, data, device)
    game = configuration.adversarial ?? AdversarialOptions()
    loader = try data.trainingLoader(from: LoaderCursor(), windows: .multiFrame(past: model.pastFrames))
    try Self.require(loader.sampleShape, fits: model)
    generator = Generator(seed: configuration.seed)
    networks = FrameGAN(model, generator: generator)
    networks.move(to: device)
    players = FramePlayers(
      networks, options: game, optimizer: configuration.optimizer, precision: configuration.precision)
    samples = try TrainingSamples(data, count: configuration.training.samples, device: device)
    health = AdversarialHealth(voxelsPerFrame: loader.sampleShape.voxelsPerFrame)
    normalization = NormalizationWatch(
      networks,
      options: .init(
        batchShare: game.batchShare(1 - model.normalizationMomentum),
        isRecalibrated: configuration.training.recalibrationBatches != nil))
  }

  private static func require(_ shape: Series.Shape, fits model: FrameGAN.Configuration) throws {
    let extents = [shape.depth, shape.height, shape.width]
    guard extents.allSatisfy({ $0 == model.gridSize }) else {
      let text = extents.map(String.init).joined(separator: "x")
      throw ExperimentError("the frames are \(text), the model is for \(model.gridSize)^3; set model.gridSize")
    }
  }

  var parameterCount: Int { networks.parameterCount }
  var batchesPerEpoch: Int? { loader.batchesPerEpoch }

  func step(after done: Int) throws -> StepReport {
    let place = loader.cursor
    guard let batch = try loader.nextBatch() else { throw ExperimentError("the training data ended") }
    let rate = configuration.learningRate(after: done)
    normalization.beginStep()
    let metrics = try players.step(
      past: batch.inputTensor(on: device), target: batch.targetTensor(on: device).selected(0, 0), learningRate: rate,
      generator: generator)
    health.note(step: metrics)
    var report = StepReport(
      epoch: batch.epoch + 1, batch: configuration.batchNumber(at: place, of: loader), metrics: metrics,
      learningRate: rate)
    report.warnings = normalization.endStep()
    return report
  }

  /// MSE and Jaccard distances on the validation series, beside what the null model and the input give, and the critic's loss on
  /// the last window of each series; and how forecasts relate to each other, to their inputs and to the training frames.
  func evaluate() throws -> EvaluationReport {
    if let count = configuration.training.recalibrationBatches { try recalibrate(count) }
    let loader = try data.seriesLoader(.validation, limit: configuration.data.validationFiles)
    var scorer = ForecastScorer(voxelsPerFrame: loader.sampleShape.voxelsPerFrame)
    var losses = (sum: 0.0, count: 0)
    var relations = ForecastHealth(bank: try bank.get())
    let random = Generator(seed: configuration.seed)
    while let batch = try loader.nextBatch() {
      let frames = batch.inputTensor(on: device)
      let predictions = predictor.successors(of: frames.narrowed(0, start: 0, length: frames.shape[0] - 1))
      try Finiteness.require(
        prediction: predictions, recalibrated: configuration.training.recalibrationBatches != nil)
      try scorer.addNextFrames(predictions: predictions, frames: frames, names: batch.names)
      relations.add(
        predictions: predictions.selected(0, -1), targets: frames.selected(0, -1), inputs: frames.selected(0, -2))
      let loss = players.judge(
        predictions.selected(0, -1), target: frames.selected(0, -1), lastInput: frames.selected(0, -2),
        generator: random)
      losses = (losses.sum + loss * Double(batch.windowCount), losses.count + batch.windowCount)
    }
    var metrics = scorer.score().validationMeasures.merging(relations.measures()) { $1 }
    metrics["critic_loss"] = losses.sum / Double(max(losses.count, 1))
    return EvaluationReport(metrics, warnings: normalization.warnings() + health.note(evaluation: metrics))
  }

  /// Over the first batches of the training data, the same ones every time.
  private func recalibrate(_ count: Int) throws {
    let loader = try data.trainingLoader(
      from: LoaderCursor(), windows: .multiFrame(past: networks.configuration.pastFrames))
    defer { loader.cancel() }
    let recalibration = FrameGANRecalibration(
      encoderMode: game.encoderMode, precision: configuration.precision, seed: configuration.seed)
    try recalibration(networks, count: count) { try loader.nextBatch()?.inputTensor(on: device) }
  }

  func writeSamples(step: Int, to folder: URL) throws -> [String] {
    try samples.write(predictor, step: step, to: folder)
  }

  private var predictor: FrameGANPredictor {
    FrameGANPredictor(networks, precision: configuration.precision, device: device)
  }

  func save(to folder: URL) throws {
    try Finiteness.require(parameters: networks.parameters())
    var states = players.optimizers.mapValues { $0.state() }
    states["model"] = networks.state()
    try Checkpointing.write(states, generator: generator, cursor: loader.cursor, to: folder)
  }

  func restore(from folder: URL) throws {
    let loads = players.optimizers.map { (name: $0.key, load: $0.value.load) }
    let cursor = try Checkpointing.read(
      from: folder, into: [("model", networks.load)] + loads, generator: generator)
    loader.cancel()
    loader = try data.trainingLoader(
      from: cursor, windows: .multiFrame(past: networks.configuration.pastFrames))
  }
}
