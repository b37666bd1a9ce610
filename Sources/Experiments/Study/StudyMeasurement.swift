import Foundation
import Torch
import Training

extension StudyCost {
  /// Measures a few steps and a small validation; writes nothing.
  init(measuring configuration: ForecastConfiguration, data: String, device: String) throws {
    var small = configuration
    small.training.samples = 0
    let series = try ForecastData(small, directory: data).paths(.validation).count
    let judged = small.data.validationFiles > 0 ? min(series, small.data.validationFiles) : series
    small.data.validationFiles = min(judged, max(4, small.training.batchSize))
    let place = try Device(parsing: device)
    let task = try small.task(data: ForecastData(small, directory: data), device: place)
    // The first step and the first validation decide how convolutions are computed, and read files.
    _ = try task.step(after: 0)
    let step = try Self.seconds { for done in 1...2 { _ = try task.step(after: done) } } / 2
    _ = try task.evaluate()
    let validation = try Self.seconds { _ = try task.evaluate() }
    self.init(
      parameters: task.parameterCount, secondsPerStep: step,
      secondsPerValidation: validation * Double(judged) / Double(small.data.validationFiles),
      bytes: Runtime.deviceMemory(place)?.peak ?? Runtime.peakResidentMemory)
  }

  private static func seconds(of work: () throws -> Void) rethrows -> Double {
    let begin = ContinuousClock.now
    try work()
    let elapsed = (ContinuousClock.now - begin).components
    return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
  }
}
