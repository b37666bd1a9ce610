import Models
import NN
import Torch

/// One step of a rollout: the published network's forecast from a window of frames of 16^3, one series at a time.
struct RolloutBenchmark {
  let options: Benchmark.Options

  init(_ options: Benchmark.Options) { self.options = options }

  private var window: Int { options.isQuick ? 2 : 5 }
  private var count: Int { options.isQuick ? 1 : 20 }

  func run() throws {
    var configuration = ConvLSTMForecaster.Configuration()
    if options.isQuick { configuration.filters = [4, 4, 4] }
    let network = ConvLSTMForecaster(configuration, generator: Generator(seed: 1))
    let frames = Tensor.uniform([window, 1, 1, 16, 16, 16], generator: Generator(seed: 2))
    for precision in Precision.allCases {
      let seconds = withoutGradient {
        Stopwatch.best(of: count) { _ = network(frames, mode: .inference, precision: precision).sigmoid() }
      }
      var result = BenchmarkResult(.rollout, "step_\(precision.rawValue)", seconds, unit: "s")
      result.details = ["batch": 1, "window": Double(window), "side": 16]
      try options.report(result, peers: options.isQuick ? [] : peers)
    }
  }

  private var peers: [Benchmark.Options.Peer] {
    let sizes = ["--mode", "predict", "--batch", "1", "--frames", "\(window + 1)", "--steps", "\(count)"]
    let pytorch = [Precision.float32, .bfloat16].map { precision in
      Benchmark.Options.Peer(name: "pytorch \(precision.rawValue)") {
        try $0.run(
          "pytorch_convlstm.py", sizes + ["--precision", precision.rawValue], by: .torch,
          preloading: PeerLibraries.fastAllocator)
      } value: {
        $0.seconds
      }
    }
    let keras = Benchmark.Options.Peer(name: "keras") {
      try $0.run("keras_convlstm.py", sizes)
    } value: {
      $0.seconds
    }
    return pytorch + [keras]
  }
}
