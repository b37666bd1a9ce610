import NN
import Testing
import Torch

/// A convolution of stride 1 for the tests of the spectral one.
struct SpectralCase: Sendable, CustomTestStringConvertible {
  var batch: Int
  var channels: (input: Int, output: Int)
  var extents: [Int]
  var kernel: [Int]
  var before: [Int]
  var after: [Int]
  var tiles: [Int]

  var testDescription: String {
    "N\(batch) \(channels.input)->\(channels.output) of \(extents), kernel \(kernel), zeros \(before) \(after), tiles \(tiles)"
  }

  var convolution: SpectralConvolution {
    SpectralConvolution(extents: extents, kernel: kernel, before: before, after: after, tiles: tiles)
  }

  /// A 'same' convolution: of even kernels the larger half of the zeros lies behind.
  static func same(
    _ batch: Int, _ channels: (Int, Int), _ extents: [Int], _ kernel: [Int], tiles: [Int] = [1, 1, 1]
  ) -> Self {
    Self(
      batch: batch, channels: channels, extents: extents, kernel: kernel, before: kernel.map { ($0 - 1) / 2 },
      after: kernel.map { $0 / 2 }, tiles: tiles)
  }

  /// A convolution with given zeros.
  static func framed(
    _ batch: Int, _ channels: (Int, Int), _ extents: [Int], _ kernel: [Int], _ before: [Int] = [0, 0, 0],
    _ after: [Int] = [0, 0, 0], tiles: [Int] = [1, 1, 1]
  ) -> Self {
    Self(
      batch: batch, channels: channels, extents: extents, kernel: kernel, before: before, after: after, tiles: tiles)
  }

  /// Every kernel edge from 1 to 7, extents from 1 to 33, channels from 1 to 40.
  static let all: [Self] = [
    same(1, (1, 1), [1, 1, 1], [1, 1, 1]), same(2, (3, 2), [2, 3, 4], [1, 1, 1]),
    same(1, (16, 16), [6, 6, 6], [2, 2, 2]), same(3, (5, 7), [7, 5, 6], [2, 2, 2]),
    same(1, (1, 8), [8, 8, 8], [3, 3, 3]), same(2, (8, 1), [8, 8, 8], [3, 3, 3]),
    same(2, (32, 40), [4, 4, 4], [3, 3, 3]), same(4, (17, 33), [5, 6, 7], [3, 3, 3]),
    same(1, (12, 20), [16, 16, 16], [3, 3, 3]), same(1, (2, 3), [33, 33, 33], [3, 3, 3]),
    same(2, (4, 6), [9, 10, 11], [4, 4, 4]), same(1, (40, 16), [6, 6, 6], [4, 4, 4]),
    same(1, (16, 40), [8, 8, 8], [5, 5, 5]), same(2, (32, 32), [8, 8, 8], [5, 5, 5]),
    same(1, (8, 24), [16, 16, 16], [5, 5, 5]), same(5, (3, 5), [6, 7, 5], [5, 5, 5]),
    same(1, (1, 2), [33, 33, 33], [5, 5, 5]), same(2, (4, 3), [10, 9, 12], [6, 6, 6]),
    same(1, (6, 6), [13, 13, 13], [6, 6, 6]), same(1, (4, 8), [14, 14, 14], [7, 7, 7]),
    same(2, (2, 3), [21, 9, 15], [7, 7, 7]),
    // Grids smaller than the kernel.
    same(2, (16, 16), [1, 1, 1], [5, 5, 5]), same(3, (8, 4), [2, 2, 2], [5, 5, 5]),
    same(2, (5, 3), [1, 4, 9], [5, 5, 5]), same(1, (9, 6), [3, 2, 1], [7, 7, 7]),
    same(4, (32, 16), [4, 4, 4], [5, 5, 5]), same(2, (3, 4), [2, 1, 3], [4, 6, 2]),
    // Kernels that are no cubes.
    same(2, (6, 10), [8, 9, 10], [1, 3, 5]), same(1, (7, 5), [12, 6, 9], [7, 1, 3]),
    same(2, (4, 4), [5, 11, 8], [2, 5, 4]), same(1, (10, 3), [17, 3, 20], [5, 7, 1]),
    // No zeros, and other zeros on both sides.
    framed(2, (8, 8), [9, 9, 9], [3, 3, 3]), framed(1, (20, 12), [12, 12, 12], [5, 5, 5]),
    framed(3, (3, 4), [8, 7, 9], [4, 2, 5]), framed(1, (4, 4), [5, 5, 5], [5, 5, 5]),
    framed(2, (5, 6), [7, 7, 7], [5, 5, 5], [1, 1, 1], [2, 2, 2]),
    framed(1, (6, 9), [6, 8, 10], [3, 4, 5], [2, 0, 4], [0, 3, 1]),
    framed(2, (3, 3), [5, 6, 7], [3, 3, 3], [4, 3, 5], [3, 5, 4]),
    framed(1, (16, 24), [3, 4, 5], [3, 3, 3], [0, 1, 2], [2, 1, 0]),
    // Large enough that results go past the caches.
    same(1, (16, 16), [36, 36, 36], [3, 3, 3]),
    // Tiles, also where they do not divide the output and where some are empty.
    same(1, (16, 16), [16, 16, 16], [3, 3, 3], tiles: [2, 2, 2]),
    same(2, (8, 12), [12, 12, 12], [5, 5, 5], tiles: [2, 1, 2]),
    same(1, (3, 4), [33, 32, 31], [5, 5, 5], tiles: [3, 2, 2]),
    same(1, (2, 2), [33, 33, 33], [7, 7, 7], tiles: [4, 4, 4]),
    same(2, (4, 5), [11, 13, 9], [4, 4, 4], tiles: [2, 3, 2]),
    same(1, (5, 6), [5, 7, 9], [3, 3, 3], tiles: [4, 4, 4]),
    framed(2, (6, 4), [13, 12, 14], [5, 3, 4], [0, 2, 1], [3, 0, 1], tiles: [3, 1, 2]),
    framed(1, (7, 3), [10, 10, 10], [3, 3, 3], [3, 3, 3], [1, 2, 4], tiles: [2, 2, 1]),
    framed(1, (4, 8), [18, 9, 7], [5, 5, 5], tiles: [2, 2, 1]),
  ]

