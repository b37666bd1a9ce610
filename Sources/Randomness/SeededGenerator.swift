/// The random generator of all pure code: xoshiro256++ seeded through SplitMix64.
///
/// Every stream of a seed is independent of the others, so that item `i` of a data set can be drawn from
/// `SeededGenerator(seed: seed, stream: i)` in any order and on any thread. The whole state can be stored and restored.
///
/// *Reference*: Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021, doi:10.1145/3460772.
public struct SeededGenerator: RandomNumberGenerator, Sendable, Equatable, Codable {
  /// The four words of xoshiro256++.
  public private(set) var state: SIMD4<UInt64>

  /// The generator of one stream of a seed.
  public init(seed: UInt64, stream: UInt64 = 0) {
    var first = seed
    var second = stream &+ 0x9E37_79B9_7F4A_7C15
    var words = SIMD4<UInt64>()
    for index in 0..<4 {
      words[index] = Self.splitMix(&first) ^ (Self.splitMix(&second) &* 0xD134_2543_DE82_EF95)
    }
    if words == SIMD4() { words[0] = 1 }
    state = words
    for _ in 0..<4 { _ = next() }
  }

  private static func splitMix(_ value: inout UInt64) -> UInt64 {
    value &+= 0x9E37_79B9_7F4A_7C15
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    let sum = state[0] &+ state[3]
    let result = ((sum << 23) | (sum >> 41)) &+ state[0]
    let shifted = state[1] << 17
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= shifted
    state[3] = (state[3] << 45) | (state[3] >> 19)
    return result
  }

  /// A uniform number in 0..<1 with 53 random bits.
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A uniform number in the given range.
  public mutating func uniform(in range: Range<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// A uniform integer in 0..<bound, without bias; traps if `bound` is not positive.
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "integer(below:) needs a positive bound, not \(bound)")
    let limit = UInt64(bound)
    var product = next().multipliedFullWidth(by: limit)
    if product.low < limit {
      let threshold = (0 &- limit) % limit
      while product.low < threshold { product = next().multipliedFullWidth(by: limit) }
    }
    return Int(product.high)
  }

  /// 0..<count in random order; the algorithm is fixed here, so that the order survives changes of the standard library.
  public mutating func permutation(count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, integer(below: last + 1))
    }
    return order
  }

  /// A new generator, independent of what this one returns later.
  public mutating func split() -> SeededGenerator {
    SeededGenerator(seed: next(), stream: next())
  }
}
