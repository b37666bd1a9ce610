import CTorch

// Operators that rearrange. A negative dimension counts from the last. Unless said otherwise, the result shares memory
// with the operand where that is possible.
extension Tensor {
  /// The same elements in another shape; one size may be -1 and is then computed.
  public func reshaped(_ shape: [Int]) -> Tensor {
    made("reshaped", [self]) { out in withInts(shape) { ct_reshape(out, raw, $0) } }
  }

  /// Dimensions in another order.
  public func permuted(_ order: [Int]) -> Tensor {
    made("permuted", [self]) { out in withInts(order) { ct_permute(out, raw, $0) } }
  }

  /// Two dimensions exchanged; the last two if none are given.
  public func transposed(_ first: Int = -2, _ second: Int = -1) -> Tensor {
    made("transposed", [self]) { ct_transpose($0, raw, first, second) }
  }

  /// Dimensions of size one repeated without memory; -1 leaves a size as it is.
  public func expanded(_ shape: [Int]) -> Tensor {
    made("expanded", [self]) { out in withInts(shape) { ct_expand(out, raw, $0) } }
  }

  /// The tensor laid out again and again along each dimension, in new memory.
  public func repeated(_ counts: [Int]) -> Tensor {
    made("repeated", [self]) { out in withInts(counts) { ct_repeat(out, raw, $0) } }
  }

  /// Without dimensions of size one: all of them.
  public func squeezed() -> Tensor { squeezed([]) }

  /// Without one dimension, if its size is one.
  public func squeezed(_ dim: Int) -> Tensor { squeezed([dim]) }

  /// Without those of the given dimensions whose size is one; without all such if none is given.
  public func squeezed(_ dims: [Int]) -> Tensor {
    made("squeezed", [self]) { out in withInts(dims) { ct_squeeze(out, raw, $0) } }
  }

  /// With a new dimension of size one at `dim`.
  public func unsqueezed(_ dim: Int) -> Tensor { made("unsqueezed", [self]) { ct_unsqueeze($0, raw, dim) } }

  /// Dimensions `first` to `last` merged into one.
  public func flattened(from first: Int = 0, to last: Int = -1) -> Tensor {
    made("flattened", [self]) { ct_flatten($0, raw, first, last) }
  }

  /// `length` indices of a dimension, from `start` on.
  public func narrowed(_ dim: Int, start: Int, length: Int) -> Tensor {
    made("narrowed", [self]) { ct_narrow($0, raw, dim, start, length) }
  }

  /// The same, without labels.
  public func narrowed(_ dim: Int, _ start: Int, _ length: Int) -> Tensor {
    narrowed(dim, start: start, length: length)
  }

  /// Every `step`th index of a dimension from `start` to below `end`.
  public func sliced(_ dim: Int, start: Int, end: Int, step: Int = 1) -> Tensor {
    made("sliced", [self]) { out in withInts([start, end, step]) { ct_slice(out, raw, dim, $0) } }
  }

  /// One index of a dimension, which goes away.
  public func selected(_ dim: Int, index: Int) -> Tensor { made("selected", [self]) { ct_select($0, raw, dim, index) } }

  /// The same, without a label.
  public func selected(_ dim: Int, _ index: Int) -> Tensor { selected(dim, index: index) }

  /// Consecutive pieces of a dimension, of the given sizes.
  public func split(_ sizes: [Int], dim: Int) -> [Tensor] {
    madeAll("split", [self], count: sizes.count) { out in
      withInts(sizes) { ct_split_with_sizes(out, raw, $0, dim) }
    }
  }

  /// Dimensions backwards, in new memory.
  public func flipped(_ dims: [Int]) -> Tensor {
    made("flipped", [self]) { out in withInts(dims) { ct_flip(out, raw, $0) } }
  }

  /// Elements shifted along a dimension, those that leave at one end entering at the other; in new memory.
  public func rolled(by shift: Int, dim: Int) -> Tensor {
    made("rolled", [self]) { out in
      withInts([shift]) { shifts in withInts([dim]) { ct_roll(out, raw, shifts, $0) } }
    }
  }

  /// Surrounded by `value`. Amounts are given for each of the last dimensions, outermost first, as (before, after); a
  /// negative amount cuts off. In new memory.
  public func padded(_ amounts: [(before: Int, after: Int)], value: Double = 0) -> Tensor {
    let lastFirst = amounts.reversed().flatMap { [$0.before, $0.after] }
    return made("padded", [self]) { out in withInts(lastFirst) { ct_constant_pad_nd(out, raw, $0, value) } }
  }

  /// Each of the last dimensions surrounded by the same amount of `value` on both sides, outermost first.
  public func padded(_ amounts: [Int], value: Double = 0) -> Tensor {
    padded(amounts.map { (before: $0, after: $0) }, value: value)
  }

  /// Tensors one behind the other along a dimension that they have, in new memory.
  public static func concatenated(_ tensors: [Tensor], dim: Int = 0) -> Tensor {
    made("concatenated", tensors) { out in withTensors(tensors) { ct_cat(out, $0, dim) } }
  }

  /// Tensors of one shape along a new dimension, in new memory.
  public static func stacked(_ tensors: [Tensor], dim: Int = 0) -> Tensor {
    made("stacked", tensors) { out in withTensors(tensors) { ct_stack(out, $0, dim) } }
  }
}
