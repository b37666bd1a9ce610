import Randomness

/// Checks what was given up, and takes back what turns out to be wrong.
extension SparseRefinement {
  private static let roundCount = 5

  /// Takes random samples of the discarded blocks. A sample on the wrong side has its block sampled in full; a slope
  /// steeper than thought raises the bound for all. If that does not end, the whole grid is sampled.
  func check() throws {
    guard plan.checkedShare > 0 else { return }
    let share = max(1024, Int(plan.checkedShare * Double(requests.sampleCount)))
    for round in 0..<Self.roundCount {
      let candidates = soundBlocks()
      guard !candidates.isEmpty else { return }
      let outcome = try probe(candidates, count: share << round, stream: UInt64(round))
      if outcome.missed.isEmpty && !outcome.isSteeper { return }
      statistics.fallback = .partial
      if round == Self.roundCount - 1 { break }
      for block in outcome.missed { try sampleFully(block.origin, side: block.side) }
      if outcome.isSteeper || !statistics.isSlopePromised { try refineAll() }
      try follow()
      if isHopeless { break }
    }
    try sampleGrid()
  }

  private struct Outcome {
    var missed: [SparseBlock] = []
    var isSteeper = false
  }

  /// Half of the samples go to blocks chosen alike, half to blocks by volume: parts are missed where blocks are small and
  /// near the surface, or where they are large.
  private func probe(_ blocks: [SparseBlock], count: Int, stream: UInt64) throws -> Outcome {
    var random = SeededGenerator(seed: plan.seed, stream: stream)
    var volumes: [Int] = []
    var total = 0
    for block in blocks {
      total += block.side * block.side * block.side
      volumes.append(total)
    }
    let chosen = (0..<count).map { number in
      number % 2 == 0 ? random.integer(below: blocks.count) : Self.first(volumes, above: random.integer(below: total))
    }
    let positions = chosen.map { index in position(in: blocks[index], &random) }
    let values = try requests.samples(at: positions)
    statistics.checkCount += count
    var outcome = Outcome()
    var missed: Set<Int> = []
    var steepest: Float = 0
    for (number, index) in chosen.enumerated() {
      let block = blocks[index]
      if extraction.isInside(values[number]) != extraction.isInside(block.value) {
        statistics.wrongSideCount += 1
        missed.insert(index)
        continue
      }
      let distance = slopes.distance(SIMD3<Float>(positions[number] &- center(of: block)))
      let difference = abs(values[number] - block.value)
      guard difference > bound * (distance * 1.0001 + rounding) else { continue }
      statistics.steeperCount += 1
      if case .assumed = plan.slope { continue }
      steepest = max(steepest, difference / max(distance, rounding))
    }
    outcome.missed = missed.sorted().map { blocks[$0] }
    outcome.isSteeper = steepest > 0
    slopes.observe(steepest)
    bound = max(bound, safety * steepest)
    if !missed.isEmpty && !statistics.isSlopePromised { bound *= safety }
    return outcome
  }

  private static func first(_ sums: [Int], above value: Int) -> Int {
    var (low, high) = (0, sums.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] > value { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private func position(in block: SparseBlock, _ random: inout SeededGenerator) -> SIMD3<Int32> {
    var result = SIMD3<Int32>()
    for axis in 0..<3 {
      let lower = max(pad, block.origin[axis])
      let upper = min(extents[axis] - 1 - pad, block.origin[axis] + block.side)
      result[axis] = Int32(lower + random.integer(below: max(1, upper - lower + 1)))
    }
    return result
  }

  /// The discarded blocks into which the surface was not followed.
  private func soundBlocks() -> [SparseBlock] {
    guard statistics.followedBlockCount > 0 || statistics.fallback != .none else { return discarded }
    return discarded.filter { block in
      !bricks.holds(side: !extraction.isInside(block.value), in: block)
    }
  }

  /// Samples the whole grid, block by block, and keeps what lies at the surface.
  func sampleGrid() throws {
    statistics.fallback = .dense
    let side = 32
    for i in stride(from: 0, to: extents.x, by: side) {
      for j in stride(from: 0, to: extents.y, by: side) {
        for k in stride(from: 0, to: extents.z, by: side) { try sampleFully(SIMD3(i, j, k), side: side) }
      }
    }
    try follow()
  }

  /// Samples a block, and keeps both samples of every crossed edge.
  func sampleFully(_ origin: SIMD3<Int>, side: Int) throws {
    if side > 32 {
      for part in 0..<8 {
        try sampleFully(origin &+ SIMD3<Int>(part >> 2, part >> 1 & 1, part & 1) &* (side / 2), side: side / 2)
      }
      return
    }
    let lower = origin.clamped(lowerBound: SIMD3(repeating: pad), upperBound: extents)
    let upper = (origin &+ side).clamped(lowerBound: .zero, upperBound: extents &- (1 + pad))
    guard all(lower .<= upper) else { return }
    let size = upper &- lower &+ 1
    var positions: [SIMD3<Int32>] = []
    positions.reserveCapacity(size.x * size.y * size.z)
    for i in lower.x...upper.x {
      for j in lower.y...upper.y {
        for k in lower.z...upper.z { positions.append(SIMD3(Int32(i), Int32(j), Int32(k))) }
      }
    }
    let values = try requests.samples(at: positions)
    let steps = [size.y * size.z, size.z, 1]
    for (index, value) in values.enumerated() {
      let position = SIMD3<Int>(truncatingIfNeeded: positions[index])
      let isInside = extraction.isInside(value)
      for axis in 0..<3 where position[axis] < upper[axis] {
        let other = values[index + steps[axis]]
        guard extraction.isInside(other) != isInside else { continue }
        requests.keep(value, at: position)
        requests.keep(other, at: SIMD3<Int>(truncatingIfNeeded: positions[index + steps[axis]]))
      }
      if pad == 1, isInside, any(position .== 1) || any(position .== extents &- 2) {
        try requests.want(from: position &- 1, through: position &+ 1)
      }
    }
  }
}

extension SampleBricks {
  /// Whether a sample inside, or one outside, is known in a block.
  func holds(side isInside: Bool, in block: SparseBlock) -> Bool {
    let (lower, upper) = (block.origin, clipped(block.origin &+ block.side))
    for i in (lower.x >> 3)...(upper.x >> 3) {
      for j in (lower.y >> 3)...(upper.y >> 3) {
        for k in (lower.z >> 3)...(upper.z >> 3) {
          let brick = number(i, j, k)
          guard brick > 0 else { continue }
          let rows = max(lower.y, 8 * j) & 7...min(upper.y, 8 * j + 7) & 7
          let columns = max(lower.z, 8 * k) & 7...min(upper.z, 8 * k + 7) & 7
          var mask: UInt64 = 0
          for row in rows { mask |= ((1 << UInt64(columns.count)) - 1) << UInt64(8 * row + columns.lowerBound) }
          for plane in max(lower.x, 8 * i)...min(upper.x, 8 * i + 7) {
            let inside = inside(brick)[plane & 7]
            let found = isInside ? inside : known(brick)[plane & 7] & ~inside
            if found & mask != 0 { return true }
          }
        }
      }
    }
    return false
  }
}
