import CTorch

/// Frequencies of a batch of volumes or of a kernel: at each, a complex matrix of rows (samples or tiles, or a kernel's
/// input channels) by lanes (channels, or a kernel's output channels). Plain memory: nothing is recorded.
///
/// Float32, but for kernels that were ``reduced()``.
package struct Spectrum {
  /// How many matrices there are.
  package let frequencyCount: Int
  /// Rows of each.
  package let rowCount: Int
  /// Columns of each.
  package let lanes: Int
  /// Whether it is a factor in bfloat16 only.
  package let isReduced: Bool
  private let memory: Tensor

  /// Whether the processor has products of bfloat16 numbers that are worth while.
  package static let canReduce = ct_spectral_can_reduce() != 0

  /// Unset matrices.
  package init(frequencyCount: Int, rows: Int, lanes: Int) {
    (self.frequencyCount, rowCount, self.lanes) = (frequencyCount, rows, lanes)
    let stride = Int(ct_spectral_stride(Int64(rows), Int64(lanes)))
    memory = Tensor.empty([frequencyCount * stride])
    isReduced = false
    ct_prefer_large_pages(memory.elements, Int64(byteCount))
  }

  /// A copy of a spectrum in bfloat16: half of the bytes, and products with it take half of the time. Where the processor has no
  /// such products it is the spectrum itself.
  package func reduced() -> Spectrum { Self.canReduce ? Spectrum(reducing: self) : self }

  private init(reducing other: Spectrum) {
    (frequencyCount, rowCount, lanes, isReduced) = (other.frequencyCount, other.rowCount, other.lanes, true)
    let (rows, lanes) = (Int64(other.rowCount), Int64(other.lanes))
    memory = Tensor.empty([frequencyCount * Int(ct_spectral_packed_stride(rows, lanes))])
    ct_prefer_large_pages(memory.elements, Int64(byteCount))
    ct_spectral_pack(
      other.start, Int64(frequencyCount), rows, lanes, Int32(Runtime.threadCount), memory.elements)
    withExtendedLifetime(other) {}
  }

  /// Bytes that it takes.
  package var byteCount: Int { memory.count * 4 }

  var start: UnsafeMutablePointer<Float> {
    precondition(!isReduced, "a reduced spectrum is a factor only")
    return memory.elements.assumingMemoryBound(to: Float.self)
  }

  func rows(from first: Int) -> ct_spectral_rows {
    ct_spectral_rows(data: start, rows: Int64(rowCount), first: Int64(first))
  }

  /// One summand of a product: rows of a spectrum and the matrices that they meet.
  package struct Term {
    let a: Spectrum
    let b: Spectrum
    let first: Int

    /// The rows of `a` from `first` on, times `b`.
    package init(_ a: Spectrum, _ b: Spectrum, first: Int = 0) { (self.a, self.b, self.first) = (a, b, first) }
  }

  /// Writes the sum of the terms' products, or adds it to what is there; in bfloat16 with float32 sums if the terms' matrices are
  /// reduced.
  package func set(to terms: [Term], accumulating: Bool = false) {
    product(
      terms, accumulating: accumulating, correlating: false, inReduced: terms.contains(where: \.b.isReduced))
  }

  /// Writes, or adds, transpose(a) conj(b): a kernel's gradient from the spectra of input and output gradient.
  package func set(
    toCorrelationOf a: Spectrum, with b: Spectrum, accumulating: Bool = false, inReduced isReduced: Bool = false
  ) {
    product(
      [Term(a, b)], accumulating: accumulating, correlating: true, inReduced: isReduced && Self.canReduce)
  }

  private func product(_ terms: [Term], accumulating: Bool, correlating: Bool, inReduced isReduced: Bool) {
    var shape = ct_spectral_product_shape(
      frequencies: Int64(frequencyCount), rows: Int64(rowCount), columns: Int64(lanes),
      accumulates: accumulating ? 1 : 0, correlates: correlating ? 1 : 0, threads: Int32(Runtime.threadCount))
    precondition(terms.count <= Int(CT_SPECTRAL_MAXIMUM_TERMS), "a product of too many terms")
    let list = terms.map { term in
      precondition(
        term.a.frequencyCount == frequencyCount && term.b.frequencyCount == frequencyCount && term.b.lanes == lanes
          && term.b.isReduced == (isReduced && !correlating)
          && (correlating
            ? term.a.lanes == rowCount && term.b.rowCount == term.a.rowCount
            : term.a.lanes == term.b.rowCount && term.first + rowCount <= term.a.rowCount),
        "spectra that do not fit")
      return ct_spectral_term(
        a: term.a.rows(from: term.first), b: term.b.memory.elements, inner: Int64(term.b.rowCount))
    }
    let multiply = isReduced ? ct_spectral_reduced_product : ct_spectral_product
    multiply(&shape, list, Int64(list.count), start)
    withExtendedLifetime((terms, memory)) {}
  }
}
