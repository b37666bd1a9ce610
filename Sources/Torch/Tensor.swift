import CTorch

/// Owns one tensor of libtorch.
final class TensorHandle: @unchecked Sendable {
  let raw: ct_tensor

  init(owning raw: ct_tensor) { self.raw = raw }

  deinit { ct_tensor_free(raw) }
}

/// An array of numbers of any rank, on any device, that remembers how it was computed.
///
/// A copy of the value is the same tensor: memory is shared until an operator makes new memory. Operators make new
/// tensors, except those whose name ends in `InPlace`, ``copy(from:)`` and the unsafe accessors.
///
/// Shape, type and device of operands must fit. Where they do not, the operator traps and names them, unless
/// ``withTorchErrors(_:)`` is around it. Check what users give before it becomes a tensor.
public struct Tensor: @unchecked Sendable {
  let handle: TensorHandle

  init(owning raw: ct_tensor) { handle = TensorHandle(owning: raw) }

  /// The shim's handle; valid while this value lives.
  var raw: ct_tensor { handle.raw }

  /// Size of every dimension, outermost first.
  public var shape: [Int] {
    let rank = ct_dim(raw)
    return [Int](unsafeUninitializedCapacity: Swift.max(rank, 1)) { buffer, count in
      ct_sizes(raw, buffer.baseAddress)
      count = rank
    }
  }

  /// How many elements to step over in memory from one index to the next, in each dimension.
  public var strides: [Int] {
    let rank = ct_dim(raw)
    return [Int](unsafeUninitializedCapacity: Swift.max(rank, 1)) { buffer, count in
      ct_strides(raw, buffer.baseAddress)
      count = rank
    }
  }

  /// Number of dimensions.
  public var rank: Int { ct_dim(raw) }

  /// Number of elements.
  public var count: Int { ct_numel(raw) }

  /// Type of the elements. Traps if it is one that ``DType`` does not name.
  public var dtype: DType {
    guard let dtype = DType(code: ct_dtype(raw)) else { trap("dtype: an element type without a name") }
    return dtype
  }

  /// Where the tensor lives.
  public var device: Device { Device(code: ct_device_of(raw)) }

  /// Whether operators on this tensor are recorded for differentiation.
  public var requiresGradient: Bool { ct_requires_grad(raw) }

  /// Whether this tensor begins a record: nothing differentiable made it.
  public var isLeaf: Bool { ct_is_leaf(raw) }

  /// Whether both are one tensor, not only equal ones.
  public func isSame(as other: Tensor) -> Bool { ct_is_same(raw, other.raw) }

  /// How often the elements were written to in place: with the address, what tells a cache whether they are the same.
  package var version: Int { Int(ct_version_of(raw)) }

  /// Whether elements lie in memory in row-major order without gaps; or, for volumes, in the order N D H W C.
  public func isContiguous(channelsLast3d: Bool = false) -> Bool { ct_is_contiguous(raw, channelsLast3d) }

  /// Shape, type and device, for messages.
  var summary: String {
    let dtype = DType(code: ct_dtype(raw))?.rawValue ?? "unnamed type"
    return "\(shape) \(dtype) \(device)"
  }

  /// What a failed operator returns inside of an error scope.
  static func standIn(like tensor: Tensor?) -> Tensor { Tensor(owning: ct_stand_in(tensor?.raw)) }
}

extension Tensor: CustomStringConvertible {
  /// Shape, type and device, and the elements when there are few.
  public var description: String {
    guard count <= 16 else { return "Tensor(\(summary))" }
    return "Tensor(\(summary), \(array(of: Double.self)))"
  }
}

extension Array where Element == Tensor {
  var handles: [ct_tensor?] { map { $0.raw } }
}

/// Lends a list of sizes to the shim.
func withInts<R>(_ values: [Int], _ body: (ct_ints) -> R) -> R {
  values.withUnsafeBufferPointer { body(ct_ints(values: $0.baseAddress, count: $0.count)) }
}

/// Lends a list of tensors to the shim; nil is passed as null.
func withTensors<R>(_ tensors: [Tensor?], _ body: (ct_tensors) -> R) -> R {
  let handles: [ct_tensor?] = tensors.map { $0?.raw }
  return withExtendedLifetime(tensors) {
    handles.withUnsafeBufferPointer { body(ct_tensors(values: $0.baseAddress, count: $0.count)) }
  }
}
