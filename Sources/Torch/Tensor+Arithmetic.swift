import CTorch

// Sums, differences, products and quotients. Shapes broadcast; a number beside an integer tensor keeps it an integer
// tensor if it is whole, except in a quotient, which is real.
extension Tensor {
  /// Element-wise sum.
  public static func + (left: Tensor, right: Tensor) -> Tensor {
    made("+", [left, right]) { ct_add($0, left.raw, right.raw) }
  }
  /// Element-wise difference.
  public static func - (left: Tensor, right: Tensor) -> Tensor {
    made("-", [left, right]) { ct_sub($0, left.raw, right.raw) }
  }
  /// Element-wise product.
  public static func * (left: Tensor, right: Tensor) -> Tensor {
    made("*", [left, right]) { ct_mul($0, left.raw, right.raw) }
  }
  /// Element-wise quotient.
  public static func / (left: Tensor, right: Tensor) -> Tensor {
    made("/", [left, right]) { ct_div($0, left.raw, right.raw) }
  }
  /// Adds a number to every element.
  public static func + (left: Tensor, right: Double) -> Tensor {
    made("+", [left]) { ct_add_scalar($0, left.raw, right) }
  }
  /// Subtracts a number from every element.
  public static func - (left: Tensor, right: Double) -> Tensor {
    made("-", [left]) { ct_sub_scalar($0, left.raw, right) }
  }
  /// Multiplies every element by a number.
  public static func * (left: Tensor, right: Double) -> Tensor {
    made("*", [left]) { ct_mul_scalar($0, left.raw, right) }
  }
  /// Divides every element by a number.
  public static func / (left: Tensor, right: Double) -> Tensor {
    made("/", [left]) { ct_div_scalar($0, left.raw, right) }
  }
  /// Adds every element to a number.
  public static func + (left: Double, right: Tensor) -> Tensor { right + left }
  /// Subtracts every element from a number.
  public static func - (left: Double, right: Tensor) -> Tensor {
    made("-", [right]) { ct_rsub_scalar($0, right.raw, left) }
  }
  /// Multiplies a number by every element.
  public static func * (left: Double, right: Tensor) -> Tensor { right * left }
  /// Divides a number by every element.
  public static func / (left: Double, right: Tensor) -> Tensor { right.reciprocal() * left }
  /// Changes every element's sign.
  public static prefix func - (operand: Tensor) -> Tensor { made("-", [operand]) { ct_neg($0, operand.raw) } }
}

extension Tensor {
  /// Every element raised to a power.
  public func pow(_ exponent: Double) -> Tensor { made("pow", [self]) { ct_pow_scalar($0, raw, exponent) } }
  /// Every element raised to the power beside it.
  public func pow(_ exponent: Tensor) -> Tensor { made("pow", [self, exponent]) { ct_pow($0, raw, exponent.raw) } }
  /// The remainder of dividing by a number, with that number's sign.
  public func remainder(_ divisor: Double) -> Tensor {
    made("remainder", [self]) { ct_remainder_scalar($0, raw, divisor) }
  }
  /// e to the power of every element.
  public func exp() -> Tensor { made("exp", [self]) { ct_exp($0, raw) } }
  /// e to the power of every element, less one, exact near zero.
  public func expm1() -> Tensor { made("expm1", [self]) { ct_expm1($0, raw) } }
  /// Natural logarithm.
  public func log() -> Tensor { made("log", [self]) { ct_log($0, raw) } }
  /// Natural logarithm of one plus every element, exact near zero.
  public func log1p() -> Tensor { made("log1p", [self]) { ct_log1p($0, raw) } }
  /// Logarithm to base two.
  public func log2() -> Tensor { made("log2", [self]) { ct_log2($0, raw) } }
  /// Square root.
  public func sqrt() -> Tensor { made("sqrt", [self]) { ct_sqrt($0, raw) } }
  /// One over the square root.
  public func rsqrt() -> Tensor { made("rsqrt", [self]) { ct_rsqrt($0, raw) } }
  /// Magnitude.
  public func abs() -> Tensor { made("abs", [self]) { ct_abs($0, raw) } }
  /// Every element times itself.
  public func squared() -> Tensor { made("squared", [self]) { ct_square($0, raw) } }
  /// One over every element.
  public func reciprocal() -> Tensor { made("reciprocal", [self]) { ct_reciprocal($0, raw) } }
  /// -1, 0 or 1.
  public func sign() -> Tensor { made("sign", [self]) { ct_sign($0, raw) } }
  /// The next whole number below.
  public func floor() -> Tensor { made("floor", [self]) { ct_floor($0, raw) } }
  /// The next whole number above.
  public func ceil() -> Tensor { made("ceil", [self]) { ct_ceil($0, raw) } }
  /// The nearest whole number, halves to the even one.
  public func round() -> Tensor { made("round", [self]) { ct_round($0, raw) } }
  /// The next whole number towards zero.
  public func truncated() -> Tensor { made("truncated", [self]) { ct_trunc($0, raw) } }
  /// Sine.
  public func sin() -> Tensor { made("sin", [self]) { ct_sin($0, raw) } }
  /// Cosine.
  public func cos() -> Tensor { made("cos", [self]) { ct_cos($0, raw) } }
  /// Tangent.
  public func tan() -> Tensor { made("tan", [self]) { ct_tan($0, raw) } }
  /// Inverse sine.
  public func asin() -> Tensor { made("asin", [self]) { ct_asin($0, raw) } }
  /// Inverse cosine.
  public func acos() -> Tensor { made("acos", [self]) { ct_acos($0, raw) } }
  /// Inverse tangent.
  public func atan() -> Tensor { made("atan", [self]) { ct_atan($0, raw) } }
  /// The angle of (x: other, y: self).
  public func atan2(_ other: Tensor) -> Tensor { made("atan2", [self, other]) { ct_atan2($0, raw, other.raw) } }
  /// The error function.
  public func erf() -> Tensor { made("erf", [self]) { ct_erf($0, raw) } }

  /// Every element brought between the bounds given.
  public func clamped(min: Double? = nil, max: Double? = nil) -> Tensor {
    made("clamped", [self]) { out in
      withBound(min) { low in withBound(max) { high in ct_clamp(out, raw, low, high) } }
    }
  }

  /// The larger of two elements.
  public func maximum(_ other: Tensor) -> Tensor { made("maximum", [self, other]) { ct_maximum($0, raw, other.raw) } }
  /// The smaller of two elements.
  public func minimum(_ other: Tensor) -> Tensor { made("minimum", [self, other]) { ct_minimum($0, raw, other.raw) } }
}

/// Lends an optional number to the shim.
func withBound<R>(_ bound: Double?, _ body: (UnsafePointer<Double>?) -> R) -> R {
  guard let bound else { return body(nil) }
  return withUnsafePointer(to: bound) { body($0) }
}
