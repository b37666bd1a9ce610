import NN

/// A full step of the published frame GAN, critic and then encoder and generator, for one and for three past frames.
struct FrameGANBenchmark {
  let options: Benchmark.Options

  init(_ options: Benchmark.Options) { self.options = options }

  private var batchSize: Int { options.isQuick ? 2 : 32 }
  private var stepCount: Int { options.isQuick ? 1 : 3 }

  func run() throws {
    // A series has at least 17 windows, so that two of them make a batch.
    let measurement = try StepMeasurement(steps: stepCount, seriesCount: 2 * (stepCount + 1))
    for pastFrames in [1, 3] {
      var seconds: [Precision: Double] = [:]
      // The one that needs less memory first, because memory that was free before is not given back at once.
      for precision in [Precision.bfloat16, .float32] {
        let own = try step(pastFrames, precision, measurement)
        seconds[precision] = own.value
        try options.report(own, peers: peers(pastFrames, precision))
      }
      guard let full = seconds[.float32], let reduced = seconds[.bfloat16] else { continue }
      try options.report(
        BenchmarkResult(.frameGAN, "past\(pastFrames)_step_fp32_over_bf16", full / reduced, unit: "times"))
    }
  }

  private func step(_ pastFrames: Int, _ precision: Precision, _ measurement: StepMeasurement) throws -> BenchmarkResult
  {
    var configuration = try ForecastRecipe.named("frame-gan-\(pastFrames)").configuration
    (configuration.precision, configuration.training.batchSize) = (precision, batchSize)
    // The peers' three-frame encoder is in inference mode, as in the published training.
    if pastFrames > 1 { configuration.adversarial?.encoderMode = .initialStatistics }
    if options.isQuick {
      configuration.model.frameGAN?.baseWidth = 16
      configuration.model.frameGAN?.latentSize = 16
    }
    var result = try measurement.measure(
      configuration, suite: .frameGAN, name: "past\(pastFrames)_step_\(precision.rawValue)")
    result.details["pastFrames"] = Double(pastFrames)
    return result
  }

  /// The peers make the frames anew for the second half of a step, as published; we, and PyTorch in a line of its own, do not.
  private func peers(_ pastFrames: Int, _ precision: Precision) -> [Benchmark.Options.Peer] {
    // The quick networks are not the peers'.
    if options.isQuick { return [] }
    let sizes = ["--past", "\(pastFrames)", "--batch", "\(batchSize)", "--steps", "\(stepCount)"]
    let pytorch = [false, true].map { reuses in
      Benchmark.Options.Peer(name: reuses ? "pytorch, frames made once" : "pytorch") {
        try $0.run(
          "pytorch_framegan.py", sizes + ["--precision", precision.rawValue, "--reuse", reuses ? "1" : "0"],
          by: .torch, preloading: PeerLibraries.fastAllocator)
      } value: {
        $0.seconds
      }
    }
    let keras = Benchmark.Options.Peer(name: "keras") {
      try $0.run("keras_framegan.py", sizes)
    } value: {
      $0.seconds
    }
    return precision == .float32 ? [keras] + pytorch : pytorch
  }
}
