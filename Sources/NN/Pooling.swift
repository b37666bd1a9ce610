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
    input.averagePool3d(kernelSize, stride: stride)
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
