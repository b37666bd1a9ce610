/// Adds one cavity to a pooled sample: eight blocks, then eight frames, then eight octants at a time.
struct PooledCavityRaster {
  private let lanes: CavityLanes
  private let grid: Int
  private let pool: Int
  private let side: Int
  private let bounds: CavityBounds
  /// Value up to which a block's centre proves a lattice point of the block inside.
  private let certain: Float
  /// Value from which on a block's centre proves all its lattice points outside, for one frame and for eight.
  private let clear: Float
  private let clearOfFrames: Float
  /// Signs of the eight octants in local coordinates, for half extents of one voxel.
  private let octants: CavityLanes.Local

  init(_ cavity: Cavity, grid: Int, pool: Int) {
    lanes = CavityLanes(cavity, grid: grid)
    (self.grid, self.pool, side) = (grid, pool, grid / pool)
    bounds = CavityBounds(cavity, grid: grid)
    certain = -Self.nearest(pool) - lanes.tolerance
    clear = Self.farthest(pool) + lanes.tolerance
    clearOfFrames = (Self.farthest(pool) * Self.farthest(pool) + 3.5 * 3.5).squareRoot() + 2 * lanes.tolerance
    octants = lanes.corners(lanes.steps[1], lanes.steps[2], lanes.steps[3])
  }

  /// Distance from the centre of a block of a given side to the nearest and to the farthest of its lattice points.
  private static func nearest(_ side: Int) -> Float { side.isMultiple(of: 2) ? 0.866_026 : 0 }
  private static func farthest(_ side: Int) -> Float { 0.866_026 * Float(side - 1) }

  /// Sets every voxel of `output` [grid, side, side, side] whose block holds a point of the cavity.
  func fill(_ output: UnsafeMutableBufferPointer<UInt8>) {
    let first = bounds.first
    let last = bounds.last
    for slab in (first[0] / 8)...(last[0] / 8) {
      for x in (first[1] / pool)...(last[1] / pool) {
        for y in (first[2] / pool)...(last[2] / pool) {
          for z in stride(from: first[3] / pool, through: last[3] / pool, by: 8) {
            fillBlocks(SIMD4(slab * 8, x, y, z), until: last[3] / pool, output)
          }
        }
      }
    }
  }

  /// Local coordinates of the centre of a block, `frameOffset` frames after the first of its slab.
  private func center(_ block: SIMD4<Int>, frameOffset: Double) -> SIMD4<Float> {
    let half = Double(pool - 1) / 2
    return lanes.local(
      SIMD4(
        Double(block[0]) + frameOffset, Double(block[1] * pool) + half, Double(block[2] * pool) + half,
        Double(block[3] * pool) + half))
  }

  /// Eight blocks in a row over eight frames: those that the value in their middle does not rule out go on.
  @inline(__always)
  private func fillBlocks(_ block: SIMD4<Int>, until last: Int, _ output: UnsafeMutableBufferPointer<UInt8>) {
    let row = CavityLanes.row(from: center(block, frameOffset: 3.5), step: lanes.steps[3] * Float(pool))
    let open = lanes.depth(row) .<= clearOfFrames
    if !any(open) { return }
    for lane in 0..<min(8, last - block[3] + 1) where open[lane] {
      fillFrames(SIMD4(block[0], block[1], block[2], block[3] + lane), output)
    }
  }

  /// One block in eight frames.
  @inline(__always)
  private func fillFrames(_ block: SIMD4<Int>, _ output: UnsafeMutableBufferPointer<UInt8>) {
    let row = CavityLanes.row(from: center(block, frameOffset: 0), step: lanes.steps[0])
    let depth = lanes.depth(row)
    let open = depth .<= clear
    if !any(open) { return }
    let frameVoxels = side * side * side
    let voxel = (block[1] * side + block[2]) * side + block[3]
    for lane in 0..<min(8, grid - block[0]) where open[lane] {
      let position = (block[0] + lane) * frameVoxels + voxel
      if output[position] != 0 { continue }
      let origin = SIMD4(block[0] + lane, block[1] * pool, block[2] * pool, block[3] * pool)
      let middle = SIMD4(row.0[lane], row.1[lane], row.2[lane], row.3[lane])
      if depth[lane] <= certain || isTouched(origin, side: pool, center: middle) { output[position] = 1 }
    }
  }

  /// Whether any lattice point of a block lies in the cavity; `center` are the local coordinates of its centre.
  private func isTouched(_ origin: SIMD4<Int>, side: Int, center: SIMD4<Float>) -> Bool {
    if !side.isMultiple(of: 2) { return isTouchedByPoint(origin, side: side, center: center) }
    let half = side / 2
    let points = CavityLanes.spread(from: center, pattern: octants, scale: Float(side) / 4)
    let depth = lanes.depth(points)
    if any(depth .<= -Self.nearest(half) - lanes.tolerance) { return true }
    var open = depth .<= Self.farthest(half) + lanes.tolerance
    var remaining = depth
    while any(open) {
      // The octant with the smallest value is the likeliest to hold a point.
      remaining.replace(with: .greatestFiniteMagnitude, where: .!open)
      let least = remaining.min()
      var lane = 0
      while remaining[lane] != least { lane += 1 }
      open[lane] = false
      let corner = SIMD4(0, (lane >> 2) & 1, (lane >> 1) & 1, lane & 1) &* half
      let middle = SIMD4(points.0[lane], points.1[lane], points.2[lane], points.3[lane])
      if half == 1 ? contains(origin &+ corner) : isTouched(origin &+ corner, side: half, center: middle) {
        return true
      }
    }
    return false
  }

  /// As `isTouched` for sides that cannot be halved: row by row, eight points at a time.
  private func isTouchedByPoint(_ origin: SIMD4<Int>, side: Int, center: SIMD4<Float>) -> Bool {
    if side == 1 { return contains(origin) }
    let half = Float(side - 1) / 2
    let corner = center - (lanes.steps[1] + lanes.steps[2] + lanes.steps[3]) * half
    for x in 0..<side {
      for y in 0..<side {
        let start = corner + lanes.steps[1] * Float(x) + lanes.steps[2] * Float(y)
        for z in stride(from: 0, to: side, by: 8) {
          let row = CavityLanes.row(from: start + lanes.steps[3] * Float(z), step: lanes.steps[3])
          let depth = lanes.depth(row)
          for lane in 0..<min(8, side - z) where depth[lane] <= lanes.tolerance {
            if depth[lane] < -lanes.tolerance || contains(origin &+ SIMD4(0, x, y, z + lane)) { return true }
          }
        }
      }
    }
    return false
  }

  /// The decision in double precision.
  @inline(never)
  private func contains(_ point: SIMD4<Int>) -> Bool {
    lanes.cavity.contains(SIMD4<Double>(point))
  }
}
