import Torch

/// Three phase axes: how kernels and volumes are rearranged for the coarse grid. All of it is made of differentiable operators.
struct PhaseGrid {
  /// Depth, height and width.
  let axes: [PhaseAxis]

  /// Phases of a coarse voxel.
  var phaseCount: Int { axes.map(\.scale).reduce(1, *) }

  /// The coarse kernels of all phases, [rd, Kd, rh, Kh, rw, Kw, A, B], of fine kernels [A, B, kD, kH, kW].
  private func coarseKernel(_ weight: Tensor) -> Tensor {
    let shape = weight.shape
    let pairs = shape[0] * shape[1]
    var kernel = weight.permuted([2, 3, 4, 0, 1]).reshaped([1, axes[0].kernel, -1])
    for (index, axis) in axes.enumerated() {
      let rows = axis.scale * axis.taps
      let table = ConstantTensors.tensor(axis.table, dtype: weight.dtype, device: weight.device) {
        Tensor(axis.table, shape: [1, rows, axis.kernel])
      }
      let sums = table.expanded([kernel.shape[0], -1, -1]).bmm(kernel)
      let next = index < 2 ? axes[index + 1].kernel : pairs
      kernel = sums.reshaped([kernel.shape[0] * rows, next, -1])
    }
    return kernel.reshaped(axes.flatMap { [$0.scale, $0.taps] } + [shape[0], shape[1]])
  }

  /// Kernels [A, B, k...] as [phases * A, B, K...].
  func kernelToPhases(_ weight: Tensor) -> Tensor {
    let shape = [phaseCount * weight.shape[0], weight.shape[1]] + axes.map(\.taps)
    return coarseKernel(weight).permuted([0, 2, 4, 6, 7, 1, 3, 5]).reshaped(shape)
  }

  /// Kernels [A, B, k...] as [A, phases * B, K...].
  func kernelFromPhases(_ weight: Tensor) -> Tensor {
    let shape = [weight.shape[0], phaseCount * weight.shape[1]] + axes.map(\.taps)
    return coarseKernel(weight).permuted([6, 0, 2, 4, 7, 1, 3, 5]).reshaped(shape)
  }

  /// Fine volumes [N, C, ...] as coarse ones [N, phases * C, ...], channels last in memory.
  func spaceToDepth(_ volumes: Tensor) -> Tensor {
    let behind = zip(axes, volumes.shape.suffix(3)).map { $0.scale * $0.input - $1 }
    let whole = behind.contains { $0 != 0 } ? volumes.padded(behind.map { (0, $0) }) : volumes
    let (samples, channels) = (whole.shape[0], whole.shape[1])
    return whole.permuted([0, 2, 3, 4, 1]).reshaped([samples] + axes.flatMap { [$0.input, $0.scale] } + [channels])
      .permuted([0, 1, 3, 5, 2, 4, 6, 7]).reshaped([samples] + axes.map(\.input) + [phaseCount * channels])
      .permuted([0, 4, 1, 2, 3])
  }

  /// Coarse volumes [N, phases * C, ...] as fine ones [N, C, ...] of `extents`, channels last in memory; each phase without what
  /// it leaves out at the front.
  func depthToSpace(_ volumes: Tensor, extents: [Int]) -> Tensor {
    let shape = volumes.shape
    let channels = shape[1] / phaseCount
    // [N, d, h, w, rd, rh, rw, C] with a pair (coarse, phase) put together for each axis.
    var result = volumes.permuted([0, 2, 3, 4, 1]).reshaped(
      [shape[0]] + shape.suffix(3) + axes.map(\.scale) + [channels]
    ).permuted([0, 1, 4, 2, 5, 3, 6, 7])
    for (index, axis) in axes.enumerated() where axis.shifts.contains(where: { $0 > 0 }) {
      let (place, length) = (2 * index + 1, shape[index + 2] - (axis.shifts.last ?? 0))
      let phases = axis.shifts.enumerated().map { phase, shift in
        result.selected(place + 1, phase).narrowed(place, start: shift, length: length)
      }
      result = Tensor.stacked(phases, dim: place + 1)
    }
    let whole = (0..<3).map { result.shape[2 * $0 + 1] * axes[$0].scale }
    result = result.reshaped([shape[0]] + whole + [channels]).permuted([0, 4, 1, 2, 3])
    for axis in 0..<3 where extents[axis] < whole[axis] {
      result = result.narrowed(axis + 2, start: 0, length: extents[axis])
    }
    return result
  }
}
