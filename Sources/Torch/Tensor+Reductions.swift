import CTorch

// Reductions over the dimensions given, or over all of them. `keep` leaves a dimension of size one in place of each.
extension Tensor {
  /// Sum.
  public func sum(_ dims: [Int] = [], keep: Bool = false) -> Tensor {
    made("sum", [self]) { out in withInts(dims) { ct_sum(out, raw, $0, keep) } }
  }

  /// Sum over one dimension.
  public func sum(_ dim: Int, keep: Bool = false) -> Tensor { sum([dim], keep: keep) }

  /// Mean.
  public func mean(_ dims: [Int] = [], keep: Bool = false) -> Tensor {
    made("mean", [self]) { out in withInts(dims) { ct_mean(out, raw, $0, keep) } }
  }

  /// Mean over one dimension.
  public func mean(_ dim: Int, keep: Bool = false) -> Tensor { mean([dim], keep: keep) }

  /// Variance; `unbiased` divides by one less than the number of elements.
  public func variance(_ dims: [Int] = [], unbiased: Bool = true, keep: Bool = false) -> Tensor {
    made("variance", [self]) { out in withInts(dims) { ct_var(out, raw, $0, unbiased, keep) } }
  }

  /// The square root of ``variance(_:unbiased:keep:)``.
  public func standardDeviation(_ dims: [Int] = [], unbiased: Bool = true, keep: Bool = false) -> Tensor {
    variance(dims, unbiased: unbiased, keep: keep).sqrt()
  }

  /// The largest element.
  public func max(_ dims: [Int] = [], keep: Bool = false) -> Tensor {
    made("max", [self]) { out in withInts(dims) { ct_amax(out, raw, $0, keep) } }
  }

  /// The smallest element.
  public func min(_ dims: [Int] = [], keep: Bool = false) -> Tensor {
    made("min", [self]) { out in withInts(dims) { ct_amin(out, raw, $0, keep) } }
  }

  /// The largest elements along one dimension, and where they are.
  public func max(dim: Int, keep: Bool = false) -> (values: Tensor, indices: Tensor) {
    let both = madeAll("max", [self], count: 2) { ct_max_dim($0, raw, dim, keep) }
    return (both[0], both[1])
  }

  /// The smallest elements along one dimension, and where they are.
  public func min(dim: Int, keep: Bool = false) -> (values: Tensor, indices: Tensor) {
    let both = madeAll("min", [self], count: 2) { ct_min_dim($0, raw, dim, keep) }
    return (both[0], both[1])
  }

  /// Where the largest element along one dimension is.
  public func argmax(dim: Int, keep: Bool = false) -> Tensor {
    made("argmax", [self]) { ct_argmax($0, raw, dim, keep) }
  }

  /// Where the smallest element along one dimension is.
  public func argmin(dim: Int, keep: Bool = false) -> Tensor {
    made("argmin", [self]) { ct_argmin($0, raw, dim, keep) }
  }

  /// The norm: Euclidean, unless another order is given.
  public func norm(_ dims: [Int] = [], order: Double = 2, keep: Bool = false) -> Tensor {
    made("norm", [self]) { out in withInts(dims) { ct_norm(out, raw, order, $0, keep) } }
  }

  /// The logarithm of the sum of exponentials, safe from overflow.
  public func logSumExp(_ dims: [Int] = [], keep: Bool = false) -> Tensor {
    made("logSumExp", [self]) { out in withInts(dims) { ct_logsumexp(out, raw, $0, keep) } }
  }

  /// Whether any element is true.
  public func any(_ dims: [Int] = [], keep: Bool = false) -> Tensor {
    made("any", [self]) { out in withInts(dims) { ct_any(out, raw, $0, keep) } }
  }

  /// Whether all elements are true.
  public func all(_ dims: [Int] = [], keep: Bool = false) -> Tensor {
    made("all", [self]) { out in withInts(dims) { ct_all(out, raw, $0, keep) } }
  }

  /// Sums of everything up to each index of a dimension.
  public func cumulativeSum(_ dim: Int) -> Tensor { made("cumulativeSum", [self]) { ct_cumsum($0, raw, dim) } }

  /// The same by its short name.
  public func cumsum(_ dim: Int) -> Tensor { cumulativeSum(dim) }

  /// Products of everything up to each index of a dimension.
  public func cumulativeProduct(_ dim: Int) -> Tensor {
    made("cumulativeProduct", [self]) { ct_cumprod($0, raw, dim) }
  }

  /// The `k` largest (or smallest) elements along a dimension in order, and where they are.
  public func topk(_ k: Int, dim: Int = -1, largest: Bool = true) -> (values: Tensor, indices: Tensor) {
    let both = madeAll("topk", [self], count: 2) { ct_topk($0, raw, k, dim, largest) }
    return (both[0], both[1])
  }

  /// The elements along a dimension in order, and where they were. Equal ones keep their order.
  public func sort(dim: Int = -1, descending: Bool = false) -> (values: Tensor, indices: Tensor) {
    let both = madeAll("sort", [self], count: 2) { ct_sort($0, raw, dim, descending) }
    return (both[0], both[1])
  }
}
