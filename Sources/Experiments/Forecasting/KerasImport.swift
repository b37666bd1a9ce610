import ForeignWeights
import Foundation
import Models
import NN
import Runs
import Torch

/// A Keras ConvLSTM3D model file as a run.
public struct KerasImport {
  private let model: KerasConvLSTM

  /// Reads a `.h5` or `.keras` file; throws if it is not the forecaster's architecture, and says how it differs.
  public init(contentsOf file: URL) throws { model = try KerasConvLSTM(KerasModel(contentsOf: file)) }

  /// The configuration that the file implies; `format` cannot be seen from it.
  public func configuration(format: String) throws -> ForecastConfiguration {
    var configuration = ForecastConfiguration()
    configuration.recipe = "convlstm"
    configuration.data.format = format
    var network = ConvLSTMForecaster.Configuration()
    network.filters = model.cells.map(\.filters)
    network.kernelSizes = model.cells.map(\.kernelSize)
    network.outputKernelSize = model.output.kernelSize
    let activations = Set(model.cells.map(\.recurrentActivation))
    guard let activation = activations.first, activations.count == 1 else {
      throw ExperimentError("the layers of the model use different recurrent activations; one is needed")
    }
    network.recurrentActivation = activation.gate
    configuration.model = .convLSTM(network)
    try configuration.validate()
    return configuration
  }

  /// Writes a run that holds the weights as its only checkpoint.
  public func write(to path: String, format: String, environment: RunEnvironment, force: Bool) throws -> RunDirectory {
    let configuration = try configuration(format: format)
    let network = ConvLSTMForecaster(
      configuration.model.convLSTM ?? .init(), generator: Generator(seed: configuration.seed))
    try network.load(try state())
    let run = try RunDirectory.create(
      at: URL(filePath: path), configuration: configuration, environment: environment,
      existing: force ? .replaceRun : .refuse)
    let lock = try run.lock()
    _ = try withExtendedLifetime(lock) {
      try run.checkpoints.save(step: 0, epoch: 0) { folder in
        var tensors: [String: Tensor] = [:]
        for (key, value) in network.state() { tensors["model.\(key)"] = value }
        try StateFile(tensors: tensors).write(to: folder.appending(path: Checkpointing.fileName).path)
      }
    }
    return run
  }

  /// The weights under this package's keys.
  func state() throws -> [String: Tensor] {
    var state: [String: Tensor] = [:]
    func vector(_ values: [Float]) -> Tensor { Tensor(values, shape: [values.count]) }
    for (index, cell) in model.cells.enumerated() {
      state["lstm.\(index).kernel"] = Tensor(cell.kernel.values, shape: cell.kernel.shape)
      state["lstm.\(index).recurrentKernel"] = Tensor(cell.recurrentKernel.values, shape: cell.recurrentKernel.shape)
      state["lstm.\(index).bias"] = vector(cell.bias)
      guard index < model.cells.count - 1 else {
        guard cell.normalization == nil else {
          throw ExperimentError("a batch norm after the last recurrent layer is not supported")
        }
        continue
      }
      guard let norm = cell.normalization else {
        throw ExperimentError(
          "\(cell.name) is not followed by a batch norm, as every recurrent layer but the last must be")
      }
      guard abs(norm.epsilon - 1e-3) < 1e-9 else {
        throw ExperimentError("\(norm.name) has epsilon \(norm.epsilon); the forecaster uses 0.001")
      }
      state["norm.\(index).weight"] = vector(norm.gamma)
      state["norm.\(index).bias"] = vector(norm.beta)
      state["norm.\(index).runningMean"] = vector(norm.movingMean)
      state["norm.\(index).runningVariance"] = vector(norm.movingVariance)
    }
    state["output.weight"] = Tensor(model.output.kernel.values, shape: model.output.kernel.shape)
    state["output.bias"] = vector(model.output.bias)
    return state
  }
}

extension KerasConvLSTM.RecurrentActivation {
  /// The layer's name for it.
  fileprivate var gate: ConvLSTM3d.GateActivation {
    switch self {
    case .sigmoid: .sigmoid
    case .hardSigmoid: .hardSigmoid
    case .hardSigmoidSixth: .hardSigmoidSixth
    }
  }
}
