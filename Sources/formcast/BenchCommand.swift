import ArgumentParser
import Experiments
import Foundation
import Runs
import Synchronization

/// `formcast bench`.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time our own work, and the peers' where scripts/peers/setup was run, as JSON lines.",
    discussion: "A peer's line has the peer's own value; its ratio says how many times better ours is.")

  @Argument(
    help: """
      training, frame-gan, rollout, cavities, loading, surfaces, sdf, shapes, convolution or roofline; all of them if none is \
      given.
      """)
  var suites: [Benchmark] = []

  @Option(help: "With sdf: a mesh to use instead of the suite's own; may be repeated.")
  var mesh: [String] = []

  @Option(help: "With shapes: the file of a published generator, whose surfaces are timed.")
  var weights: String?

  @Flag(help: "Tiny sizes, to see that everything works; the numbers mean nothing.")
  var quick = false

  @Flag(help: "With convolution: print how each is computed and why, instead of timing them.")
  var explain = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard !explain || suites == [.convolution] else {
      throw ValidationError("--explain belongs to one suite: formcast bench convolution --explain")
    }
  }

  func run() throws {
    if explain {
      let explanation = ConvolutionExplanation(isQuick: quick)
      return try common.report(explanation, text: explanation.text)
    }
    let collected = ResultList()
    var options = Benchmark.Options { result in
      collected.append(result)
      try JSONOutput.print(result)
    }
    (options.isQuick, options.peers) = (quick, PeerLibraries.find())
    options.meshes = mesh.map { URL(fileURLWithPath: $0) }
    options.weights = weights.map { URL(fileURLWithPath: $0) }
    if !common.quiet, options.peers?.isInstalled != true {
      FileHandle.standardError.write(Foundation.Data("no peers installed: scripts/peers/setup\n".utf8))
    }
    for suite in suites.isEmpty ? Benchmark.allCases : suites { try suite.run(options) }
    if common.json { try JSONOutput.print(["results": collected.all]) }
  }
}

extension Benchmark: ExpressibleByArgument {}

/// The results so far.
private final class ResultList: Sendable {
  private let results = Mutex<[BenchmarkResult]>([])

  var all: [BenchmarkResult] { results.withLock { $0 } }

  func append(_ result: BenchmarkResult) { results.withLock { $0.append(result) } }
}
