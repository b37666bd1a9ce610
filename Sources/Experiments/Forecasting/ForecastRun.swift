import Foundation
import Models
import NN
import Runs
import Torch

/// A trained or imported forecaster on the disk.
public struct ForecastRun {
  /// Which state of the model is meant.
  public enum Choice: Sendable, Equatable {
    /// The best by the run's own criterion; the newest where none was evaluated.
    case best
    /// The newest.
    case last
    /// That of a step.
    case step(Int)
  }

  /// The folder.
  public let directory: RunDirectory
  /// What the model is and how it was trained, with the user's changes.
  public let configuration: ForecastConfiguration
  /// The state in use.
  public let checkpoint: Checkpoint

  /// Opens a run.
  ///
  /// *Parameters*: `overrides` are assignments such as `data.format=t40`.
  /// *Throws*: if the folder is no run of a forecaster, or has no complete checkpoint.
  public init(_ path: String, overrides: [String] = [], choice: Choice = .best) throws {
    directory = try RunDirectory.open(at: URL(filePath: path))
    let stored = try directory.readConfiguration(ForecastConfiguration.self)
    configuration = try Configuration.applying(overrides, to: stored)
    try configuration.validate()
    guard configuration.model == stored.model else {
      throw ExperimentError("\(path): model.* belongs to the trained weights and cannot be changed here")
    }
    checkpoint = try Self.checkpoint(choice, of: directory, rankedBy: configuration.training.bestBy.rawValue)
  }

  /// The checkpoint of a run that is meant; `metric` is the measure by which the best is found.
  static func checkpoint(_ choice: Choice, of run: RunDirectory, rankedBy metric: String?) throws -> Checkpoint {
    let store = run.checkpoints
    let found: Checkpoint?
    switch choice {
    case .best: found = try metric.flatMap { try store.best(by: .init(metric: $0)) } ?? store.latest()
    case .last: found = try store.latest()
    case .step(let step): found = try store.all().first { $0.step == step }
    }
    guard let found else { throw ExperimentError("\(run.url.path): has no such checkpoint yet; train it first") }
    return found
  }

  /// The model, ready to predict.
  ///
  /// *Throws*: if the weights do not fit the configuration; lists all that is missing, unexpected or of another shape.
  public func forecaster(on device: Device) throws -> any Forecaster {
    let file = directory.checkpoints.url(of: checkpoint).appending(path: Checkpointing.fileName)
    let weights = try StateFile(reading: file.path).part("model")
    let random = Generator(seed: configuration.seed)
    func ready<Network: Module>(_ network: Network) throws -> Network {
      try network.load(weights)
      network.move(to: device)
      return network
    }
    switch configuration.model {
    case .convLSTM(let model):
      let network = try ready(ConvLSTMForecaster(model, generator: random))
      return ConvLSTMPredictor(network, precision: configuration.precision, device: device)
    case .frameGAN(let model):
      let networks = try ready(FrameGAN(model, generator: random))
      return FrameGANPredictor(networks, precision: configuration.precision, device: device)
    }
  }
}
