/// Samples that bricks want, asked for in large batches.
final class SampleRequests {
  let bricks: SampleBricks
  let sampler: FieldSampler
  let extraction: SurfaceExtraction
  let frame: GridFrame
  /// Number of samples that were taken.
  @exclusivity(unchecked) private(set) var sampleCount = 0
  /// The sample farthest outside.
  @exclusivity(unchecked) private(set) var farthest: Float
  /// Bricks that got samples since the last call of `takeTouched`.
  @exclusivity(unchecked) private var touched: [Int] = []
  @exclusivity(unchecked) private var isTouched: [Bool] = []
  /// Brick and place in it of samples that were asked for, but not given.
  @exclusivity(unchecked) private var addresses: [Int] = []

  init(_ bricks: SampleBricks, _ sampler: FieldSampler, _ extraction: SurfaceExtraction, _ frame: GridFrame) {
    (self.bricks, self.sampler, self.extraction, self.frame) = (bricks, sampler, extraction, frame)
    farthest = extraction.inside == .below ? -.infinity : .infinity
  }

  /// Samples at positions of the padded grid, none of them in the padding, which no brick keeps.
  func samples(at positions: [SIMD3<Int32>]) throws -> [Float] {
    let (frame, pad) = (frame, Int32(bricks.pad))
    var result: [Float] = []
    result.reserveCapacity(positions.count)
    for first in stride(from: 0, to: positions.count, by: FieldSampler.batchSize) {
      let count = min(FieldSampler.batchSize, positions.count - first)
      let batch = try sampler.distances(count: count) { begin, points in
        for offset in points.indices {
          let at = positions[first + begin + offset] &- pad
          points[offset] = frame.point(Int(at.x), Int(at.y), Int(at.z))
        }
      }
      for (offset, value) in batch.enumerated() { try examine(value, at: positions[first + offset]) }
      result += batch
    }
    return result
  }

  /// Wants all samples of a box of the padded grid, both ends included. Returns how many were not there.
  @discardableResult
  func want(from lower: SIMD3<Int>, through upper: SIMD3<Int>) throws -> Int {
    let (low, high) = (lower.clamped(lowerBound: .zero, upperBound: upper), bricks.clipped(upper))
    guard all(low .<= high) else { return 0 }
    var newCount = 0
    for i in low.x...high.x {
      for j in low.y...high.y {
        var k = low.z
        while k <= high.z {
          let brick = bricks.make(i >> 3, j >> 3, k >> 3)
          let end = min(high.z, k | 7)
          let shift = UInt64((j & 7) * 8 + k & 7)
          let wanted: UInt64 = ((1 << UInt64(end - k + 1)) - 1) << shift
          var missing = wanted & ~bricks.known(brick)[i & 7]
          if missing != 0 {
            bricks.known(brick)[i & 7] |= missing
            touch(brick)
          }
          while missing != 0 {
            addresses.append(brick * 512 + (i & 7) * 64 + missing.trailingZeroBitCount)
            missing &= missing - 1
            newCount += 1
          }
          k = end + 1
        }
      }
    }
    if addresses.count >= FieldSampler.batchSize { try flush() }
    return newCount
  }

  /// Keeps a sample that is known already.
  func keep(_ value: Float, at position: SIMD3<Int>) {
    let brick = bricks.make(position.x >> 3, position.y >> 3, position.z >> 3)
    let local = (position.x & 7) * 64 + (position.y & 7) * 8 + position.z & 7
    guard bricks.known(brick)[local >> 6] >> UInt64(local & 63) & 1 == 0 else { return }
    bricks.known(brick)[local >> 6] |= 1 << UInt64(local & 63)
    store(value, brick, local)
    touch(brick)
  }

  /// Asks for all that is wanted.
  func flush() throws {
    guard !addresses.isEmpty else { return }
    let (wanted, bricks, frame, pad) = (addresses, bricks, frame, bricks.pad)
    addresses.removeAll(keepingCapacity: true)
    let values = try sampler.distances(count: wanted.count) { begin, points in
      for offset in points.indices {
        let at = bricks.position(of: wanted[begin + offset]) &- pad
        points[offset] = frame.point(at.x, at.y, at.z)
      }
    }
    for (address, value) in zip(wanted, values) {
      try examine(value, at: SIMD3<Int32>(truncatingIfNeeded: bricks.position(of: address)))
      store(value, address / 512, address % 512)
    }
  }

  /// Bricks that got samples since the last call.
  func takeTouched() -> [Int] {
    let result = touched
    for brick in touched { isTouched[brick] = false }
    touched.removeAll(keepingCapacity: true)
    return result
  }

  private func touch(_ brick: Int) {
    if brick >= isTouched.count { isTouched += Array(repeating: false, count: brick + 1 - isTouched.count + brick / 2) }
    guard !isTouched[brick] else { return }
    isTouched[brick] = true
    touched.append(brick)
  }

  @inline(__always)
  private func store(_ value: Float, _ brick: Int, _ local: Int) {
    bricks.values(brick)[local] = value
    if extraction.isInside(value) { bricks.inside(brick)[local >> 6] |= 1 << UInt64(local & 63) }
  }

  @inline(__always)
  private func examine(_ value: Float, at position: SIMD3<Int32>) throws {
    guard value.isFinite else {
      let at = position &- Int32(bricks.pad)
      throw SurfaceError.sampleNotFinite(index: [Int(at.x), Int(at.y), Int(at.z)], value: value)
    }
    sampleCount += 1
    if extraction.inside == .below ? value > farthest : value < farthest { farthest = value }
  }
}

extension SampleBricks {
  /// The nearest position that lies in the padded grid.
  func clipped(_ position: SIMD3<Int>) -> SIMD3<Int> {
    position.clamped(lowerBound: .zero, upperBound: extents &- 1)
  }

  /// The position in the padded grid of sample `address % 512` of brick `address / 512`.
  @inline(__always)
  func position(of address: Int) -> SIMD3<Int> {
    let place = places[address >> 9]
    return SIMD3<Int>(
      Int(place.i) << 3 | address >> 6 & 7, Int(place.j) << 3 | address >> 3 & 7, Int(place.k) << 3 | address & 7)
  }
}
