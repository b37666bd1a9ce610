import Foundation
import Torch
import Volumes

/// Steps of the training loop itself, data and all, on generated series of frames of 16^3: seconds and memory.
struct StepMeasurement {
  /// How often a step is measured, after one that is not.
  let steps: Int
  private let folder: BenchmarkFolder

  /// Generates so many series in the folders of a split, all of them for training.
  init(steps: Int, seriesCount: Int) throws {
    self.steps = steps
    folder = try BenchmarkFolder()
    let training = folder.url.appending(path: DatasetPart.training.folderName)
    try FileManager.default.createDirectory(at: training, withIntermediateDirectories: true)
    let generator = try CavityGenerator(CavityConfiguration(seed: 1))
    try CavityExport(generator, layout: .pooled(by: 8, fileExtension: "tfrecords"), threadCount: Runtime.threadCount)
      .write(0..<seriesCount, to: training.path)
  }

  /// Seconds of the fastest step and, in the details, the largest memory of the process while it went on.
  func measure(_ configuration: ForecastConfiguration, suite: Benchmark, name: String) throws -> BenchmarkResult {
    var configuration = configuration
    configuration.training.samples = 0
    Runtime.releaseFreeMemory()
    let isPeakReset = Self.resetPeakMemory()
    let data = ForecastData(configuration, directory: folder.url.path)
    let task = try configuration.task(data: data, device: .cpu)
    let best = try Stopwatch.best(of: steps) { _ = try task.step(after: 0) }
    var result = BenchmarkResult(suite, name, best, unit: "s")
    result.details = [
      "batch": Double(configuration.training.batchSize), "side": 16, "parameters": Double(task.parameterCount),
      "steps": Double(steps), "peakBytes": Double(Runtime.peakResidentMemory),
    ]
    if !isPeakReset { result.note = "peakBytes is that of the whole process so far" }
    return result
  }

  /// Linux begins to look for the peak anew when told so; false where that does not exist.
  @discardableResult
  static func resetPeakMemory() -> Bool {
    guard let handle = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return false }
    do {
      try handle.write(contentsOf: Data("5".utf8))
      try handle.close()
      return true
    } catch {
      return false
    }
  }
}
