/// What the samples say about the steepness of a field that promises nothing.
extension SparseRefinement {
  /// Takes note of the slopes between the centres of blocks of one size, and raises the bound accordingly.
  func measureSlopes(_ blocks: [SparseBlock], _ centers: [SIMD3<Int32>]) {
    var slopes = slopes
    let side = Float(blocks[0].side)
    for index in 1..<max(1, blocks.count) {
      // Blocks that follow each other are near each other.
      slopes.observe(
        difference: blocks[index].value - blocks[index - 1].value,
        over: SIMD3<Float>(centers[index] &- centers[index - 1]))
    }
    for index in blocks.indices where blocks[index].startsFamily && index + 8 <= blocks.count {
      let value = { blocks[index + $0].value }
      slopes.observe(
        corners: SIMD4(value(0), value(1), value(2), value(3)), SIMD4(value(4), value(5), value(6), value(7)),
        side: side)
    }
    if blocks.count == rootCounts.x * rootCounts.y * rootCounts.z, blocks[0].side == rootSide {
      measureRoots(blocks, &slopes)
    }
    self.slopes = slopes
    raiseBound()
  }

  /// Roots lie on a grid of their own; those at its end are left out, as their centres may have been moved.
  private func measureRoots(_ blocks: [SparseBlock], _ slopes: inout SlopeEstimate) {
    let counts = rootCounts
    func value(_ i: Int, _ j: Int, _ k: Int) -> Float { blocks[(i * counts.y + j) * counts.z + k].value }
    for i in 0..<max(0, counts.x - 2) {
      for j in 0..<max(0, counts.y - 2) {
        for k in 0..<max(0, counts.z - 2) {
          slopes.observe(
            corners: SIMD4(value(i, j, k), value(i, j, k + 1), value(i, j + 1, k), value(i, j + 1, k + 1)),
            SIMD4(
              value(i + 1, j, k), value(i + 1, j, k + 1), value(i + 1, j + 1, k), value(i + 1, j + 1, k + 1)),
            side: Float(rootSide))
        }
      }
    }
  }

  /// Takes note of the slopes between neighbouring samples.
  func measureBricks() {
    var slopes = slopes
    for brick in 1..<max(1, bricks.count) {
      let (known, values) = (bricks.known(brick), bricks.values(brick))
      for plane in 0..<7 {
        // Samples that have seven known ones after them, in rows and columns 0 to 6.
        let both = known[plane] & known[plane + 1]
        let pairs = both & both >> 1 & 0x7F7F_7F7F_7F7F_7F7F
        var cells = pairs & pairs >> 8 & 0x00FF_FFFF_FFFF_FFFF
        while cells != 0 {
          let start = values + plane * 64 + cells.trailingZeroBitCount
          cells &= cells - 1
          slopes.observe(
            corners: SIMD4(start[0], start[1], start[8], start[9]),
            SIMD4(start[64], start[65], start[72], start[73]), side: 1)
        }
      }
    }
    self.slopes = slopes
    raiseBound()
  }

  private func raiseBound() {
    // Without any slope the field is taken for a distance that is clipped everywhere.
    bound = max(bound, safety * (slopes.steepest > 0 ? slopes.steepest : 1))
  }
}
