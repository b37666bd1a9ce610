import NN
import Torch

/// Convolutions by every method, beside PyTorch's own.
struct ConvolutionBenchmark {
  let options: Benchmark.Options

  init(_ options: Benchmark.Options) { self.options = options }

  /// Seconds of the passes of one use, and of what is done once for a kernel however often it is used.
  private struct Timing {
    var forward = 0.0
    var backward = 0.0
    var kernel = 0.0

    init(_ call: ConvolutionCall, _ method: ConvolutionMethod, rounds: Int) {
      for piece in ConvolutionTrial(call, method).pieces {
        let seconds = piece.seconds(of: rounds)
        switch piece.part {
        case .kernelTransform, .kernelGradientTransform: kernel += seconds
        case .direct, .matrix, .inputTransform, .channelProduct, .outputTransform: forward += seconds
        default: backward += seconds
        }
      }
    }

    var both: Double { forward + backward }
  }

  func run() throws {
    for shape in ConvolutionShapes.single(isQuick: options.isQuick) { try measure(shape) }
  }

  private func measure(_ shape: ConvolutionShapes.Named) throws {
    let rounds = options.isQuick ? 1 : 5
    let direct = Timing(shape.call, .direct, rounds: rounds)
    try report(shape, "direct_fp32", direct, relativeTo: direct)
    var reduced = shape.call
    reduced.precision = .bfloat16
    try report(shape, "direct_bf16", Timing(reduced, .direct, rounds: rounds), relativeTo: direct)
    var timings: [ConvolutionMethod: Timing] = [.direct: direct]
    let candidates = shape.call.candidates.filter { $0 != .direct }
    let tournament = ConvolutionTournament(shape.call, candidates, rates: ConvolutionPlanner.shared.rates)
    if let method = tournament.finalists.first?.method {
      let timing = Timing(shape.call, method, rounds: rounds)
      timings[method] = timing
      try report(shape, method == .matrixProduct ? "matrix" : "spectral", timing, relativeTo: direct, note: "\(method)")
    }
    let choice = ConvolutionPlanner.shared.choice(for: shape.call)
    let chosen = timings[choice.method] ?? Timing(shape.call, choice.method, rounds: rounds)
    try report(
      shape, "planned", chosen, relativeTo: direct, note: "\(choice.method), \(choice.origin.rawValue)", withPeer: true)
  }

  private func report(
    _ shape: ConvolutionShapes.Named, _ name: String, _ timing: Timing, relativeTo direct: Timing, note: String? = nil,
    withPeer: Bool = false
  ) throws {
    let peer = withPeer && !options.isQuick ? try peerAnswer(shape) : nil
    let passes = [
      ("forward", timing.forward, direct.forward, peer?.forwardSeconds),
      ("forward_backward", timing.both, direct.both, peer?.seconds),
    ]
    for (pass, seconds, directSeconds, peerSeconds) in passes {
      var result = BenchmarkResult(.convolution, "\(shape.name)_\(name)_\(pass)", seconds, unit: "s")
      result.note = note
      result.details = ["timesDirect": directSeconds / seconds]
      if timing.kernel > 0 { result.details["withKernelTransforms"] = seconds + timing.kernel }
      try options.report(result)
      guard withPeer, !options.isQuick else { continue }
      var line = result
      (line.value, line.details, line.ratio) = (peerSeconds, [:], peerSeconds.map { $0 / seconds })
      line.peer = peer.map { "\($0.peer) \($0.version ?? "")" } ?? "pytorch"
      line.note = peer == nil ? "absent: scripts/peers/setup installs it" : "direct fp32, channels last"
      try options.report(line)
    }
    guard timing.kernel > 0, !withPeer else { return }
    var kernel = BenchmarkResult(.convolution, "\(shape.name)_\(name)_kernel_transforms", timing.kernel, unit: "s")
    kernel.note = "once for a kernel: forward, mirrored, and the gradient's way back"
    try options.report(kernel)
  }

  private func peerAnswer(_ shape: ConvolutionShapes.Named) throws -> PeerLibraries.Answer? {
    let call = shape.call
    let sizes = [
      "--batch", "\(call.batch)", "--inputs", "\(call.inputChannels)", "--outputs", "\(call.outputChannels)",
      "--side", "\(call.extents[0])", "--kernel", "\(call.kernel[0])",
    ]
    return try options.peers?.run("pytorch_convolution.py", sizes, by: .torch, preloading: PeerLibraries.fastAllocator)
  }
}
