import NN
import Torch

/// Operations and bytes of a training step of the published network, layer by layer and part by part, against what the processor
/// can do.
struct RooflineBenchmark {
  let options: Benchmark.Options

  init(_ options: Benchmark.Options) { self.options = options }

  private var batch: Int { options.isQuick ? 1 : 16 }
  private var frames: Int { options.isQuick ? 2 : 19 }
  private var side: Int { options.isQuick ? 8 : 16 }
  private var filters: Int { options.isQuick ? 4 : 32 }
  private var rounds: Int { options.isQuick ? 1 : 5 }

  /// What a part does in a whole step.
  private struct Line {
    var name: String
    var operations: Double
    var bytes: Double
    var seconds: Double
  }

  func run() throws {
    let limit = MachineRates.measured(side: options.isQuick ? 128 : 1024, rounds: 4 * rounds)
    for (name, value, unit) in [
      ("limit_operations", limit.operations * 1e-9, "GFLOP/s"),
      ("limit_operations_bf16", limit.reducedOperations * 1e-9, "GFLOP/s"), ("limit_bytes", limit.bytes * 1e-9, "GB/s"),
    ] {
      try options.report(BenchmarkResult(.roofline, name, value, unit: unit))
    }
    var lines: [Line] = []
    let layers = ConvolutionShapes.layers(
      batch: batch, frames: frames, side: side, filters: filters, isTraining: true)
    for layer in layers {
      let parts = layer.name == "output" ? outputLines(layer.call) : convolutionLines(layer) + gateLines(layer.name)
      for part in parts { try report(part, limit) }
      lines += parts
    }
    let step = try TrainingBenchmark(options).secondsOfStep()
    let counted = lines.reduce(0) { $0 + $1.seconds }
    try options.report(BenchmarkResult(.roofline, "parts", counted, unit: "s"))
    let total = Line(
      name: "step", operations: lines.reduce(0) { $0 + $1.operations }, bytes: lines.reduce(0) { $0 + $1.bytes },
      seconds: step)
    try report(
      total, limit,
      note: "a step of the training loop; operations and bytes are those of the parts above, the seconds not")
  }

  private func convolutionLines(_ layer: ConvolutionShapes.Named) -> [Line] {
    let method = ConvolutionPlanner.shared.method(for: layer.call)
    return zip(ConvolutionCost(layer.call, method).parts, ConvolutionTrial(layer.call, method).pieces).map {
      work, piece in
      let runs = Double(layer.call.repetitions) / work.uses
      return Line(
        name: "\(layer.name)_\(work.part.rawValue)", operations: runs * work.operations, bytes: runs * work.bytes,
        seconds: runs * piece.seconds(of: rounds))
    }
  }

  /// The last convolution as its layer does it, on one frame; the counts are those of the plain definition.
  private func outputLines(_ call: ConvolutionCall) -> [Line] {
    let generator = Generator(seed: 1)
    let layer = Conv3d(inputChannels: filters, outputChannels: 1, kernelSize: 5, generator: generator)
    let input = Tensor.normal([batch, filters, side, side, side], generator: generator).channelsLast3d()
      .requiringGradient()
    let forward = Stopwatch.best(of: rounds) { _ = withoutGradient { layer(input) } }
    let both = Stopwatch.best(of: rounds) {
      _ = gradient(of: layer(input).sum(), withRespectTo: [input, layer.weight.value])
    }
    let runs = Double(frames)
    return zip(ConvolutionCost(call, .direct).parts, [("forward", forward), ("gradients", max(both - forward, 1e-9))])
      .map {
        work, pass in
        Line(name: "output_\(pass.0)", operations: work.operations, bytes: work.bytes, seconds: runs * pass.1)
      }
  }

  /// The gates' own arithmetic: about 30 operations forward and 50 backward for a filter of a voxel. Forward reads four
  /// pre-activations and a cell and writes four gates, a cell and a hidden state; backward reads four gates, two cells and
  /// three gradients and writes five.
  private func gateLines(_ layer: String) -> [Line] {
    func volumes(_ channels: Int) -> Tensor {
      Tensor.full([batch, side, side, side, channels], value: 0.25).permuted([0, 4, 1, 2, 3])
    }
    let kernel = LSTMGates(gateActivation: .hardSigmoidFifth, cellActivation: .relu)
    let (gates, cell, hidden, previous) = (volumes(4 * filters), volumes(filters), volumes(filters), volumes(filters))
    let gradients = LSTMGates.Gradients(
      hidden: volumes(filters), recurrent: volumes(filters), cell: volumes(filters), gates: volumes(4 * filters))
    let forward = Stopwatch.best(of: rounds) {
      kernel.forward(gates: gates, recurrent: nil, previousCell: previous, cell: cell, hidden: hidden)
    }
    let backward = Stopwatch.best(of: rounds) {
      kernel.backward(gates: gates, previousCell: previous, cell: cell, gradients: gradients)
    }
    let elements = Double(hidden.count * frames)
    return [
      Line(name: "\(layer)_gates", operations: 30 * elements, bytes: 44 * elements, seconds: Double(frames) * forward),
      Line(
        name: "\(layer)_gateGradients", operations: 50 * elements, bytes: 56 * elements,
        seconds: Double(frames) * backward),
    ]
  }

  private func report(_ line: Line, _ limit: MachineRates, note: String? = nil) throws {
    var result = BenchmarkResult(.roofline, line.name, line.seconds, unit: "s")
    let bound = max(line.operations / limit.operations, line.bytes / limit.bytes)
    result.details = [
      "operations": line.operations, "bytes": line.bytes, "operationsPerSecond": line.operations / line.seconds,
      "bytesPerSecond": line.bytes / line.seconds,
      "shareOfOperations": line.operations / line.seconds / limit.operations,
      "shareOfLimit": bound / line.seconds,
    ]
    result.note = note
    try options.report(result)
  }
}