  /// Those small enough for finite differences.
  static let small: [Self] = all.filter {
    $0.batch * $0.extents.reduce(1, *) * $0.channels.input <= 1600
      && $0.kernel.reduce(1, *) * $0.channels.input * $0.channels.output <= 4500
  }
}

/// A convolution's result and gradients for one set of operands.
struct SpectralOutcome {
  static let names = ["forward", "input gradient", "kernel gradient", "bias gradient", "second order"]

  let parts: [Tensor]

  /// Of the scalar sum((y + 0.3 y^2) r), and of the squared norm of its input gradient by the kernel.
  init(of convolution: (_ x: Tensor, _ w: Tensor, _ b: Tensor) -> Tensor, _ operands: [Tensor]) {
    let leaves = operands.prefix(3).map { $0.clone().requiringGradient() }
    let result = convolution(leaves[0], leaves[1], leaves[2])
    let scalar = ((result + result.squared() * 0.3) * operands[3]).sum()
    let first = fullGradients(of: scalar, leaves, createGraph: true)
    parts = [result] + first + fullGradients(of: first[0].squared().sum(), [leaves[1]])
  }

  /// The largest deviations, each relative to the largest element.
  func errors(to exact: SpectralOutcome) -> [Double] {
    zip(parts, exact.parts).map { found, wanted in
      let difference = (found.to(dtype: .float64) - wanted).abs().max().item()
      return difference / max(wanted.abs().max().item(), 1e-300)
    }
  }
}

extension SpectralCase {
  /// Input, kernel, bias and the weights of the outputs in float32.
  func operands(seed: UInt64) -> [Tensor] {
    let generator = Generator(seed: seed)
    let fan = Double(channels.input * kernel.reduce(1, *))
    let outputs = convolution.grid.axes.map(\.output)
    return [
      .normal([batch, channels.input] + extents, generator: generator),
      .normal([channels.output, channels.input] + kernel, generator: generator) * (1 / fan.squareRoot()),
      .normal([channels.output], generator: generator),
      .normal([batch, channels.output] + outputs, generator: generator),
    ]
  }

  /// The library's convolution.
  func direct(_ x: Tensor, _ weight: Tensor, _ bias: Tensor) -> Tensor {
    x.padded((0..<3).map { (before[$0], after[$0]) }).conv3d(weight, bias: bias)
  }
}
