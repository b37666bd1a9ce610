import Torch

/// The element type in which a layer multiplies.
///
/// Weights are kept in float32 whatever the precision. `bfloat16` casts the input and the weights of a product,
/// computes it in bfloat16 and casts the result back to float32 unless the layer is asked to leave it as it is.
public enum Precision: String, Codable, Sendable, CaseIterable {
  /// The products take the tensors as they come, so float64 stays float64.
  case float32 = "fp32"
  /// The products run in bfloat16: half the memory traffic and, where the processor has the instructions, faster
  /// arithmetic.
  case bfloat16 = "bf16"

  /// The tensor in the type in which the product runs.
  public func input(_ tensor: Tensor) -> Tensor {
    self == .bfloat16 && tensor.dtype != .bfloat16 ? tensor.to(dtype: .bfloat16) : tensor
  }

  /// The result of a product in the type that leaves the layer.
  public func output(_ tensor: Tensor, staysReduced: Bool) -> Tensor {
    self == .bfloat16 && !staysReduced ? tensor.to(dtype: .float32) : tensor
  }

  /// Whether a convolution cannot be trusted to this precision and has to run in float32: where the grid is smaller than the
  /// kernel along any axis.
  ///
  /// There the bfloat16 kernel gradient of libtorch 2.11 (oneDNN 3.10) is memory that nobody wrote: seen for kernels 3, 5 and 7
  /// on grids whose first axis is shorter than the kernel, in both layouts; values and input gradients were right.
  func isUnsafe(forKernel kernel: [Int], over extents: [Int]) -> Bool {
    self == .bfloat16 && zip(kernel, extents).contains { $0 > $1 }
  }
}
