import CTorch

extension Tensor {
  /// All elements in row-major order, converted to the type asked for; any layout, any device.
  public func array<S: TensorScalar>(of type: S.Type = S.self) -> [S] {
    let count = self.count
    guard count > 0 else { return [] }
    var succeeded = true
    let result = [S](unsafeUninitializedCapacity: count) { buffer, initialized in
      succeeded = done("array", [self]) {
        ct_copy_out(raw, S.dtype.code, buffer.baseAddress, count * MemoryLayout<S>.stride)
      }
      initialized = succeeded ? count : 0
    }
    return succeeded ? result : [S](repeating: .zero, count: count)
  }

  /// The only element, as a number. Traps if there is not exactly one.
  public func item() -> Double {
    var value = 0.0
    done("item", [self]) { ct_item(raw, &value) }
    return value
  }

  /// Lends the elements' bytes, in row-major order. Traps unless the tensor is contiguous and on the processor.
  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    defer { withExtendedLifetime(handle) {} }
    return try body(UnsafeRawBufferPointer(bytes("withUnsafeBytes")))
  }

  /// Lends the elements' bytes for reading and writing, in the order in which they lie: row-major, or N D H W C for
  /// a volume with channels last.
  ///
  /// Writing is not recorded for differentiation and shows in every tensor that shares the memory.
  /// Traps unless the tensor is on the processor and without gaps.
  public func withUnsafeMutableBytes<R>(_ body: (UnsafeMutableRawBufferPointer) throws -> R) rethrows -> R {
    defer { ct_note_write(raw) }
    return try body(bytes("withUnsafeMutableBytes"))
  }

  private func bytes(_ caller: String) -> UnsafeMutableRawBufferPointer {
    guard device == .cpu, isContiguous() || isContiguous(channelsLast3d: true) else {
      trap("\(caller): not contiguous on the processor: \(summary), strides \(strides)")
    }
    return UnsafeMutableRawBufferPointer(start: ct_data(raw), count: count * dtype.size)
  }

  /// Where the elements lie, for kernels that work on several tensors at once; valid while the memory is owned by some
  /// tensor. Traps unless the tensor is on the processor and without gaps.
  package var elements: UnsafeMutableRawPointer {
    guard let start = bytes("elements").baseAddress else { preconditionFailure("an empty tensor has no elements") }
    return start
  }

  /// Overwrites the elements with those of another tensor that broadcasts to this shape, converting them. Not for a
  /// tensor that requires a gradient, unless inside `withoutGradient`.
  public func copy(from other: Tensor) {
    done("copy(from:)", [self, other]) { ct_copy_(raw, other.raw) }
  }

  /// Whether no element is infinite or not a number.
  public func isFinite() -> Bool { Tensor.areFinite([self]) }

  /// Whether no element of any of them is infinite or not a number.
  public static func areFinite(_ tensors: [Tensor]) -> Bool {
    var finite = false
    done("isFinite", tensors) { withTensors(tensors) { ct_all_finite($0, &finite) } }
    return finite
  }

  /// This tensor with elements of another type.
  public func to(dtype: DType) -> Tensor { to(dtype: dtype, device: device) }

  /// This tensor on another device.
  public func to(device: Device) -> Tensor { to(dtype: dtype, device: device) }

  /// This tensor with elements of another type on another device; itself if both are as they were.
  public func to(dtype: DType, device: Device) -> Tensor {
    made("to", [self]) { ct_to($0, raw, options(dtype, device)) }
  }

  /// The same elements, without the record of how they were computed.
  public func detached() -> Tensor { made("detached", [self]) { ct_detach($0, raw) } }

  /// The same elements as the beginning of a new record, or of none.
  public func requiringGradient(_ on: Bool = true) -> Tensor {
    made("requiringGradient", [self]) { ct_leaf($0, raw, on) }
  }

  /// The same elements in row-major order without gaps; itself if they are already.
  public func contiguous() -> Tensor { made("contiguous", [self]) { ct_contiguous($0, raw, false) } }

  /// The same volume [N, C, D, H, W] with memory in the order N D H W C. The shape stays.
  public func channelsLast3d() -> Tensor { made("channelsLast3d", [self]) { ct_contiguous($0, raw, true) } }

  /// A copy with memory of its own.
  public func clone() -> Tensor { made("clone", [self]) { ct_clone($0, raw) } }
}
