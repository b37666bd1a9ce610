import Foundation
import Torch

/// Our own timings, each beside the same work by a peer's own library where that is installed.
public enum Benchmark: String, Sendable, CaseIterable {
  /// A training step of the published ConvLSTM, and its memory.
  case training
  /// A training step of the published frame GAN for one and three past frames, and its memory.
  case frameGAN = "frame-gan"
  /// A step of a rollout of the published ConvLSTM, one series at a time.
  case rollout
  /// Cavity series straight to the pooled grid against evaluating every lattice point.
  case cavities
  /// Windows per second out of GZIP TFRecords.
  case loading
  /// Marching cubes of a torus.
  case surfaces
  /// Signed distances of meshes.
  case sdf
  /// Surfaces of a published generator, and a training step of the autodecoder.
  case shapes
  /// Convolutions of the published network by every method.
  case convolution
  /// Operations and bytes of a training step against what the processor can do.
  case roofline

  /// How a benchmark is done.
  public struct Options: Sendable {
    /// Sizes that take seconds and say nothing: to see that everything works.
    public var isQuick = false
    /// Meshes for `sdf`, instead of its own.
    public var meshes: [URL] = []
    /// The file of a published generator, for `shapes`.
    public var weights: URL?
    /// The peers to compare with.
    public var peers: PeerLibraries?
    /// Told of every result as soon as it is there.
    public var report: @Sendable (BenchmarkResult) throws -> Void

    /// The sizes of the published numbers.
    public init(report: @escaping @Sendable (BenchmarkResult) throws -> Void) { self.report = report }
  }

  /// Measures and reports.
  public func run(_ options: Options) throws {
    switch self {
    case .training: try TrainingBenchmark(options).run()
    case .frameGAN: try FrameGANBenchmark(options).run()
    case .rollout: try RolloutBenchmark(options).run()
    case .cavities: try CavityBenchmark(options).run()
    case .loading: try LoadingBenchmark(options).run()
    case .surfaces: try SurfaceBenchmark(options).run()
    case .sdf: try DistanceBenchmark(options).run()
    case .shapes: try ShapeBenchmark(options).run()
    case .convolution: try ConvolutionBenchmark(options).run()
    case .roofline: try RooflineBenchmark(options).run()
    }
  }
}

/// One line of a benchmark.
public struct BenchmarkResult: Sendable, Codable, Equatable {
  /// The suite it belongs to.
  public var suite: String
  /// What was measured.
  public var name: String
  /// The measure; absent where there is nothing to measure, as `note` then says.
  public var value: Double?
  /// Its unit.
  public var unit: String
  /// Whose number it is; absent for ours.
  public var peer: String?
  /// How many times better our number of the same name is than this one; above 1 we are ahead.
  public var ratio: Double?
  /// Threads used.
  public var threads: Int
  /// Sizes and other things that one has to know to repeat it.
  public var details: [String: Double] = [:]
  /// A remark.
  public var note: String?

  init(_ suite: Benchmark, _ name: String, _ value: Double?, unit: String) {
    (self.suite, self.name, self.value, self.unit) = (suite.rawValue, name, value, unit)
    threads = Runtime.threadCount
  }
}

/// A clock for work that is done several times.
enum Stopwatch {
  /// Seconds that `work` takes.
  static func seconds(_ work: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try work()
    let elapsed = (ContinuousClock.now - start).components
    return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
  }

  /// Seconds of the fastest of `count` times, after one that is not counted.
  static func best(of count: Int, _ work: () throws -> Void) rethrows -> Double {
    try work()
    var best = Double.infinity
    for _ in 0..<count { best = min(best, try seconds(work)) }
    return best
  }
}
