import Torch

/// A recurrent layer's products for kernels of one voxel: matrix products over the voxels, whose rows lie one behind the other
/// where channels are last.
///
/// The library's convolution with such a kernel takes about as long for large batches and more than twice as long for a single
/// sample (measured, 16^3 voxels, 64 to 128 channels: 1.1 ms against 0.4 ms).
struct MatrixGateProducts: GateProducts {
  private let operands: GateOperands
  /// [4F, C] and [4F, F].
  private let kernel: Tensor
  private let recurrent: Tensor

  init(_ operands: GateOperands) {
    self.operands = operands
    let dtype = operands.frames.dtype
    kernel = operands.kernel.to(dtype: dtype).flattened(from: 1)
    recurrent = operands.recurrentKernel.to(dtype: dtype).flattened(from: 1)
  }

  func preactivationRoom(steps: Range<Int>) -> Tensor {
    let frames = operands.frames(operands.frames, steps)
    let rows = operands.bias.to(dtype: frames.dtype).addmm(frames.voxelRows, kernel.transposed(0, 1))
    return rows.volumes(like: frames)
  }

  func preactivations(step: Int, hidden: Tensor?, into gates: Tensor) -> Tensor? {
    if let hidden { gates.voxelRows.addMatrixProductInPlace(hidden.voxelRows, recurrent.transposed(0, 1)) }
    return nil
  }

  func hiddenGradient(step: Int, _ gradients: GateGradients) -> Tensor? {
    guard step > 0 else { return nil }
    let sums = operands.frame(gradients.sums, step)
    return sums.voxelRows.matmul(recurrent).volumes(like: sums)
  }

  func gradients(_ gradients: GateGradients) -> [Tensor?] {
    let sums = gradients.sums.voxelRows
    let length = (operands.steps - 1) * operands.batch
    let later = gradients.sums.narrowed(0, start: operands.batch, length: length)
    let earlier = gradients.hidden.narrowed(0, start: 0, length: length)
    return [
      gradients.needsFrames ? sums.matmul(kernel).volumes(like: operands.frames) : nil,
      sums.transposed(0, 1).matmul(operands.frames.voxelRows).to(dtype: .float32).reshaped(operands.kernel.shape),
      length == 0
        ? .zeros(operands.recurrentKernel.shape)
        : later.voxelRows.transposed(0, 1).matmul(earlier.voxelRows).to(dtype: .float32)
          .reshaped(operands.recurrentKernel.shape),
      gradients.sums.sumOfVoxels(),
    ]
  }
}

extension Tensor {
  /// The voxels of volumes [N, C, D, H, W] with channels last as the rows of a matrix [N D H W, C], in the same memory.
  var voxelRows: Tensor { permuted([0, 2, 3, 4, 1]).reshaped([count / shape[1], shape[1]]) }

  /// Rows of voxels as volumes with the samples and extents of others.
  func volumes(like volumes: Tensor) -> Tensor {
    reshaped([volumes.shape[0]] + volumes.shape[2...] + [shape[1]]).permuted([0, 4, 1, 2, 3])
  }

  /// The sums over samples and voxels of each channel, float32.
  func sumOfVoxels() -> Tensor {
    guard dtype != .float32 else { return sum([0, 2, 3, 4]) }
    // Sample by sample, so that no copy of all of them is made.
    let sums = Tensor.zeros([shape[1]])
    for sample in 0..<shape[0] {
      sums.addInPlace(narrowed(0, start: sample, length: 1).to(dtype: .float32).sum([0, 2, 3, 4]))
    }
    return sums
  }
}
