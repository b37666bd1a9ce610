import Experiments
import Foundation
import Randomness
import Runs
import Volumes

/// Samples of balls of several radii about the origin, with exact distances, in a folder that goes away with the test.
final class BallData {
  let url: URL
  var folder: String { url.appending(path: "data").path }

  /// A ball for each radius, alternately in the categories `big` and `small`.
  init(radii: [Float], points: Int = 2000) throws {
    url = FileManager.default.temporaryDirectory.appending(path: "formcast-balls-\(UUID().uuidString)")
    for (index, radius) in radii.enumerated() {
      let category = index % 2 == 0 ? "big" : "small"
      let folder = url.appending(path: "data/\(category)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      var random = SeededGenerator(seed: UInt64(index))
      let coordinates = (0..<3 * points).map { _ in Float(random.uniform(in: -1..<1)) }
      let distances = (0..<points).map { row in
        let (x, y, z) = (coordinates[3 * row], coordinates[3 * row + 1], coordinates[3 * row + 2])
        return (x * x + y * y + z * z).squareRoot() - radius
      }
      try NpzArchive.write(
        [
          ("points", NpyArray(shape: [points, 3], coordinates)), ("sdf", NpyArray(shape: [points], distances)),
        ], to: folder.appending(path: String(format: "%02d.npz", index)).path, compressed: false, replacing: true)
    }
  }

  deinit {
    do { try FileManager.default.removeItem(at: url) } catch { print("left behind: \(url.path): \(error)") }
  }

  func path(_ name: String) -> String { url.appending(path: name).path }

  func run(_ name: String) throws -> RunDirectory { try .open(at: url.appending(path: name)) }

  /// A tiny autodecoder with a bit of everything.
  static var configuration: AutodecoderConfiguration {
    var configuration = AutodecoderConfiguration()
    configuration.seed = 5
    configuration.shrink(width: 16, latentSize: 3)
    (configuration.codes.initialDeviation, configuration.codes.normBound) = (0.1, 1)
    (configuration.optimizer.learningRate, configuration.optimizer.codeLearningRate) = (3e-3, 3e-3)
    configuration.optimizer.averageDecay = 0.9
    (configuration.training.batchSize, configuration.training.steps) = (256, 6)
    (configuration.training.validationInterval, configuration.training.checkpointInterval) = (3, 1)
    (configuration.training.samples, configuration.training.validationShapes) = (0, 0)
    return configuration
  }

  /// Trains into the run `name`.
  func train(_ configuration: AutodecoderConfiguration, _ name: String, resumes: Bool = false) throws -> TrainingOutcome
  {
    var options = TrainingRequest(data: folder, run: path(name))
    (options.resumes, options.progress) = (resumes, .quiet)
    let environment = RunEnvironment(recipe: configuration.recipe, seed: configuration.seed, version: "0")
    return try RunTrainer(configuration, options: options, environment: environment)()
  }
}

extension AutodecoderConfiguration {
  /// Another width and another length of codes for the article's network.
  mutating func shrink(width: Int, latentSize: Int) {
    model.sdfNet?.width = width
    model.sdfNet?.latentSize = latentSize
  }
}
