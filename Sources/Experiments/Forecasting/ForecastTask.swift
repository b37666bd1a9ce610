import NN
import Torch
import Training
import Volumes

extension ForecastConfiguration {
  /// The learning of this configuration's model.
  ///
  /// *Throws*: if the data cannot be read or do not fit the model.
  func task(data: ForecastData, device: Device) throws -> any TrainingTask {
    switch model {
    case .convLSTM(let network): try ConvLSTMTask(self, network: network, data: data, device: device)
    case .frameGAN(let networks): try FrameGANTask(self, networks: networks, data: data, device: device)
    }
  }

  /// Number of a batch within its epoch, from 1, by the place in the data where it begins.
  func batchNumber(at place: LoaderCursor, of loader: SeriesLoader) -> Int {
    place.position / training.batchSize % max(loader.batchesPerEpoch, 1) + 1
  }
}

extension ForecastConfiguration.OptimizerOptions {
  /// Adam of these options for some parameters.
  func adam(of parameters: [(key: String, parameter: Parameter)]) -> Adam {
    Adam(
      parameters, learningRate: learningRate,
      options: .init(beta1: beta1, beta2: beta2, epsilon: epsilon, epsilonPlacement: .keras))
  }
}
