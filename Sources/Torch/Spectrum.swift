import CTorch

/// Frequencies of a batch of volumes or of a kernel: at each, a complex matrix of rows (samples or tiles, or a kernel's
/// input channels) by lanes (channels, or a kernel's output channels). Plain memory: nothing is recorded.
package struct Spectrum {
  /// How many matrices there are.
  package let frequencyCount: Int
  /// Rows of each.
  package let rowCount: Int
  /// Columns of each.
  package let lanes: Int
  private let memory: Tensor

  /// Unset matrices.
  package init(frequencyCount: Int, rows: Int, lanes: Int) {
    (self.frequencyCount, rowCount, self.lanes) = (frequencyCount, rows, lanes)
    let stride = Int(ct_spectral_stride(Int64(rows), Int64(lanes)))
    memory = Tensor.empty([frequencyCount * stride])
    ct_prefer_large_pages(memory.elements, Int64(byteCount))
  }

  /// Bytes that it takes.
  package var byteCount: Int { memory.count * 4 }

  var start: UnsafeMutablePointer<Float> { memory.elements.assumingMemoryBound(to: Float.self) }

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

  /// Writes the sum of the terms' products, or adds it to what is there.
  package func set(to terms: [Term], accumulating: Bool = false) {
    product(terms, accumulating: accumulating, correlating: false)
  }

  /// Writes, or adds, transpose(a) conj(b): a kernel's gradient from the spectra of input and output gradient.
  package func set(toCorrelationOf a: Spectrum, with b: Spectrum, accumulating: Bool = false) {
    product([Term(a, b)], accumulating: accumulating, correlating: true)
  }

  private func product(_ terms: [Term], accumulating: Bool, correlating: Bool) {
    var shape = ct_spectral_product_shape(
      frequencies: Int64(frequencyCount), rows: Int64(rowCount), columns: Int64(lanes),
      accumulates: accumulating ? 1 : 0, correlates: correlating ? 1 : 0, threads: Int32(Runtime.threadCount))
    let list = terms.map { term in
      precondition(
        term.a.frequencyCount == frequencyCount && term.b.frequencyCount == frequencyCount && term.b.lanes == lanes
          && (correlating
            ? term.a.lanes == rowCount && term.b.rowCount == term.a.rowCount
            : term.a.lanes == term.b.rowCount && term.first + rowCount <= term.a.rowCount),
        "spectra that do not fit")
      return ct_spectral_term(a: term.a.rows(from: term.first), b: term.b.start, inner: Int64(term.b.rowCount))
    }
    ct_spectral_product(&shape, list, Int64(list.count), start)
    withExtendedLifetime((terms, memory)) {}
  }
}
