import CTorch

// Comparisons make tensors of truth values; shapes broadcast.
extension Tensor {
  /// Whether elements are larger than those of another tensor.
  public func greater(than other: Tensor) -> Tensor { made("greater", [self, other]) { ct_gt($0, raw, other.raw) } }
  /// Whether elements are larger than a number.
  public func greater(than value: Double) -> Tensor { made("greater", [self]) { ct_gt_scalar($0, raw, value) } }
  /// Whether elements are at least those of another tensor.
  public func greaterOrEqual(to other: Tensor) -> Tensor {
    made("greaterOrEqual", [self, other]) { ct_ge($0, raw, other.raw) }
  }
  /// Whether elements are at least a number.
  public func greaterOrEqual(to value: Double) -> Tensor {
    made("greaterOrEqual", [self]) { ct_ge_scalar($0, raw, value) }
  }
  /// Whether elements are smaller than those of another tensor.
  public func less(than other: Tensor) -> Tensor { made("less", [self, other]) { ct_lt($0, raw, other.raw) } }
  /// Whether elements are smaller than a number.
  public func less(than value: Double) -> Tensor { made("less", [self]) { ct_lt_scalar($0, raw, value) } }
  /// Whether elements are at most those of another tensor.
  public func lessOrEqual(to other: Tensor) -> Tensor {
    made("lessOrEqual", [self, other]) { ct_le($0, raw, other.raw) }
  }
  /// Whether elements are at most a number.
  public func lessOrEqual(to value: Double) -> Tensor { made("lessOrEqual", [self]) { ct_le_scalar($0, raw, value) } }
  /// Whether elements equal those of another tensor.
  public func equal(to other: Tensor) -> Tensor { made("equal", [self, other]) { ct_eq($0, raw, other.raw) } }
  /// Whether elements equal a number.
  public func equal(to value: Double) -> Tensor { made("equal", [self]) { ct_eq_scalar($0, raw, value) } }
  /// Whether elements differ from those of another tensor.
  public func notEqual(to other: Tensor) -> Tensor { made("notEqual", [self, other]) { ct_ne($0, raw, other.raw) } }
  /// Whether elements differ from a number.
  public func notEqual(to value: Double) -> Tensor { made("notEqual", [self]) { ct_ne_scalar($0, raw, value) } }
  /// Whether elements are larger than those of another tensor.
  public static func .> (left: Tensor, right: Tensor) -> Tensor { left.greater(than: right) }
  /// Whether elements are larger than a number.
  public static func .> (left: Tensor, right: Double) -> Tensor { left.greater(than: right) }
  /// Whether elements are at least those of another tensor.
  public static func .>= (left: Tensor, right: Tensor) -> Tensor { left.greaterOrEqual(to: right) }
  /// Whether elements are at least a number.
  public static func .>= (left: Tensor, right: Double) -> Tensor { left.greaterOrEqual(to: right) }
  /// Whether elements are smaller than those of another tensor.
  public static func .< (left: Tensor, right: Tensor) -> Tensor { left.less(than: right) }
  /// Whether elements are smaller than a number.
  public static func .< (left: Tensor, right: Double) -> Tensor { left.less(than: right) }
  /// Whether elements are at most those of another tensor.
  public static func .<= (left: Tensor, right: Tensor) -> Tensor { left.lessOrEqual(to: right) }
  /// Whether elements are at most a number.
  public static func .<= (left: Tensor, right: Double) -> Tensor { left.lessOrEqual(to: right) }
  /// Whether elements equal those of another tensor.
  public static func .== (left: Tensor, right: Tensor) -> Tensor { left.equal(to: right) }
  /// Whether elements equal a number.
  public static func .== (left: Tensor, right: Double) -> Tensor { left.equal(to: right) }
  /// Whether elements differ from those of another tensor.
  public static func .!= (left: Tensor, right: Tensor) -> Tensor { left.notEqual(to: right) }
  /// Whether elements differ from a number.
  public static func .!= (left: Tensor, right: Double) -> Tensor { left.notEqual(to: right) }
}

extension Tensor {
  /// Whether elements are not a number.
  public func isNaN() -> Tensor { made("isNaN", [self]) { ct_isnan($0, raw) } }
  /// Whether both are true.
  public func logicalAnd(_ other: Tensor) -> Tensor {
    made("logicalAnd", [self, other]) { ct_logical_and($0, raw, other.raw) }
  }
  /// Whether either is true.
  public func logicalOr(_ other: Tensor) -> Tensor {
    made("logicalOr", [self, other]) { ct_logical_or($0, raw, other.raw) }
  }
  /// Whether exactly one is true.
  public func logicalXor(_ other: Tensor) -> Tensor {
    made("logicalXor", [self, other]) { ct_logical_xor($0, raw, other.raw) }
  }
  /// Whether elements are false.
  public func logicalNot() -> Tensor { made("logicalNot", [self]) { ct_logical_not($0, raw) } }

  /// `a` where the condition is true, `b` elsewhere.
  public static func `where`(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
    made("where", [condition, a, b]) { ct_where($0, condition.raw, a.raw, b.raw) }
  }

  /// This tensor with `value` wherever the mask is true.
  public func maskedFill(_ mask: Tensor, value: Double) -> Tensor {
    made("maskedFill", [self, mask]) { ct_masked_fill($0, raw, mask.raw, value) }
  }

  /// The elements where the mask is true, in row-major order.
  public func maskedSelect(_ mask: Tensor) -> Tensor {
    made("maskedSelect", [self, mask]) { ct_masked_select($0, raw, mask.raw) }
  }
}
