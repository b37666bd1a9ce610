import NN

/// A step of the training loop itself, data and all, on the published network: 16 series of 19 frames of 16^3.
struct TrainingBenchmark {
  let options: Benchmark.Options

  init(_ options: Benchmark.Options) { self.options = options }

  private var batchSize: Int { options.isQuick ? 2 : 16 }
  private var stepCount: Int { options.isQuick ? 1 : 3 }

  func run() throws {
    let measurement = try measurement()
    var seconds: [Precision: Double] = [:]
    // The one that needs less memory first, because memory that was free before is not given back at once.
    for precision in [Precision.bfloat16, .float32] {
      let own = try step(precision, measurement)
      seconds[precision] = own.value
      try options.report(own, peers: peers(precision))
    }
    guard let full = seconds[.float32], let reduced = seconds[.bfloat16] else { return }
    try options.report(BenchmarkResult(.training, "step_fp32_over_bf16", full / reduced, unit: "times"))
  }

  /// Seconds of the fastest float32 step.
  func secondsOfStep() throws -> Double { try step(.float32, measurement()).value ?? 0 }

  private func measurement() throws -> StepMeasurement {
    try StepMeasurement(steps: stepCount, seriesCount: 2 * batchSize)
  }

  private func step(_ precision: Precision, _ measurement: StepMeasurement) throws -> BenchmarkResult {
    var configuration = ForecastConfiguration()
    (configuration.precision, configuration.training.batchSize) = (precision, batchSize)
    if options.isQuick { configuration.model.convLSTM?.filters = [4, 4, 4] }
    var result = try measurement.measure(configuration, suite: .training, name: "step_\(precision.rawValue)")
    result.details["frames"] = 19
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
}
