import Foundation
import Geometry
import NN
import Randomness
import Torch
import Volumes

/// A training step of the article's autodecoder: 16,384 points of 50 shapes, network and codes.
struct AutodecoderBenchmark {
  let options: Benchmark.Options

  init(_ options: Benchmark.Options) { self.options = options }

  private var batchSize: Int { options.isQuick ? 256 : 16_384 }
  private var shapeCount: Int { options.isQuick ? 3 : 50 }
  private var samplesPerShape: Int { options.isQuick ? 500 : 20_000 }
  private var stepCount: Int { options.isQuick ? 1 : 10 }

  func run() throws {
    let folder = try BenchmarkFolder()
    try writeSamples(to: folder.url)
    var seconds: [Precision: Double] = [:]
    for precision in [Precision.bfloat16, .float32] {
      let own = try step(precision, folder: folder.url.path)
      seconds[precision] = own.value
      try options.report(own, peers: peers(precision))
    }
    guard let full = seconds[.float32], let reduced = seconds[.bfloat16] else { return }
    try options.report(BenchmarkResult(.shapes, "autodecoder_step_fp32_over_bf16", full / reduced, unit: "times"))
  }

  /// Balls of several sizes.
  private func writeSamples(to folder: URL) throws {
    var random = SeededGenerator(seed: 1)
    for shape in 0..<shapeCount {
      let radius = 0.3 + 0.6 * Float(shape) / Float(shapeCount)
      let points = (0..<samplesPerShape).map { _ in
        SIMD3<Float>(
          .random(in: -1...1, using: &random), .random(in: -1...1, using: &random), .random(in: -1...1, using: &random))
      }
      let distances = points.map { ($0 * $0).sum().squareRoot() - radius }
      try NpzArchive.write(
        [("points", NpyArray(points: points)), ("sdf", NpyArray(shape: [points.count], distances))],
        to: folder.appending(path: "ball-\(shape).npz").path, compressed: false, replacing: true)
    }
  }

  private func step(_ precision: Precision, folder: String) throws -> BenchmarkResult {
    var configuration = AutodecoderConfiguration()
    (configuration.precision, configuration.training.batchSize) = (precision, batchSize)
    configuration.training.validationShapes = 0
    configuration.data.validationShare = 0
    let isPeakReset = StepMeasurement.resetPeakMemory()
    let task = try AutodecoderTask(
      configuration, data: AutodecoderData(configuration, directory: folder), device: .cpu)
    var done = 0
    let best = try Stopwatch.best(of: stepCount) {
      _ = try task.step(after: done)
      done += 1
    }
    var result = BenchmarkResult(.shapes, "autodecoder_step_\(precision.rawValue)", best, unit: "s")
    result.details = [
      "batch": Double(batchSize), "shapes": Double(task.data.training.entries.count),
      "parameters": Double(task.parameterCount), "peakBytes": Double(Runtime.peakResidentMemory),
    ]
    if !isPeakReset { result.note = "peakBytes is that of the whole process so far" }
    return result
  }

  private func peers(_ precision: Precision) -> [Benchmark.Options.Peer] {
    if options.isQuick { return [] }
    let sizes = [
      "--batch", "\(batchSize)", "--shapes", "\(shapeCount)", "--samples", "\(samplesPerShape)", "--steps",
      "\(stepCount)",
    ]
    // bfloat16 against PyTorch's own, and against what it does without being asked.
    let precisions = precision == .float32 ? [Precision.float32] : [.bfloat16, .float32]
    return precisions.map { other in
      Benchmark.Options.Peer(name: "pytorch \(other.rawValue)") {
        try $0.run(
          "pytorch_autodecoder.py", sizes + ["--precision", other.rawValue], by: .torch,
          preloading: PeerLibraries.fastAllocator)
      } value: {
        $0.seconds
      }
    }
  }
}
