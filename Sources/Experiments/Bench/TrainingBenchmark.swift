import Foundation
import NN
import Torch
import Volumes

/// A step of the training loop itself, data and all, on the published network: 16 series of 19 frames of 16^3.
struct TrainingBenchmark {
  let options: Benchmark.Options

  init(_ options: Benchmark.Options) { self.options = options }

  private var batchSize: Int { options.isQuick ? 2 : 16 }
  private var stepCount: Int { options.isQuick ? 1 : 3 }

  func run() throws {
    let folder = try BenchmarkFolder()
    try writeData(to: folder.url)
    var seconds: [Precision: Double] = [:]
    // The one that needs less memory first, because memory that was free before is not given back at once.
    for precision in [Precision.bfloat16, .float32] {
      let own = try step(precision, data: folder.url.path)
      seconds[precision] = own.value
      try options.report(own, peers: peers(precision))
    }
    guard let full = seconds[.float32], let reduced = seconds[.bfloat16] else { return }
    try options.report(BenchmarkResult(.training, "step_fp32_over_bf16", full / reduced, unit: "times"))
  }

  /// Seconds of the fastest float32 step.
  func secondsOfStep() throws -> Double {
    let folder = try BenchmarkFolder()
    try writeData(to: folder.url)
    return try step(.float32, data: folder.url.path).value ?? 0
  }

  /// Seconds of the fastest step and the largest memory of the process while it went on.
  private func step(_ precision: Precision, data: String) throws -> BenchmarkResult {
    var configuration = ForecastConfiguration()
    (configuration.precision, configuration.training.batchSize) = (precision, batchSize)
    configuration.training.samples = 0
    if options.isQuick { configuration.model.convLSTM?.filters = [4, 4, 4] }
    Runtime.releaseFreeMemory()
    let isPeakReset = Self.resetPeakMemory()
    let task = try configuration.task(data: ForecastData(configuration, directory: data), device: .cpu)
    let best = try Stopwatch.best(of: stepCount) { _ = try task.step(after: 0) }
    var result = BenchmarkResult(.training, "step_\(precision.rawValue)", best, unit: "s")
    result.details = [
      "batch": Double(batchSize), "frames": 19, "side": 16, "parameters": Double(task.parameterCount),
      "steps": Double(stepCount), "peakBytes": Double(Runtime.peakResidentMemory),
    ]
    if !isPeakReset { result.note = "peakBytes is that of the whole process so far" }
    return result
  }

  private func peers(_ precision: Precision) -> [Benchmark.Options.Peer] {
    let sizes = ["--batch", "\(batchSize)", "--steps", "\(stepCount)"]
    let pytorch = [false, true].map { isCompiled in
      Benchmark.Options.Peer(name: isCompiled ? "pytorch, compiled" : "pytorch") {
        try $0.run(
          "pytorch_convlstm.py", sizes + ["--precision", precision.rawValue, "--compile", isCompiled ? "1" : "0"],
          by: .torch, preloading: PeerLibraries.fastAllocator)
      } value: {
        $0.seconds
      }
    }
    let keras = Benchmark.Options.Peer(name: "keras") {
      try $0.run("keras_convlstm.py", sizes)
    } value: {
      $0.seconds
    }
    // The quick network is not the peers'.
    if options.isQuick { return [] }
    return precision == .float32 ? [keras, pytorch[0]] : pytorch
  }

  /// Generated series in the folders of a split, all of them for training.
  private func writeData(to folder: URL) throws {
    let training = folder.appending(path: DatasetPart.training.folderName)
    try FileManager.default.createDirectory(at: training, withIntermediateDirectories: true)
    let generator = try CavityGenerator(CavityConfiguration(seed: 1))
    try CavityExport(generator, layout: .pooled(by: 8, fileExtension: "tfrecords"), threadCount: Runtime.threadCount)
      .write(0..<(2 * batchSize), to: training.path)
  }

  /// Linux begins to look for the peak anew when told so; false where that does not exist.
  private static func resetPeakMemory() -> Bool {
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
