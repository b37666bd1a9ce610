import Torch
import Volumes

/// Pairs of sequences of 20 frames of 16^3 out of GZIP TFRecords of 128 time points, shuffled, in batches of 16.
struct LoadingBenchmark {
  let options: Benchmark.Options

  init(_ options: Benchmark.Options) { self.options = options }

  func run() throws {
    let folder = try BenchmarkFolder()
    let (count, passes) = (options.isQuick ? 16 : 208, options.isQuick ? 1 : 3)
    let generator = try CavityGenerator(CavityConfiguration(seed: 2))
    try CavityExport(generator, layout: .pooled(by: 8, fileExtension: "tfrecords"), threadCount: Runtime.threadCount)
      .write(0..<count, to: folder.url.path)
    var configuration = LoaderConfiguration(paths: try SeriesFile.listSeries(in: folder.url.path), format: .t80)
    (configuration.epochs, configuration.threadCount) = (1, Runtime.threadCount)
    var windows = 0
    let seconds = try Stopwatch.best(of: passes) {
      windows = 0
      let loader = try SeriesLoader(configuration)
      while let batch = try loader.nextBatch() { windows += batch.windowCount }
    }
    var own = BenchmarkResult(.loading, "windows", Double(windows) / seconds, unit: "windows/s")
    own.details = ["files": Double(count), "batch": Double(configuration.batchSize), "frames": 20]
    let path = folder.url.path
    let peer = Benchmark.Options.Peer(
      name: "tf.data", run: { try $0.run("tfdata.py", ["--folder", path, "--passes", "\(passes)"]) },
      value: { $0.windowsPerSecond }, prefersLower: false)
    try options.report(own, peers: [peer])
  }
}
