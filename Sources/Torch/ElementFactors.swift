import CTorch

/// A piecewise linear function with dropout as one factor per element: none, the slope, or one, each enlarged to make up for what is
/// dropped. Plain kernels on the processor, not operators: nothing is recorded for differentiation.
package struct ElementFactors {
  private let factors: ct_element_factors

  /// Factors of a slope below zero and a share of elements that become zero.
  package init(slope: Double, rate: Double) {
    factors = ct_element_factors(slope: Float(slope), rate: rate, threads: Int32(Runtime.threadCount))
  }

  /// The function of float32 elements, and a byte for each that tells its factor; which are dropped follows from the seed and the
  /// place in memory alone.
  package func activate(_ input: Tensor, seed: UInt64) -> (output: Tensor, codes: Tensor) {
    let input = input.packed()
    let (output, codes) = (Tensor.emptyPacked(like: input, .float32), Tensor.emptyPacked(like: input, .uint8))
    ct_activate(factors, seed, input.floats, output.floats, codes.bytes, Int64(input.count))
    withExtendedLifetime((input, output, codes)) {}
    return (output, codes)
  }

  /// Float32 elements times their factors.
  package func scaled(_ input: Tensor, by codes: Tensor) -> Tensor {
    precondition(input.shape == codes.shape, "factors of \(codes.shape) for elements \(input.shape)")
    // In the memory order of the codes.
    let source = codes.isChannelsLast ? input.channelsLast3d() : input.contiguous()
    let output = Tensor.emptyPacked(like: codes, .float32)
    ct_scale_by_codes(factors, codes.bytes, source.floats, output.floats, Int64(input.count))
    withExtendedLifetime((source, codes, output)) {}
    return output
  }
}

extension Tensor {
  fileprivate var floats: UnsafeMutablePointer<Float> { elements.assumingMemoryBound(to: Float.self) }
  fileprivate var bytes: UnsafeMutablePointer<UInt8> { elements.assumingMemoryBound(to: UInt8.self) }
  fileprivate var isChannelsLast: Bool { rank == 5 && isContiguous(channelsLast3d: true) }

  /// Without gaps in memory, channels last where it lies so already.
  fileprivate func packed() -> Tensor { isChannelsLast ? self : contiguous() }

  /// Unset elements in the memory order of a packed tensor.
  fileprivate static func emptyPacked(like other: Tensor, _ dtype: DType) -> Tensor {
    other.isChannelsLast ? emptyChannelsLast3d(other.shape, dtype: dtype) : empty(other.shape, dtype: dtype)
  }
}
