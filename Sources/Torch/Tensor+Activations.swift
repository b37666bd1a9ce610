import CTorch

extension Tensor {
  /// x where positive, else 0.
  public func relu() -> Tensor { made("relu", [self]) { ct_relu($0, raw) } }
  /// x where positive, else slope * x.
  public func leakyReLU(_ slope: Double = 0.01) -> Tensor {
    made("leakyReLU", [self]) { ct_leaky_relu($0, raw, slope) }
  }
  /// x where positive, else alpha * (exp(x) - 1).
  public func elu(_ alpha: Double = 1) -> Tensor { made("elu", [self]) { ct_elu($0, raw, alpha) } }
  /// x times the normal distribution's share below x; or the usual approximation by tanh.
  public func gelu(tanhApproximation: Bool = false) -> Tensor {
    made("gelu", [self]) { ct_gelu($0, raw, tanhApproximation) }
  }
  /// x * sigmoid(x).
  public func silu() -> Tensor { made("silu", [self]) { ct_silu($0, raw) } }
  /// 1 / (1 + exp(-x)).
  public func sigmoid() -> Tensor { made("sigmoid", [self]) { ct_sigmoid($0, raw) } }
  /// log(sigmoid(x)), safe from overflow.
  public func logSigmoid() -> Tensor { made("logSigmoid", [self]) { ct_log_sigmoid($0, raw) } }
  /// Hyperbolic tangent.
  public func tanh() -> Tensor { made("tanh", [self]) { ct_tanh($0, raw) } }
  /// log(1 + exp(beta * x)) / beta; x itself where beta * x is above the threshold.
  public func softplus(beta: Double = 1, threshold: Double = 20) -> Tensor {
    made("softplus", [self]) { ct_softplus($0, raw, beta, threshold) }
  }
  /// x brought between two bounds.
  public func hardtanh(_ minimum: Double = -1, _ maximum: Double = 1) -> Tensor {
    made("hardtanh", [self]) { ct_hardtanh($0, raw, minimum, maximum) }
  }
  /// Exponentials along a dimension, divided by their sum.
  public func softmax(_ dim: Int) -> Tensor { made("softmax", [self]) { ct_softmax($0, raw, dim) } }
  /// Logarithm of ``softmax(_:)``.
  public func logSoftmax(_ dim: Int) -> Tensor { made("logSoftmax", [self]) { ct_log_softmax($0, raw, dim) } }
}

/// What becomes of a loss's elements.
public enum Reduction: String, Sendable, CaseIterable, Codable {
  case none, mean, sum

  var code: Int32 {
    switch self {
    case .none: Int32(CT_REDUCE_NONE)
    case .mean: Int32(CT_REDUCE_MEAN)
    case .sum: Int32(CT_REDUCE_SUM)
    }
  }
}

extension Tensor {
  /// Cross entropy of probabilities with targets in 0...1; logarithms are cut off at -100.
  public func binaryCrossEntropy(_ target: Tensor, reduction: Reduction = .mean) -> Tensor {
    made("binaryCrossEntropy", [self, target]) { ct_binary_cross_entropy($0, raw, target.raw, reduction.code) }
  }

  /// Cross entropy of sigmoid(self) with targets in 0...1, safe from overflow.
  public func binaryCrossEntropyWithLogits(_ target: Tensor, reduction: Reduction = .mean) -> Tensor {
    made("binaryCrossEntropyWithLogits", [self, target]) {
      ct_binary_cross_entropy_with_logits($0, raw, target.raw, reduction.code)
    }
  }

  /// Squared difference.
  public func meanSquaredError(_ target: Tensor, reduction: Reduction = .mean) -> Tensor {
    made("meanSquaredError", [self, target]) { ct_mse_loss($0, raw, target.raw, reduction.code) }
  }

  /// Magnitude of the difference.
  public func l1Loss(_ target: Tensor, reduction: Reduction = .mean) -> Tensor {
    made("l1Loss", [self, target]) { ct_l1_loss($0, raw, target.raw, reduction.code) }
  }

  /// d² / (2 beta) where the difference d is below beta, else |d| - beta / 2.
  public func smoothL1(_ target: Tensor, beta: Double = 1, reduction: Reduction = .mean) -> Tensor {
    made("smoothL1", [self, target]) { ct_smooth_l1_loss($0, raw, target.raw, reduction.code, beta) }
  }
}
