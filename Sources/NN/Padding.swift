/// How a convolution treats the border of its input.
public enum Padding: Sendable, Hashable {
  /// The output has the input's size divided by the stride, rounded up (TensorFlow's rule): where the zeros that this
  /// needs are odd in number, the larger half goes behind, so strides can pad asymmetrically.
  case same
  /// No padding.
  case valid
  /// This many zeros on both sides of each axis.
  case explicit(Extent)

  /// Zeros before and after each axis.
  ///
  /// *Parameters*: `reach` is the extent of the dilated kernel, `stride` that of its steps.
  func amounts(size: [Int], reach: [Int], stride: [Int]) -> (before: [Int], after: [Int]) {
    switch self {
    case .valid: return ([0, 0, 0], [0, 0, 0])
    case .explicit(let extent): return (extent.axes, extent.axes)
    case .same:
      let totals = (0..<3).map { axis in
        let outputSize = (size[axis] + stride[axis] - 1) / stride[axis]
        return max((outputSize - 1) * stride[axis] + reach[axis] - size[axis], 0)
      }
      return (totals.map { $0 / 2 }, totals.map { $0 - $0 / 2 })
    }
  }
}
