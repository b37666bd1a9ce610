/// Vertices and faces of bricks go to where the counts say.
extension BrickMarching {
  /// Places the vertices on all edges that start in a row of bricks.
  func placeVertices(row: Int, _ output: VertexOutput) {
    let positions = EdgePositions(frame, pad: bricks.pad)
    for index in rows[row] {
      let brick = Int(order[index])
      let edges = edges(of: brick)
      let origin = bricks.position(of: brick * 512)
      for plane in 0..<8 where edges.third[plane] | edges.second[plane] | edges.first[plane] != 0 {
        for j in 0..<8 {
          let (line, row) = (plane * 8 + j, positions.rowStart(origin.x + plane, origin.y + j))
          let start = edges.starts[line]
          forEach(edges.third[plane], j, from: start.x) { k, vertex in
            let t = fraction(brick, line * 8 + k, isInside: k < 7, step: 1, SIMD3(0, 0, 1))
            output.base[vertex] = positions.third(row, origin.z + k, t)
          }
          forEach(edges.second[plane], j, from: start.y) { k, vertex in
            let t = fraction(brick, line * 8 + k, isInside: j < 7, step: 8, SIMD3(0, 1, 0))
            output.base[vertex] = positions.second(row, origin.z + k, t)
          }
          forEach(edges.first[plane], j, from: start.z) { k, vertex in
            let t = fraction(brick, line * 8 + k, isInside: plane < 7, step: 64, SIMD3(1, 0, 0))
            output.base[vertex] = positions.first(row, origin.z + k, t)
          }
        }
      }
    }
  }

  /// Where the level is crossed between a sample and the next one along an axis, which may lie in the next brick.
  @inline(__always)
  private func fraction(_ brick: Int, _ local: Int, isInside: Bool, step: Int, _ axis: SIMD3<Int>) -> Double {
    let values = bricks.values(brick)
    if isInside { return options.fraction(values[local], values[local + step]) }
    let next = bricks.position(of: brick * 512 + local) &+ axis
    return options.fraction(values[local], bricks.value(next.x, next.y, next.z))
  }

  @inline(__always)
  private func forEach(_ word: UInt64, _ row: Int, from start: UInt32, _ body: (Int, Int) -> Void) {
    var remaining = word >> UInt64(8 * row) & 0xFF
    var vertex = Int(start)
    while remaining != 0 {
      body(remaining.trailingZeroBitCount, vertex)
      remaining &= remaining - 1
      vertex += 1
    }
  }

  /// Places the loop centres of a row of bricks.
  func placeCenters(row: Int, _ output: VertexOutput) {
    for line in 0..<64 where outputs[row * 64 + line].centers > 0 {
      var center = Int(outputs[row * 64 + line].centerStart)
      forEachFilledCell(row, line) { variant, _, edges in
        for number in 0..<variant.centerCount {
          output.base[center] = cases.center(number, of: variant, output.base, edges)
          center += 1
        }
      }
    }
  }

  /// Places the faces of a row of bricks.
  func placeFaces(row: Int, _ output: FaceOutput) {
    cases.triangles.withUnsafeBufferPointer { triangles in
      for line in 0..<64 where outputs[row * 64 + line].faces > 0 {
        let start = outputs[row * 64 + line]
        var writer = FaceWriter(
          next: output.base + Int(start.faceStart), nextCenter: start.centerStart, isMirrored: frame.isMirrored)
        forEachFilledCell(row, line) { variant, _, edges in writer.fill(variant, triangles, edges) }
      }
    }
  }

  /// Calls `body` for every cell of a row of samples that the surface passes through, with its position and the numbers
  /// of the vertices on its crossed edges (and room for four loop centres).
  @inline(__always)
  func forEachFilledCell(
    _ row: Int, _ line: Int, _ body: (CubeCases.Variant, SIMD3<Int>, UnsafeMutablePointer<UInt32>) -> Void
  ) {
    let (plane, j) = (line >> 3, line & 7)
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 16) { storage in
      let numbers = storage.baseAddress!
      for index in rows[row] {
        let brick = Int(order[index])
        let corners = corners(brick, plane: plane)
        let active = corners.active & bricks.validCells(brick, plane: plane) & (0xFF << UInt64(8 * j))
        guard active != 0 else { continue }
        let origin = bricks.position(of: brick * 512 + plane * 64)
        forEachCell(active) { bit in
          let pattern = corners.pattern(bit)
          number(SIMD3<Int>(plane, j, bit & 7), cases.crossedEdges[pattern], brick, numbers)
          let cell = origin &+ SIMD3<Int>(0, bit >> 3, bit & 7)
          body(variant(of: pattern, cell), cell, numbers)
        }
      }
    }
  }

  /// Looks up the numbers of the vertices on a cell's crossed edges.
  @inline(__always)
  private func number(
    _ cell: SIMD3<Int>, _ crossed: UInt16, _ brick: Int, _ numbers: UnsafeMutablePointer<UInt32>
  ) {
    var remaining = crossed
    while remaining != 0 {
      let edge = remaining.trailingZeroBitCount
      remaining &= remaining - 1
      let (high, low) = (edge >> 1 & 1, edge & 1)
      let offset =
        switch edge >> 2 {
        case 0: SIMD3<Int>(high, low, 0)
        case 1: SIMD3<Int>(high, 0, low)
        default: SIMD3<Int>(0, high, low)
        }
      let at = cell &+ offset
      let edges = edges(at: at, from: brick)
      let (plane, j, k) = (at.x & 7, at.y & 7, at.z & 7)
      let word =
        switch edge >> 2 {
        case 0: edges.third[plane]
        case 1: edges.second[plane]
        default: edges.first[plane]
        }
      let before = word >> UInt64(8 * j) & ((1 << UInt64(k)) - 1)
      numbers[edge] = edges.starts[plane * 8 + j][edge >> 2] + UInt32(before.nonzeroBitCount)
    }
  }
}
