import Torch

/// The largest value of each window.
///
/// *Shapes*: [N, C, D, H, W] to [N, C, D', H', W'].
public final class MaxPool3d: Module {
  /// Extent of a window.
  public let kernelSize: Extent
  /// Distance between windows.
  public let stride: Extent

  /// Windows that touch each other unless a stride is given; what is left over at the end is not used.
  public init(kernelSize: Extent, stride: Extent? = nil) {
    (self.kernelSize, self.stride) = (kernelSize, stride ?? kernelSize)
  }

  /// Pools.
  public func callAsFunction(_ input: Tensor) -> Tensor {
    input.maxPool3d(kernelSize, stride: stride)
  }
}

/// The mean of each window.
///
/// *Shapes*: [N, C, D, H, W] to [N, C, D', H', W'].
public final class AveragePool3d: Module {
  /// Extent of a window.
  public let kernelSize: Extent
  /// Distance between windows.
  public let stride: Extent

  /// Windows that touch each other unless a stride is given; what is left over at the end is not used.
  public init(kernelSize: Extent, stride: Extent? = nil) {
    (self.kernelSize, self.stride) = (kernelSize, stride ?? kernelSize)
  }

  /// Pools.
  public func callAsFunction(_ input: Tensor) -> Tensor {
    input.blockMeans(kernelSize, stride: stride) ?? input.averagePool3d(kernelSize, stride: stride)
  }
}

/// Repeats every voxel.
///
/// *Shapes*: [N, C, D, H, W] to [N, C, scale D, scale H, scale W].
public final class UpsampleNearest: Module {
  /// How often a voxel is repeated along each axis.
  public let scale: Extent

  /// Repeats every voxel this often along each axis.
  public init(scale: Extent) { self.scale = scale }

  /// Upsamples.
  public func callAsFunction(_ input: Tensor) -> Tensor {
    input.upsampledNearest3d(scale: scale)
  }
}

extension Tensor {
  /// Means of blocks that cover the volume, without leaving the channels-last order in memory, which the library's own pooling
  /// does; nil for windows and volumes of another kind.
  fileprivate func blockMeans(_ block: Extent, stride: Extent) -> Tensor? {
    guard block == stride, dtype == .float32, device == .cpu, isContiguous(channelsLast3d: true), shape[1] > 1,
      zip(shape.suffix(3), block.axes).allSatisfy({ $0.isMultiple(of: $1) })
    else { return nil }
    return Self.blockMeans(of: self, block.axes)
  }

  private static func blockMeans(of volumes: Tensor, _ block: [Int]) -> Tensor {
    CustomGradient.apply([volumes]) {
      ([$0[0].channelsLast3d().blockMeansChannelsLast(block)], [])
    } backward: { _, gradients in
      [gradients[0].map { blockSpread(of: $0, block) }]
    }[0]
  }

  /// The transpose of the means: each value, divided by the number of voxels of a block, for all its voxels.
  private static func blockSpread(of means: Tensor, _ block: [Int]) -> Tensor {
    CustomGradient.apply([means]) {
      ([$0[0].channelsLast3d().blockSpreadChannelsLast(block)], [])
    } backward: { _, gradients in
      [gradients[0].map { blockMeans(of: $0, block) }]
    }[0]
  }
}
