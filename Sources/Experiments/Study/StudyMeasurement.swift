import Torch

extension StudyCost {
  /// Measures a few steps and a small validation; writes nothing.
  init(measuring configuration: ForecastConfiguration, data: String, device: String) throws {
    let measurement = EstimateMeasurement(
      configuration: configuration, directory: data, device: try Device(parsing: device))
    guard let estimate = try measurement() else { throw ExperimentError("\(configuration.recipe): has no steps") }
    self.init(
      parameters: estimate.parameters, secondsPerStep: estimate.secondsPerStep,
      secondsPerValidation: estimate.secondsPerEvaluation, bytes: estimate.peakBytes)
  }
}
