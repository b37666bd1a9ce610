import NN
import Torch

/// The convolutions of the published network, each as the network calls it.
struct ConvolutionBenchmark {
  let options: Benchmark.Options

  /// One convolution: channels in and out, kernel edge.
  private struct Shape {
    var input: Int
    var output: Int
    var edge: Int
  }

  private static let shapes = [
    Shape(input: 32, output: 128, edge: 5),
    Shape(input: 32, output: 128, edge: 3),
    Shape(input: 1, output: 128, edge: 5),
    Shape(input: 32, output: 1, edge: 5),
  ]

  init(_ options: Benchmark.Options) { self.options = options }

  private var batch: Int { options.isQuick ? 1 : 16 }
  private var side: Int { options.isQuick ? 8 : 16 }

  func run() throws {
    for shape in Self.shapes {
      for precision in Precision.allCases { try measure(shape, precision) }
    }
    for precision in Precision.allCases { try measureLayer(precision) }
  }

  private func measure(_ shape: Shape, _ precision: Precision) throws {
    let generator = Generator(seed: 1)
    let input = precision.input(Tensor.normal([batch, shape.input, side, side, side], generator: generator))
      .channelsLast3d()
    let kernelShape = [shape.output, shape.input, shape.edge, shape.edge, shape.edge]
    let kernel = precision.input(Tensor.normal(kernelShape, generator: generator)).channelsLast3d()
    let geometry = ConvolutionGeometry(padding: shape.edge / 2)
    let gradient = input.convolved(kernel, geometry)
    let count = options.isQuick ? 1 : 5
    let forward = Stopwatch.best(of: count) { _ = input.convolved(kernel, geometry) }
    let backward = Stopwatch.best(of: count) {
      _ = Tensor.convolutionGradients(
        outputGradient: gradient, input: input, weight: kernel, geometry: geometry, needed: (true, true, false))
    }
    try report("conv3d_\(shape.input)_\(shape.output)_k\(shape.edge)_\(precision.rawValue)", shape, (forward, backward))
  }

  /// The last convolution in the way that the layer chooses.
  private func measureLayer(_ precision: Precision) throws {
    let shape = Shape(input: 32, output: 1, edge: 5)
    let generator = Generator(seed: 1)
    let layer = Conv3d(inputChannels: 32, outputChannels: 1, kernelSize: 5, generator: generator)
    let input = precision.input(.normal([batch, 32, side, side, side], generator: generator)).channelsLast3d()
      .requiringGradient()
    let count = options.isQuick ? 1 : 5
    let forward = Stopwatch.best(of: count) { _ = withoutGradient { layer(input, precision: precision) } }
    let parameters = [input, layer.weight.value]
    let sum = layer(input, precision: precision).sum()
    let backward = Stopwatch.best(of: count) {
      _ = gradient(of: sum, withRespectTo: parameters, retainGraph: true)
    }
    try report("one_channel_32_k5_\(precision.rawValue)", shape, (forward, backward))
  }

  private func report(_ name: String, _ shape: Shape, _ seconds: (forward: Double, backward: Double)) throws {
    let voxels = batch * side * side * side
    let products = Double(2 * voxels * shape.input * shape.output * shape.edge * shape.edge * shape.edge)
    for (pass, seconds, work) in [("forward", seconds.forward, products), ("backward", seconds.backward, 2 * products)]
    {
      var result = BenchmarkResult(.convolution, "\(name)_\(pass)", work / seconds * 1e-9, unit: "GFLOP/s")
      result.details = ["batch": Double(batch), "side": Double(side), "seconds": seconds]
      try options.report(result)
    }
  }
}
