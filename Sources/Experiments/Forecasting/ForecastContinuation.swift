import Runs
import Torch
import Training

extension ForecastConfiguration: TrainableConfiguration {
  /// Steps of the whole run.
  public var steps: Int {
    get { training.steps }
    set { training.steps = newValue }
  }

  /// Everything about length, looking at itself, keeping and memory.
  public static let changeableOnResumption: Set<String> = [
    "training.steps", "training.epochs", "training.validationInterval", "training.checkpointInterval",
    "training.keepLast", "training.keepBest", "training.samples", "training.recalibrationBatches", "data.cacheBytes",
  ]

  /// Throws unless the folder has validation series.
  public func checkData(in directory: String) throws {
    _ = try ForecastData(self, directory: directory).paths(.validation)
  }

  /// The learning of this configuration's model.
  public func task(directory: String, device: Device) throws -> any TrainingTask {
    try task(data: ForecastData(self, directory: directory), device: device)
  }

  /// One batch of validation data and nothing else that only an evaluation pays for.
  public func lightened(for directory: String) throws -> LightenedConfiguration<ForecastConfiguration> {
    let found = try ForecastData(self, directory: directory).paths(.validation).count
    let all = data.validationFiles > 0 ? min(data.validationFiles, found) : found
    let measured = min(training.batchSize, all)
    var light = self
    light.data.validationFiles = measured
    light.training.recalibrationBatches = nil
    light.training.samples = 0
    // A forward pass is about a third of a step.
    return LightenedConfiguration(
      configuration: light, evaluationFactor: Double(all) / Double(max(measured, 1)),
      extraSteps: Double(training.recalibrationBatches ?? 0) / 3)
  }
}
