import NN
import Torch

/// The convolutions of the published network, each as the network calls it.
struct ConvolutionBenchmark {
  let options: Benchmark.Options

  /// One convolution: channels in and out, kernel edge.
  private struct Shape {
    var name: String
    var input: Int
    var output: Int
    var edge: Int
  }

  private static let shapes = [
    Shape(name: "32_128_k5", input: 32, output: 128, edge: 5),
    Shape(name: "32_128_k3", input: 32, output: 128, edge: 3),
    Shape(name: "1_128_k5", input: 1, output: 128, edge: 5),
    Shape(name: "32_1_k5", input: 32, output: 1, edge: 5),
  ]

  init(_ options: Benchmark.Options) { self.options = options }

  func run() throws {
    for shape in Self.shapes {
      for precision in Precision.allCases { try measure(shape, precision) }
    }
  }

  private func measure(_ shape: Shape, _ precision: Precision) throws {
    let (batch, side) = (options.isQuick ? 1 : 16, options.isQuick ? 8 : 16)
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
    let voxels = batch * side * side * side
    let products = Double(2 * voxels * shape.input * shape.output * shape.edge * shape.edge * shape.edge)
    for (pass, seconds, work) in [("forward", forward, products), ("backward", backward, 2 * products)] {
      var result = BenchmarkResult(
        .convolution, "conv3d_\(shape.name)_\(precision.rawValue)_\(pass)", work / seconds * 1e-9, unit: "GFLOP/s")
      result.details = ["batch": Double(batch), "side": Double(side), "seconds": seconds]
      try options.report(result)
    }
  }
}
