import CMeshQueries

/// First and second pass: samples become bits, bits become counts.
extension MarchingPass {
  /// Sets the inside bits of one plane of the padded grid and looks for samples that are not finite.
  func classify(plane: Int) {
    let i = plane - pad
    guard i >= 0, i < shape.depth else { return }
    let row = bits + (plane * height + pad) * wordCount
    let rows = mq_rows(
      samples: values.baseAddress! + i * shape.height * shape.width, row_count: shape.height,
      row_length: shape.width, bits: row, words_per_row: wordCount)
    let summary = withUnsafePointer(to: rows) { mq_classify_rows($0, options.level, options.inside == .above ? 1 : 0) }
    (planes[plane].isFinite, planes[plane].farthest) = (summary.is_finite != 0, summary.farthest)
    guard pad == 1 else { return }
    for j in 0..<shape.height { Self.shiftByOne(row + j * wordCount, count: wordCount) }
  }

  private static func shiftByOne(_ row: UnsafeMutablePointer<UInt64>, count: Int) {
    var carry: UInt64 = 0
    for word in 0..<count { (row[word], carry) = (row[word] << 1 | carry, row[word] >> 63) }
  }

  /// Counts the vertices of every row, and the faces and loop centres of the plane of cells above it.
  func count(plane: Int) {
    var vertices: UInt32 = 0
    for j in 0..<height {
      let row = plane * height + j
      rowStarts[row].third = vertices
      vertices += crossings(of: row, with: nil)
      rowStarts[row].second = vertices
      if j + 1 < height { vertices += crossings(of: row, with: row + 1) }
      rowStarts[row].first = vertices
      if plane + 1 < depth { vertices += crossings(of: row, with: row + height) }
    }
    planes[plane].vertexCount = Int(vertices)
    guard plane + 1 < depth else { return }
    var faces = 0
    var centers = 0
    for j in 0..<(height - 1) {
      forEachActiveCell(plane, j) { k, pattern in
        let variant = cases.variants[self.variant(of: pattern, plane, j, k)]
        faces += Int(variant.triangleCount)
        centers += Int(variant.centerCount)
      }
    }
    (planes[plane].faceCount, planes[plane].centerCount) = (faces, centers)
  }

  /// Number of crossed edges between two rows, or along one.
  private func crossings(of row: Int, with other: Int?) -> UInt32 {
    var count = 0
    for word in 0..<wordCount {
      // Most words have none, and counting bits takes a dozen instructions where the processor must not be asked to.
      let crossed = crossedEdges(row, other, word)
      if crossed != 0 { count += crossed.nonzeroBitCount }
    }
    return UInt32(count)
  }

  /// The crossed edges between two rows, or along one, that start in the samples of a word.
  @inline(__always)
  func crossedEdges(_ row: Int, _ other: Int?, _ word: Int) -> UInt64 {
    let own = bits[row * wordCount + word]
    if let other { return own ^ bits[other * wordCount + word] }
    return (own ^ following(row, word)) & validEdges(word)
  }

  /// The bits of a word moved down by one sample.
  @inline(__always)
  func following(_ row: Int, _ word: Int) -> UInt64 {
    let position = row * wordCount + word
    return bits[position] >> 1 | (word + 1 < wordCount ? bits[position + 1] << 63 : 0)
  }

  /// Samples of a word that have a next one in their row.
  @inline(__always)
  func validEdges(_ word: Int) -> UInt64 {
    let remaining = width - 1 - word * 64
    return remaining >= 64 ? ~0 : (1 << UInt64(max(0, remaining))) - 1
  }

  /// Calls `body` with third index and pattern of every cell of a row of cells that the surface passes through.
  @inline(__always)
  func forEachActiveCell(_ plane: Int, _ j: Int, _ body: (Int, Int) -> Void) {
    let row = plane * height + j
    let (r0, r1, r2, r3) = (row, row + 1, row + height, row + height + 1)
    for word in 0..<wordCount {
      let (b0, b1) = (bits[r0 * wordCount + word], bits[r1 * wordCount + word])
      let (b2, b3) = (bits[r2 * wordCount + word], bits[r3 * wordCount + word])
      let (n0, n1) = (following(r0, word), following(r1, word))
      let (n2, n3) = (following(r2, word), following(r3, word))
      let any = b0 | b1 | b2 | b3 | n0 | n1 | n2 | n3
      let all = b0 & b1 & b2 & b3 & n0 & n1 & n2 & n3
      var active = any & ~all & validEdges(word)
      while active != 0 {
        let k = UInt64(active.trailingZeroBitCount)
        active &= active - 1
        let low = (b0 >> k & 1) | (n0 >> k & 1) << 1 | (b1 >> k & 1) << 2 | (n1 >> k & 1) << 3
        let high = (b2 >> k & 1) | (n2 >> k & 1) << 1 | (b3 >> k & 1) << 2 | (n3 >> k & 1) << 3
        body(word * 64 + Int(k), Int(low | high << 4))
      }
    }
  }

  /// How the cell is filled: decided by its pattern, and by its samples where a face is ambiguous.
  @inline(__always)
  func variant(of pattern: Int, _ i: Int, _ j: Int, _ k: Int) -> Int {
    cases.variant(of: pattern) { value(i + $0 >> 2, j + ($0 >> 1 & 1), k + ($0 & 1)) - options.level }
  }
}

extension CubeCases {
  /// How a cell is filled: decided by its pattern, and where a face is ambiguous by the samples at its corners, as
  /// offsets from the level.
  @inline(__always)
  func variant(of pattern: Int, offset: (Int) -> Float) -> Int {
    let first = Int(firstVariant[pattern])
    return ambiguousFaces[pattern] == 0 ? first : first + decisions(pattern, offset)
  }

  /// One bit per ambiguous face: whether its inside corners are joined, that is whether the saddle of the bilinear
  /// interpolant lies inside. Both cells at a face multiply the same numbers, so they agree.
  private func decisions(_ pattern: Int, _ offset: (Int) -> Float) -> Int {
    var result = 0
    var bit = 0
    for face in 0..<6 where ambiguousFaces[pattern] >> UInt8(face) & 1 == 1 {
      let corners = CubeCases.faceCorners[face]
      let (even, odd) = (offset(corners[0]) * offset(corners[2]), offset(corners[1]) * offset(corners[3]))
      let evenInside = pattern >> corners[0] & 1 == 1
      if evenInside ? even > odd : odd > even { result |= 1 << bit }
      bit += 1
    }
    return result
  }
}
