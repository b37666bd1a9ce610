import CTorch

// Indexing: an index is a tensor of whole numbers.
extension Tensor {
  /// The given indices of a dimension; with `dim` 0 on a table of rows, an embedding lookup.
  public func indexSelect(_ dim: Int, _ index: Tensor) -> Tensor {
    made("indexSelect", [self, index]) { ct_index_select($0, raw, dim, index.raw) }
  }

  /// For every element of `index`, the element of this tensor at that index of `dim`.
  public func gather(_ dim: Int, _ index: Tensor) -> Tensor {
    made("gather", [self, index]) { ct_gather($0, raw, dim, index.raw) }
  }

  /// A copy to which every element of `source` is added at the index of `dim` beside it.
  public func scatterAdd(_ dim: Int, _ index: Tensor, _ source: Tensor) -> Tensor {
    made("scatterAdd", [self, index, source]) { ct_scatter_add($0, raw, dim, index.raw, source.raw) }
  }

  /// A copy to which slices of `source` are added at the given indices of `dim`.
  public func indexAdd(_ dim: Int, _ index: Tensor, _ source: Tensor) -> Tensor {
    made("indexAdd", [self, index, source]) { ct_index_add($0, raw, dim, index.raw, source.raw) }
  }

  /// Elements by their row-major number.
  public func take(_ index: Tensor) -> Tensor { made("take", [self, index]) { ct_take($0, raw, index.raw) } }

  /// The indices of the elements that are not zero, a row for each.
  public func nonzero() -> Tensor { made("nonzero", [self]) { ct_nonzero($0, raw) } }
}

// Algebra.
extension Tensor {
  /// Product of matrices; leading dimensions broadcast.
  public func matmul(_ other: Tensor) -> Tensor { made("matmul", [self, other]) { ct_matmul($0, raw, other.raw) } }

  /// Products of two equally long lists of matrices.
  public func bmm(_ other: Tensor) -> Tensor { made("bmm", [self, other]) { ct_bmm($0, raw, other.raw) } }

  /// This tensor plus a product of matrices.
  public func addmm(_ first: Tensor, _ second: Tensor) -> Tensor {
    made("addmm", [self, first, second]) { ct_addmm($0, raw, first.raw, second.raw) }
  }

  /// A sum of products by Einstein's convention, for example `"nct,dct->nd"`.
  public static func einsum(_ equation: String, _ tensors: [Tensor]) -> Tensor {
    made("einsum", tensors) { out in withTensors(tensors) { ct_einsum(out, equation, $0) } }
  }

  /// The factors of a matrix with orthonormal columns and an upper triangular one.
  public func qr() -> (q: Tensor, r: Tensor) {
    let both = madeAll("qr", [self], count: 2) { ct_qr($0, raw) }
    return (both[0], both[1])
  }
}
