/// How a convolution is computed; the results agree up to rounding.
public enum ConvolutionMethod: Hashable, Sendable, Codable, CustomStringConvertible {
  /// By the library.
  case direct
  /// As a product of matrices: for kernels of one voxel.
  case matrixProduct
  /// By products in the frequency domain, the output cut into so many tiles along each axis.
  case spectral(tiles: [Int])

  /// One word, and the tiles where there are any.
  public var description: String {
    switch self {
    case .direct: "direct"
    case .matrixProduct: "matrix"
    case .spectral(let tiles): "spectral " + tiles.map(String.init).joined(separator: "x")
    }
  }
}

/// A convolution of stride 1 as a planner sees it.
public struct ConvolutionCall: Hashable, Sendable, Codable {
  /// Samples.
  public var batch: Int
  /// Channels of the input.
  public var inputChannels: Int
  /// Channels of the output.
  public var outputChannels: Int
  /// Depth, height and width of the input.
  public var extents: [Int]
  /// Edges of the kernel.
  public var kernel: [Int]
  /// Zeros before each axis.
  public var before: [Int]
  /// Zeros behind each axis.
  public var after: [Int]
  /// Element type of the direct products.
  public var precision: Precision
  /// Where it runs, as in `cpu` or `cuda:0`.
  public var device: String
  /// Whether gradients are wanted too.
  public var isTraining: Bool
  /// How many times in a row the same kernel is used, as a recurrent layer does: its transform is shared among them.
  public var repetitions: Int
}

extension ConvolutionCall {
  /// A 'same' convolution with an odd kernel in float32 on the processor, whose kernel is used once and not trained.
  public init(batch: Int, inputChannels: Int, outputChannels: Int, extents: [Int], kernel: [Int]) {
    self.init(
      batch: batch, inputChannels: inputChannels, outputChannels: outputChannels, extents: extents, kernel: kernel,
      before: kernel.map { $0 / 2 }, after: kernel.map { $0 / 2 }, precision: .float32, device: "cpu",
      isTraining: false, repetitions: 1)
  }

  /// Depth, height and width of the output.
  public var outputExtents: [Int] { (0..<3).map { extents[$0] + before[$0] + after[$0] - kernel[$0] + 1 } }

  /// The call that stands for all of about this size, so that not every length of a sequence is decided anew: the batch is a
  /// power of two, the repetitions one up to 64, and the precision is the one that will be used.
  public var representative: ConvolutionCall {
    var call = self
    func rounded(_ count: Int) -> Int { 1 << (max(count, 1).bitWidth - 1 - max(count, 1).leadingZeroBitCount) }
    (call.batch, call.repetitions) = (rounded(batch), min(rounded(repetitions), 64))
    if precision.isUnsafe(forKernel: kernel, over: extents) { call.precision = .float32 }
    return call
  }
}
