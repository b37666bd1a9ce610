/// Blocks of one size by where they lie, so that those with a common face find each other.
///
/// Eight blocks of one parent share an entry, because they come together and are asked for together.
struct BlockNeighbors {
  private let blocks: [SparseBlock]
  private let exponent: Int32
  /// Parents, in a table that is at most half full.
  private var keys: [UInt64]
  /// Numbers of blocks, eight per entry; -1 where there is none.
  private var members: [Int32]

  /// Blocks of the same size.
  init(_ blocks: [SparseBlock]) {
    let exponent = Int32(blocks.first?.exponent ?? 0)
    (self.blocks, self.exponent) = (blocks, exponent)
    var (familyCount, last) = (0, UInt64.max)
    for block in blocks {
      let key = Self.key(Self.place(block, exponent))
      familyCount += key == last ? 0 : 1
      last = key
    }
    var capacity = 16
    while capacity < 2 * familyCount { capacity *= 2 }
    keys = Array(repeating: .max, count: capacity)
    members = Array(repeating: -1, count: 8 * capacity)
    for (index, block) in blocks.enumerated() {
      let place = Self.place(block, exponent)
      let entry = entry(of: Self.key(place))
      keys[entry] = Self.key(place)
      members[8 * entry + Self.member(place)] = Int32(index)
    }
  }

  /// Calls `body` with an axis and the numbers of two blocks, the second being next to the first along that axis.
  func forEachPair(_ body: (_ axis: Int, _ first: Int, _ second: Int) -> Void) {
    for (index, block) in blocks.enumerated() {
      for axis in 0..<3 {
        var place = Self.place(block, exponent)
        place[axis] += 1
        let entry = entry(of: Self.key(place))
        let found = keys[entry] == .max ? -1 : members[8 * entry + Self.member(place)]
        if found >= 0 { body(axis, index, Int(found)) }
      }
    }
  }

  /// The entry of a parent, or the free one where it would be.
  private func entry(of key: UInt64) -> Int {
    var entry = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 20) & (keys.count - 1)
    while keys[entry] != key && keys[entry] != .max { entry = (entry + 1) & (keys.count - 1) }
    return entry
  }

  private static func place(_ block: SparseBlock, _ exponent: Int32) -> SIMD3<Int32> {
    SIMD3(block.i >> exponent, block.j >> exponent, block.k >> exponent)
  }

  private static func key(_ place: SIMD3<Int32>) -> UInt64 {
    UInt64(place.x >> 1) << 42 | UInt64(place.y >> 1) << 21 | UInt64(place.z >> 1)
  }

  private static func member(_ place: SIMD3<Int32>) -> Int {
    Int((place.x & 1) << 2 | (place.y & 1) << 1 | (place.z & 1))
  }
}
