/// Third and fourth pass: vertices and faces go to where the counts say.
extension MarchingPass {
  /// Places the vertices on all edges that start in one plane.
  func placeVertices(plane: Int, _ output: VertexOutput) {
    let step = (frame.step(0), frame.step(1), frame.step(2))
    let origin = frame.position(of: SIMD3(Double(plane - pad), Double(-pad), Double(-pad)))
    for j in 0..<height {
      let row = plane * height + j
      let corner = origin + Double(j) * step.1
      forEachCrossing(row, nil, from: rowStarts[row].third) { k, index in
        let t = fraction(value(plane, j, k), value(plane, j, k + 1))
        output.base[index] = SIMD3<Float>(corner + (Double(k) + t) * step.2)
      }
      if j + 1 < height {
        forEachCrossing(row, row + 1, from: rowStarts[row].second) { k, index in
          let t = fraction(value(plane, j, k), value(plane, j + 1, k))
          output.base[index] = SIMD3<Float>(corner + t * step.1 + Double(k) * step.2)
        }
      }
      if plane + 1 < depth {
        forEachCrossing(row, row + height, from: rowStarts[row].first) { k, index in
          let t = fraction(value(plane, j, k), value(plane + 1, j, k))
          output.base[index] = SIMD3<Float>(corner + t * step.0 + Double(k) * step.2)
        }
      }
    }
  }

  /// Where the level is crossed between two samples, away from both by the margin.
  @inline(__always)
  private func fraction(_ a: Float, _ b: Float) -> Double {
    let margin = options.vertexMargin
    let t = (options.level - a) / (b - a)
    // Differences of huge samples overflow; the comparison is written so that a NaN ends at the margin.
    guard t > margin else { return Double(margin) }
    return Double(t < 1 - margin ? t : 1 - margin)
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
        var (sum, count) = (SIMD3<Float>.zero, Float(0))
        for triangle in 0..<Int(variant.triangleCount) {
          let start = Int(variant.start) + 3 * triangle
          guard cases.triangles[start] == CubeCases.firstCenter + number else { continue }
          sum += output.base[Int(edges[Int(cases.triangles[start + 1])])]
          count += 1
        }
        output.base[center] = sum / count
        center += 1
      }
    }
  }

  /// Places the faces of one plane of cells.
  func placeFaces(plane: Int, _ output: FaceOutput) {
    guard planes[plane].faceCount > 0 else { return }
    let isMirrored = frame.isMirrored
    var next = output.base + planes[plane].faceStart
    var center = UInt32(planes[plane].centerStart)
    cases.triangles.withUnsafeBufferPointer { triangles in
      forEachFilledCell(plane) { variant, edges in
        for number in 0..<Int(variant.centerCount) {
          edges[Int(CubeCases.firstCenter) + number] = center
          center += 1
        }
        var corner = Int(variant.start)
        for _ in 0..<variant.triangleCount {
          let (a, b) = (edges[Int(triangles[corner])], edges[Int(triangles[corner + 1])])
          let c = edges[Int(triangles[corner + 2])]
          next.pointee = isMirrored ? SIMD3(a, c, b) : SIMD3(a, b, c)
          next += 1
          corner += 3
        }
      }
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
