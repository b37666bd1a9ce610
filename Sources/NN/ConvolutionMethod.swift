/// How a convolution is computed; the results agree up to rounding.
public enum ConvolutionMethod: Hashable, Sendable, Codable {
  /// By the library.
  case direct
  /// As a product of matrices: for kernels of one voxel.
  case matrixProduct
  /// By products in the frequency domain, the output cut into so many tiles along each axis.
  case spectral(tiles: [Int])
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
