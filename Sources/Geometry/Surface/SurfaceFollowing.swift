/// Follows the surface to where it leaves the samples.
extension SparseRefinement {
  /// Side of the blocks that are sampled where the surface leads: small where single samples are missing.
  private var stride: Int { predictsSamples ? 2 : 4 }

  /// Samples all cells at known crossed edges, and goes on until the surface is whole.
  func follow() throws {
    try requests.flush()
    while true {
      let changed = requests.takeTouched()
      guard !changed.isEmpty else { return }
      // All are looked for before any is wanted: a sample that is wanted but not there yet would pass for one outside.
      var origins: [SIMD3<Int>] = []
      for brick in cellsBricks(of: changed) { findOpenCells(of: brick, &origins) }
      for origin in origins where try requests.want(from: origin, through: origin &+ stride) > 0 {
        statistics.followedBlockCount += 1
      }
      try requests.flush()
    }
  }

  /// The bricks whose cells have corners in the given ones, made where the surface reaches them.
  private func cellsBricks(of changed: [Int]) -> [Int] {
    var isListed = [Bool](repeating: false, count: bricks.count)
    var result: [Int] = []
    for brick in changed {
      let place = bricks.places[brick]
      let leading = leadingEdges(of: brick)
      for side in 0..<8 {
        let (i, j, k) = (Int(place.i) - side >> 2, Int(place.j) - side >> 1 & 1, Int(place.k) - side & 1)
        guard i >= 0, j >= 0, k >= 0 else { continue }
        var number = bricks.number(i, j, k)
        if number == 0 {
          guard leading >> side & 1 == 1 else { continue }
          number = bricks.make(i, j, k)
        }
        if number >= isListed.count {
          isListed += Array(repeating: false, count: number + 1 - isListed.count + 64)
        }
        if !isListed[number] { result.append(number) }
        isListed[number] = true
      }
    }
    return result
  }

  /// Bit 4i + 2j + k set if a known crossed edge lies on the first face (one of i, j, k) or the first edge (two of them)
  /// of a brick, so that cells of the brick before it need samples.
  private func leadingEdges(of brick: Int) -> Int {
    let neighbours = bricks.neighbours(of: brick)
    let (firstRow, firstColumn): (UInt64, UInt64) = (0xFF, 0x0101_0101_0101_0101)
    var result = 0
    for plane in 0..<8 {
      let edges = CornerWords(bricks, neighbours, plane: plane).edges
      if plane == 0 {
        if edges.third | edges.second != 0 { result |= 1 << 4 }
        if edges.third & firstRow != 0 { result |= 1 << 6 }
        if edges.second & firstColumn != 0 { result |= 1 << 5 }
      }
      if (edges.third | edges.first) & firstRow != 0 { result |= 1 << 2 }
      if (edges.second | edges.first) & firstColumn != 0 { result |= 1 << 1 }
      if edges.first & firstRow & firstColumn != 0 { result |= 1 << 3 }
    }
    return result
  }

  /// Lists the blocks with a cell that has a known crossed edge and an unknown corner.
  private func findOpenCells(of brick: Int, _ origins: inout [SIMD3<Int>]) {
    let neighbours = bricks.neighbours(of: brick)
    let place = bricks.places[brick]
    for plane in 0..<8 {
      let words = CornerWords(bricks, neighbours, plane: plane)
      var missing = words.crossed & ~words.complete & bricks.validCells(brick, plane: plane)
      while missing != 0 {
        let bit = missing.trailingZeroBitCount
        missing &= missing - 1
        let cell = SIMD3<Int>(
          Int(place.i) << 3 | plane, Int(place.j) << 3 | bit >> 3, Int(place.k) << 3 | bit & 7)
        let origin = cell & ~(stride - 1)
        if origins.last != origin { origins.append(origin) }
      }
    }
  }
}
