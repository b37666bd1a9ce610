/// Third and fourth pass: vertices and faces go to where the counts say.
extension MarchingPass {
  /// A crossed edge: second and third index of its first sample, and its vertex.
  private struct Crossing {
    var j: UInt32, k: UInt32, vertex: UInt32
  }

  /// Places the vertices on all edges that start in one plane.
  ///
  /// Samples lie far from each other in memory. So crossings are listed first, from the bits, and the samples are
  /// loaded afterwards in loops without branches, where the processor can wait for many of them at once.
  func placeVertices(plane: Int, _ output: VertexOutput) {
    guard planes[plane].vertexCount > 0 else { return }
    let edges = EdgePositions(frame, pad: pad)
    withUnsafeTemporaryAllocation(of: Crossing.self, capacity: planes[plane].vertexCount) { list in
      let crossings = list.baseAddress!
      let third = listCrossings(plane, \.third, stepping: 0, crossings) { _ in nil }
      for crossing in UnsafeBufferPointer(start: crossings, count: third) {
        let (j, k) = (Int(crossing.j), Int(crossing.k))
        let t = options.fraction(value(plane, j, k), value(plane, j, k + 1))
        output.base[Int(crossing.vertex)] = edges.third(edges.rowStart(plane, j), k, t)
      }
      let second = listCrossings(plane, \.second, stepping: 1, crossings) { $0 + 1 }
      for crossing in UnsafeBufferPointer(start: crossings, count: second) {
        let (j, k) = (Int(crossing.j), Int(crossing.k))
        let t = options.fraction(value(plane, j, k), value(plane, j + 1, k))
        output.base[Int(crossing.vertex)] = edges.second(edges.rowStart(plane, j), k, t)
      }
      guard plane + 1 < depth else { return }
      let first = listCrossings(plane, \.first, stepping: 0, crossings) { $0 + height }
      for crossing in UnsafeBufferPointer(start: crossings, count: first) {
        let (j, k) = (Int(crossing.j), Int(crossing.k))
        let t = options.fraction(value(plane, j, k), value(plane + 1, j, k))
        output.base[Int(crossing.vertex)] = edges.first(edges.rowStart(plane, j), k, t)
      }
    }
  }

  /// Lists the crossed edges of a plane, from every row (but the last `stepping`) to the one that `other` names.
  @inline(__always)
  private func listCrossings(
    _ plane: Int, _ start: KeyPath<RowStart, UInt32>, stepping: Int, _ list: UnsafeMutablePointer<Crossing>,
    _ other: (Int) -> Int?
  ) -> Int {
    var count = 0
    for j in 0..<(height - stepping) {
      let row = plane * height + j
      forEachCrossing(row, other(row), from: rowStarts[row][keyPath: start]) { k, vertex in
        list[count] = Crossing(j: UInt32(j), k: UInt32(k), vertex: UInt32(vertex))
        count += 1
      }
    }
    return count
  }

  @inline(__always)
  private func forEachCrossing(_ row: Int, _ other: Int?, from start: UInt32, _ body: (Int, Int) -> Void) {
    var index = Int(start)
    for word in 0..<wordCount {
      var crossed = crossedEdges(row, other, word)
      while crossed != 0 {
        body(word * 64 + crossed.trailingZeroBitCount, index)
        crossed &= crossed - 1
        index += 1
      }
    }
  }

  /// Places the loop centres of one plane of cells, at the mean of their loops.
  func placeCenters(plane: Int, _ output: VertexOutput) {
    guard planes[plane].centerCount > 0 else { return }
    var center = planes[plane].centerStart
    forEachFilledCell(plane) { variant, edges in
      for number in 0..<variant.centerCount {
        output.base[center] = cases.center(number, of: variant, output.base, edges)
        center += 1
      }
    }
  }

  /// Places the faces of one plane of cells.
  func placeFaces(plane: Int, _ output: FaceOutput) {
    guard planes[plane].faceCount > 0 else { return }
    var writer = FaceWriter(
      next: output.base + planes[plane].faceStart, nextCenter: UInt32(planes[plane].centerStart),
      isMirrored: frame.isMirrored)
    cases.triangles.withUnsafeBufferPointer { triangles in
      forEachFilledCell(plane) { variant, edges in writer.fill(variant, triangles, edges) }
    }
  }

  /// Calls `body` for every cell of a plane that the surface passes through, with the numbers of the vertices on its
  /// twelve edges (and room for four loop centres). Counters run along the rows, so no vertex is looked up.
  @inline(__always)
  private func forEachFilledCell(
    _ plane: Int, _ body: (CubeCases.Variant, UnsafeMutablePointer<UInt32>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 16) { storage in
      let edges = storage.baseAddress!
      for j in 0..<(height - 1) {
        let near = plane * height + j
        let far = near + height
        var third = SIMD4<UInt32>(
          rowStarts[near].third, rowStarts[near + 1].third, rowStarts[far].third, rowStarts[far + 1].third)
        var across = SIMD4<UInt32>(
          rowStarts[near].second, rowStarts[far].second, rowStarts[near].first, rowStarts[near + 1].first)
        forEachActiveCell(plane, j) { k, pattern in
          let crossed = UInt32(cases.crossedEdges[pattern])
          let begins = SIMD4<UInt32>(crossed >> 4, crossed >> 6, crossed >> 8, crossed >> 10) & 1
          for edge in 0..<4 {
            edges[edge] = third[edge]
            edges[4 + 2 * edge] = across[edge]
            edges[5 + 2 * edge] = across[edge] + begins[edge]
          }
          body(cases.variants[variant(of: pattern, plane, j, k)], edges)
          third &+= SIMD4<UInt32>(crossed, crossed >> 1, crossed >> 2, crossed >> 3) & 1
          across &+= begins
        }
      }
    }
  }
}
