import CTorch

// Operators that overwrite this tensor, without new memory. They fail on a tensor that requires a gradient, unless
// inside `withoutGradient`.
extension Tensor {
  /// Adds a product of matrices to this one.
  public func addMatrixProductInPlace(_ first: Tensor, _ second: Tensor) {
    done("addMatrixProductInPlace", [self, first, second]) { ct_addmm_(raw, first.raw, second.raw) }
  }

  /// Adds `scale * other`.
  public func addInPlace(_ other: Tensor, scale: Double = 1) {
    done("addInPlace", [self, other]) { ct_add_scaled_(raw, other.raw, scale) }
  }
  /// Adds a number.
  public func addInPlace(_ value: Double) { done("addInPlace", [self]) { ct_add_scalar_(raw, value) } }
  /// Multiplies by another tensor.
  public func multiplyInPlace(_ other: Tensor) { done("multiplyInPlace", [self, other]) { ct_mul_(raw, other.raw) } }
  /// Multiplies by a number.
  public func multiplyInPlace(_ value: Double) { done("multiplyInPlace", [self]) { ct_mul_scalar_(raw, value) } }
  /// Divides by another tensor.
  public func divideInPlace(_ other: Tensor) { done("divideInPlace", [self, other]) { ct_div_(raw, other.raw) } }
  /// Adds `scale * first * second`.
  public func addProductInPlace(_ first: Tensor, _ second: Tensor, scale: Double = 1) {
    done("addProductInPlace", [self, first, second]) { ct_addcmul_(raw, first.raw, second.raw, scale) }
  }
  /// Adds `scale * first / second`.
  public func addQuotientInPlace(_ first: Tensor, _ second: Tensor, scale: Double = 1) {
    done("addQuotientInPlace", [self, first, second]) { ct_addcdiv_(raw, first.raw, second.raw, scale) }
  }
  /// Moves the share `weight` of the way to `end`.
  public func interpolateInPlace(to end: Tensor, weight: Double) {
    done("interpolateInPlace", [self, end]) { ct_lerp_(raw, end.raw, weight) }
  }
  /// Makes every element `value`.
  public func fillInPlace(_ value: Double) { done("fillInPlace", [self]) { ct_fill_(raw, value) } }
  /// Makes every element zero.
  public func zeroInPlace() { fillInPlace(0) }
  /// Takes the square root.
  public func sqrtInPlace() { done("sqrtInPlace", [self]) { ct_sqrt_(raw) } }
  /// Brings every element between the bounds given.
  public func clampInPlace(min: Double? = nil, max: Double? = nil) {
    done("clampInPlace", [self]) { withBound(min) { low in withBound(max) { ct_clamp_(raw, low, $0) } } }
  }
  /// Overwrites the given indices of a dimension by slices of `source`.
  public func copyInPlace(_ dim: Int, index: Tensor, from source: Tensor) {
    done("copyInPlace", [self, index, source]) { ct_index_copy_(raw, dim, index.raw, source.raw) }
  }
}

/// In-place arithmetic over lists of tensors: one call for all parameters of a network. Lists are equally long and
/// shapes agree one by one. To be used inside `withoutGradient`.
public enum TensorLists {
  /// Multiplies all by a number.
  public static func multiply(_ tensors: [Tensor], by value: Double) {
    done("TensorLists.multiply", []) { withTensors(tensors) { ct_foreach_mul_($0, value) } }
  }

  /// Adds `scale * others`.
  public static func add(_ tensors: [Tensor], _ others: [Tensor], scale: Double = 1) {
    done("TensorLists.add", []) {
      withTensors(tensors) { left in withTensors(others) { ct_foreach_add_(left, $0, scale) } }
    }
  }

  /// Moves all the share `weight` of the way to `ends`.
  public static func interpolate(_ tensors: [Tensor], to ends: [Tensor], weight: Double) {
    done("TensorLists.interpolate", []) {
      withTensors(tensors) { left in withTensors(ends) { ct_foreach_lerp_(left, $0, weight) } }
    }
  }

  /// Adds `scale * first * second`.
  public static func addProduct(_ tensors: [Tensor], _ first: [Tensor], _ second: [Tensor], scale: Double = 1) {
    done("TensorLists.addProduct", []) {
      withTensors(tensors) { left in
        withTensors(first) { first in withTensors(second) { ct_foreach_addcmul_(left, first, $0, scale) } }
      }
    }
  }

  /// Adds `scale * first / second`.
  public static func addQuotient(_ tensors: [Tensor], _ first: [Tensor], _ second: [Tensor], scale: Double = 1) {
    done("TensorLists.addQuotient", []) {
      withTensors(tensors) { left in
        withTensors(first) { first in withTensors(second) { ct_foreach_addcdiv_(left, first, $0, scale) } }
      }
    }
  }

  /// The Euclidean norm of all elements of all tensors together.
  public static func norm(_ tensors: [Tensor]) -> Tensor {
    guard !tensors.isEmpty else { return Tensor(0) }
    return made("TensorLists.norm", []) { out in withTensors(tensors) { ct_foreach_norm(out, $0) } }
  }
}

/// The numbers of one step of Adam (Kingma and Ba, 2014), as libtorch's fused kernel takes it.
public struct AdamStep: Sendable {
  /// Learning rate.
  public var learningRate = 1e-3
  /// Decay of the first moment.
  public var firstDecay = 0.9
  /// Decay of the second moment.
  public var secondDecay = 0.999
  /// Added to the root of the second moment *after* its bias is corrected.
  ///
  /// An Adam that adds it before (Keras's) is had by dividing its epsilon by `sqrt(1 - secondDecay^step)`.
  public var epsilon = 1e-8
  /// Weight decay.
  public var weightDecay = 0.0
  /// Whether the decay acts on the parameters (AdamW) and not through the gradient.
  public var isDecoupled = false

  /// The usual numbers.
  public init() {}

  /// Updates parameters and both moments in place, in one call. Steps count from one.
  public func apply(
    to parameters: [Tensor], gradients: [Tensor], firstMoments: [Tensor], secondMoments: [Tensor], step: Int
  ) {
    let options = ct_adam_options(
      learning_rate: learningRate, first_decay: firstDecay, second_decay: secondDecay, epsilon: epsilon,
      weight_decay: weightDecay, step: step, is_decoupled: isDecoupled)
    done("AdamStep", []) {
      withTensors(parameters) { parameters in
        withTensors(gradients) { gradients in
          withTensors(firstMoments) { first in
            withTensors(secondMoments) { ct_fused_adam_(parameters, gradients, first, $0, options) }
          }
        }
      }
    }
  }
}
