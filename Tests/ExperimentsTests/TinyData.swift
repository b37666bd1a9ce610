import Experiments
import Foundation
import NN
import Runs
import Testing
import Torch
import Volumes

/// The tests that train: one after the other, because every one of them uses all processors.
@Suite("Experiments", .serialized) struct TrainedTests {}

/// Twelve training and four validation series of 8^3 with 32 time points, generated, in a folder that goes away with the test.
final class TinyData {
  let url: URL
  var folder: String { url.appending(path: "data").path }

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "formcast-experiments-\(UUID().uuidString)")
    let source = url.appending(path: "source").path
    try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: true)
    for series in try Self.series.get() { try SeriesFile.write(series, to: "\(source)/\(series.name).tfrecords") }
    _ = try DatasetSplit(ratios: [0.75, 0.25, 0], seed: 1).write(SeriesFile.listSeries(in: source), to: folder)
  }

  /// Drawn once for all tests.
  private static let series = Result {
    let generator = try CavityGenerator(CavityConfiguration(grid: 32, seed: 3))
    return try (0..<16).map { try CavityRaster(generator.sample($0)).pooled(by: 4) }
  }

  deinit {
    do { try FileManager.default.removeItem(at: url) } catch { print("left behind: \(url.path): \(error)") }
  }

  func path(_ name: String) -> String { url.appending(path: name).path }

  func run(_ name: String) throws -> RunDirectory { try .open(at: url.appending(path: name)) }

  /// The smallest forecaster: four filters, six frames, six steps.
  static var configuration: ForecastConfiguration {
    var configuration = ForecastConfiguration()
    configuration.seed = 7
    configuration.data.format = "t6/1"
    configuration.model.convLSTM?.filters = [4]
    configuration.model.convLSTM?.kernelSizes = [3]
    configuration.model.convLSTM?.outputKernelSize = 3
    (configuration.training.batchSize, configuration.training.steps) = (4, 6)
    (configuration.training.validationInterval, configuration.training.checkpointInterval) = (3, 1)
    configuration.training.samples = 0
    return configuration
  }

  /// Trains into the run `name`.
  func train(
    _ configuration: ForecastConfiguration, _ name: String, resumes: Bool = false, data: String? = nil
  ) throws -> TrainingOutcome {
    var options = TrainingRequest(data: data ?? folder, run: path(name))
    (options.resumes, options.progress) = (resumes, .quiet)
    let environment = RunEnvironment(recipe: configuration.recipe, seed: configuration.seed, version: "0")
    return try RunTrainer(configuration, options: options, environment: environment)()
  }
}

extension RunDirectory {
  /// Bytes of the newest checkpoint's state.
  func lastState() throws -> Data? {
    try checkpoints.latest().map { try Data(contentsOf: checkpoints.url(of: $0).appending(path: "state.safetensors")) }
  }

  /// The steps told, without their times.
  func steps() throws -> [TrainingEvent.Step] {
    try EventLog(url: events).read().compactMap { timed in
      guard case .step(var step) = timed.event else { return nil }
      step.seconds = 0
      return step
    }
  }

  /// What the evaluations measured, by step.
  func evaluations() throws -> [Int: [String: Double]] {
    var found: [Int: [String: Double]] = [:]
    for timed in try EventLog(url: events).read() {
      if case .evaluation(let evaluation) = timed.event { found[evaluation.step] = evaluation.metrics }
    }
    return found
  }
}

/// The one line of the error that `body` throws; nil if it throws none.
func message(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return "\(error)"
  }
}
