import CTorch

// Plain kernels on the processor, not operators: nothing is recorded for differentiation.
extension Tensor {
  /// The first `axes` axes put behind all others, as one transposition of a matrix; contiguous.
  ///
  /// For contiguous float32 tensors on the processor; others are permuted by operators.
  package func rowsToColumns(axes: Int) -> Tensor {
    let (rows, columns) = (Array(shape.prefix(axes)), Array(shape.dropFirst(axes)))
    guard device == .cpu, dtype == .float32, isContiguous(), !isGradientEnabled || !requiresGradient else {
      return permuted(Array(axes..<rank) + Array(0..<axes)).contiguous()
    }
    let result = Tensor.empty(columns + rows)
    ct_transpose_floats(
      floats, result.floats, Int64(rows.reduce(1, *)), Int64(columns.reduce(1, *)), Int32(Runtime.threadCount))
    withExtendedLifetime((self, result)) {}
    return result
  }

  /// Means of blocks of voxels of volumes [N, C, D, H, W] that lie channels last in float32 on the processor.
  package func blockMeansChannelsLast(_ block: [Int]) -> Tensor {
    let extents = zip(shape.suffix(3), block).map { $0 / $1 }
    let result = Tensor.emptyChannelsLast3d([shape[0], shape[1]] + extents)
    var pool = pool(extents, block)
    ct_block_means(&pool, floats, result.floats)
    withExtendedLifetime((self, result)) {}
    return result
  }

  /// The transpose of ``blockMeansChannelsLast(_:)``.
  package func blockSpreadChannelsLast(_ block: [Int]) -> Tensor {
    let extents = Array(shape.suffix(3))
    let result = Tensor.emptyChannelsLast3d([shape[0], shape[1]] + zip(extents, block).map { $0 * $1 })
    var pool = pool(extents, block)
    ct_block_spread(&pool, floats, result.floats)
    withExtendedLifetime((self, result)) {}
    return result
  }

  /// Unset elements of a volume that lies N D H W C in memory.
  package static func emptyChannelsLast3d(_ shape: [Int], dtype: DType = .float32) -> Tensor {
    Tensor.empty([shape[0]] + shape[2...] + [shape[1]], dtype: dtype).permuted([0, 4, 1, 2, 3])
  }

  private func pool(_ extents: [Int], _ block: [Int]) -> ct_pool {
    precondition(
      dtype == .float32 && device == .cpu && isContiguous(channelsLast3d: true),
      "blocks of float32 volumes, channels last, not \(shape)")
    return ct_pool(
      samples: Int64(shape[0]), channels: Int64(shape[1]),
      extents: (Int64(extents[0]), Int64(extents[1]), Int64(extents[2])),
      block: (Int64(block[0]), Int64(block[1]), Int64(block[2])), threads: Int32(Runtime.threadCount))
  }

  private var floats: UnsafeMutablePointer<Float> { elements.assumingMemoryBound(to: Float.self) }
}
