import Dispatch
import Torch
import Volumes

/// Cavity series straight to 128x16^3 against the obvious way: every one of the 128^4 lattice points.
struct CavityBenchmark {
  let options: Benchmark.Options

  init(_ options: Benchmark.Options) { self.options = options }

  func run() throws {
    let grid = options.isQuick ? 32 : 128
    let (pool, count) = (8, 2)
    let generator = try CavityGenerator(CavityConfiguration(grid: grid, seed: 1))
    let samples = try (0..<count).map(generator.sample)
    var everyPoint: [[UInt8]] = []
    let slow = Stopwatch.seconds { everyPoint = samples.map { Self.pooledPointByPoint($0, by: pool) } } / Double(count)
    var pooled: [Series] = []
    let fast =
      try Stopwatch.best(of: 3) { pooled = try samples.map { try CavityRaster($0).pooled(by: pool) } } / Double(count)
    for (series, bytes) in zip(pooled, everyPoint) where series.values != .uint8(bytes) {
      throw ExperimentError("\(series.name): pooling differs from evaluating every point")
    }
    var own = BenchmarkResult(.cavities, "pooled_sample", fast, unit: "s")
    (own.threads, own.note) = (1, "the same bytes as every_point_sample")
    own.details = ["samples": Double(count), "grid": Double(grid), "pool": Double(pool)]
    try options.report(own)
    var other = BenchmarkResult(.cavities, "every_point_sample", slow, unit: "s")
    (other.threads, other.details) = (Runtime.threadCount, own.details)
    // In seconds of one thread, so that threads do not flatter either.
    other.ratio = slow * Double(other.threads) / fast
    other.note = "our own plain loop; ratio in processor time"
    try options.report(other)
    try measureFiles(generator)
  }

  /// Samples per second from the drawing to the file, on all threads.
  private func measureFiles(_ generator: CavityGenerator) throws {
    let folder = try BenchmarkFolder()
    let count = options.isQuick ? 4 : 64
    let export = CavityExport(
      generator, layout: .pooled(by: 8, fileExtension: "tfrecords"), threadCount: Runtime.threadCount, replacing: true)
    let seconds = try Stopwatch.best(of: 1) { try export.write(0..<count, to: folder.url.path) }
    try options.report(BenchmarkResult(.cavities, "files_written", Double(count) / seconds, unit: "samples/s"))
  }

  /// 1 where any of the lattice points of a block lies in any cavity; every point is asked, cavity by cavity.
  private static func pooledPointByPoint(_ sample: CavitySample, by pool: Int) -> [UInt8] {
    let (grid, side) = (sample.grid, sample.grid / pool)
    let frame = side * side * side
    var output = [UInt8](repeating: 0, count: grid * frame)
    output.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let target = buffer
      // Every frame is written by one thread.
      DispatchQueue.concurrentPerform(iterations: grid) { time in
        for index in 0..<(grid * grid * grid) {
          let (x, y, z) = (index / (grid * grid), index / grid % grid, index % grid)
          let point = SIMD4(Double(time), Double(x), Double(y), Double(z))
          guard sample.cavities.contains(where: { $0.contains(point) }) else { continue }
          target[time * frame + (x / pool * side + y / pool) * side + z / pool] = 1
        }
      }
    }
    return output
  }
}
