import Foundation
import Models
import NN
import Torch
import Training
import Volumes

/// Learning of the ConvLSTM: binary cross-entropy of all predicted frames, Adam.
final class ConvLSTMTask: TrainingTask {
  let name: String
  private let network: ConvLSTMForecaster
  private let configuration: ForecastConfiguration
  private let optimizer: Adam
  private let generator: Generator
  private let device: Device
  private let data: ForecastData
  private let samples: TrainingSamples
  private let normalization: NormalizationWatch
  private var loader: SeriesLoader

  init(
    _ configuration: ForecastConfiguration, network model: ConvLSTMForecaster.Configuration, data: ForecastData,
    device: Device
  ) throws {
    (self.name, self.configuration, self.data, self.device) = (configuration.recipe, configuration, data, device)
    generator = Generator(seed: configuration.seed)
    network = ConvLSTMForecaster(model, generator: generator)
    network.gateBudget = configuration.training.gateBytes
    network.move(to: device)
    optimizer = configuration.optimizer.adam(of: network.parameters())
    normalization = NormalizationWatch(
      network,
      options: .init(
        batchShare: 1 - model.normalizationMomentum,
        isRecalibrated: configuration.training.recalibrationBatches != nil))
    samples = try TrainingSamples(data, count: configuration.training.samples, device: device)
    loader = try data.trainingLoader(from: LoaderCursor())
  }

  var parameterCount: Int { network.parameterCount }
  var batchesPerEpoch: Int? { loader.batchesPerEpoch }

  func step(after done: Int) throws -> StepReport {
    let place = loader.cursor
    guard let batch = try loader.nextBatch() else { throw ExperimentError("the training data ended") }
    let targets = batch.targetTensor(on: device)
    normalization.beginStep()
    let logits = network(batch.inputTensor(on: device), mode: .training(generator), precision: configuration.precision)
    let loss = Loss.binaryCrossEntropy(logits: logits, target: targets)
    let value = loss.item()
    try Finiteness.require(value, "the loss")
    var gradients = gradient(of: loss, withRespectTo: optimizer.parameters)
    try Finiteness.require(gradients: gradients, of: network.parameters())
    if configuration.optimizer.gradientNorm > 0 {
      gradients = clipped(gradients, maximumNorm: configuration.optimizer.gradientNorm).gradients
    }
    optimizer.learningRate = configuration.learningRate(after: done)
    optimizer.step(gradients: gradients)
    let error = withoutGradient { (logits.sigmoid() - targets).squared().mean().item() }
    var report = StepReport(
      epoch: batch.epoch + 1,
      batch: configuration.batchNumber(at: place, of: loader),
      metrics: ["loss": value, "mse": error], learningRate: optimizer.learningRate)
    report.warnings = normalization.endStep()
    return report
  }

  /// Loss, MSE and both Jaccard distances on the validation series, beside what the null model and the input give.
  func evaluate() throws -> EvaluationReport {
    if let count = configuration.training.recalibrationBatches { try recalibrate(count) }
    let loader = try data.seriesLoader(.validation, limit: configuration.data.validationFiles)
    var scorer = ForecastScorer(voxelsPerFrame: loader.sampleShape.voxelsPerFrame)
    var losses = (sum: 0.0, count: 0)
    while let batch = try loader.nextBatch() {
      let frames = batch.inputTensor(on: device)
      let count = frames.shape[0] - 1
      let targets = frames.narrowed(0, start: 1, length: count)
      let logits = predictor.logits(after: frames.narrowed(0, start: 0, length: count))
      losses.sum += Loss.binaryCrossEntropy(logits: logits, target: targets).item() * Double(batch.windowCount)
      losses.count += batch.windowCount
      try Finiteness.require(prediction: logits, recalibrated: configuration.training.recalibrationBatches != nil)
      try scorer.addNextFrames(predictions: logits.sigmoid(), frames: frames, names: batch.names)
    }
    var metrics = scorer.score().validationMeasures
    metrics["loss"] = losses.sum / Double(max(losses.count, 1))
    return EvaluationReport(metrics, warnings: normalization.warnings())
  }

  /// Over the first batches of the training data, the same ones every time.
  private func recalibrate(_ count: Int) throws {
    let loader = try data.trainingLoader(from: LoaderCursor())
    defer { loader.cancel() }
    try network.recalibrate(count: count, precision: configuration.precision) {
      try loader.nextBatch()?.inputTensor(on: device)
    }
  }

  func writeSamples(step: Int, to folder: URL) throws -> [String] {
    try samples.write(predictor, step: step, to: folder)
  }

  private var predictor: ConvLSTMPredictor {
    ConvLSTMPredictor(network, precision: configuration.precision, device: device)
  }

  func save(to folder: URL) throws {
    try Finiteness.require(parameters: network.parameters())
    try Checkpointing.write(
      ["model": network.state(), "optimizer": optimizer.state()], generator: generator, cursor: loader.cursor,
      to: folder)
  }

  func restore(from folder: URL) throws {
    let cursor = try Checkpointing.read(
      from: folder, into: [("model", network.load), ("optimizer", optimizer.load)], generator: generator)
    loader.cancel()
    loader = try data.trainingLoader(from: cursor)
  }
}
