import Foundation
import Models
import NN
import Runs
import Torch
import Training
import Volumes

/// Learning of the ConvLSTM: binary cross-entropy of all predicted frames, Adam.
final class ConvLSTMTask: TrainingTask {
  let name: String
  let network: ConvLSTMForecaster
  private let configuration: ForecastConfiguration
  private let optimizer: Adam
  private let generator: Generator
  private let device: Device
  private let data: ForecastData
  private var loader: SeriesLoader

  init(_ configuration: ForecastConfiguration, data: ForecastData, device: Device) throws {
    (self.name, self.configuration, self.data, self.device) = (configuration.recipe, configuration, data, device)
    generator = Generator(seed: configuration.seed)
    network = ConvLSTMForecaster(configuration.model, generator: generator)
    network.move(to: device)
    let options = configuration.optimizer
    optimizer = Adam(
      network.parameters(), learningRate: options.learningRate, betas: (options.beta1, options.beta2),
      epsilon: options.epsilon, epsilonPlacement: .keras)
    loader = try data.trainingLoader(from: nil)
  }

  var parameterCount: Int { network.parameterCount }
  var batchesPerEpoch: Int? { loader.batchesPerEpoch }

  func step() throws -> StepReport {
    let batch = try loader.next()
    let (inputs, targets) = (batch.inputTensor(on: device), batch.targetTensor(on: device))
    let keys = network.parameters()
    let logits = network(inputs, mode: .training(generator), precision: configuration.precision)
    let loss = Loss.binaryCrossEntropy(logits: logits, target: targets)
    let value = loss.item()
    guard value.isFinite else { throw NonFinite("the loss") }
    var gradients = gradient(of: loss, withRespectTo: keys.map(\.parameter.value))
    guard Tensor.areFinite(gradients) else { throw NonFinite("a gradient") }
    if configuration.optimizer.gradientNorm > 0 {
      gradients = clipped(gradients, toNorm: configuration.optimizer.gradientNorm)
    }
    optimizer.step(gradients: gradients)
    let error = withoutGradient { (logits.detached().sigmoid() - targets).squared().mean().item() }
    return StepReport(
      epoch: batch.epoch + 1, batch: batch.index + 1, metrics: ["loss": value, "mse": error],
      learningRate: optimizer.learningRate)
  }
}
