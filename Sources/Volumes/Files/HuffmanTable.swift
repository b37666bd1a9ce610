/// Decoding table of one canonical Huffman code of the deflate format (RFC 1951, section 3.2).
///
/// Codes of up to `primaryBits` bits are found by one lookup; longer ones, which are rare by construction, by walking
/// the code lengths.
///
/// An entry holds: bits 0...3 the code length, 4...6 flags, 8...15 the number of extra bits, 16...31 the value.
final class HuffmanTable {
  /// What the symbols of the code stand for.
  enum Alphabet {
    case codeLengths, literalsAndLengths, distances
  }

  static let isLiteral: UInt32 = 1 << 4
  static let isEnd: UInt32 = 1 << 5
  static let isInvalid: UInt32 = 1 << 6

  static let primaryBits = 11
  private static let maximumLength = 15

  private let entries = UnsafeMutablePointer<UInt32>.allocate(capacity: 1 << HuffmanTable.primaryBits)
  private let sorted = UnsafeMutablePointer<UInt32>.allocate(capacity: 320)
  private let counts = UnsafeMutablePointer<Int>.allocate(capacity: HuffmanTable.maximumLength + 1)

  deinit {
    entries.deallocate()
    sorted.deallocate()
    counts.deallocate()
  }

  /// Fills the table from the code length of each symbol; false if the lengths make no valid code.
  func build(_ lengths: UnsafeBufferPointer<UInt8>, _ alphabet: Alphabet) -> Bool {
    counts.update(repeating: 0, count: Self.maximumLength + 1)
    for length in lengths { counts[Int(length)] += 1 }
    let used = lengths.count - counts[0]
    counts[0] = 0
    var free = 1
    for length in 1...Self.maximumLength {
      free = (free << 1) - counts[length]
      if free < 0 { return false }
    }
    if free > 0 && !Self.mayBeIncomplete(alphabet, used: used, ofOneBit: counts[1]) { return false }
    sortSymbols(lengths, alphabet)
    fillPrimary()
    return true
  }

  /// A code of a single symbol has half of its codes unused; a block without copies needs no distance code at all.
  private static func mayBeIncomplete(_ alphabet: Alphabet, used: Int, ofOneBit: Int) -> Bool {
    switch alphabet {
    case .codeLengths: false
    case .literalsAndLengths: used == 1 && ofOneBit == 1
    case .distances: used == 0 || (used == 1 && ofOneBit == 1)
    }
  }

  private func sortSymbols(_ lengths: UnsafeBufferPointer<UInt8>, _ alphabet: Alphabet) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: Self.maximumLength + 2) { next in
      next[1] = 0
      for length in 1...Self.maximumLength { next[length + 1] = next[length] + counts[length] }
      for symbol in 0..<lengths.count where lengths[symbol] != 0 {
        let length = Int(lengths[symbol])
        sorted[next[length]] = Self.entry(symbol, alphabet) | UInt32(length)
        next[length] += 1
      }
    }
  }

  private func fillPrimary() {
    entries.update(repeating: 0, count: 1 << Self.primaryBits)
    var code = 0, index = 0
    for length in 1...Self.primaryBits {
      for _ in 0..<counts[length] {
        // Codes are packed from their most significant bit on, everything else in the stream from the least.
        var reversed = 0
        for bit in 0..<length where code & (1 << bit) != 0 { reversed |= 1 << (length - 1 - bit) }
        for position in stride(from: reversed, to: 1 << Self.primaryBits, by: 1 << length) {
          entries[position] = sorted[index]
        }
        code += 1
        index += 1
      }
      code <<= 1
    }
  }

  /// The entry of the code that `bits` begin with; `isInvalid` is set if there is none.
  @inline(__always)
  func lookUp(_ bits: UInt64) -> UInt32 {
    let entry = entries[Int(truncatingIfNeeded: bits) & ((1 << Self.primaryBits) - 1)]
    return entry != 0 ? entry : walk(bits)
  }

  @inline(never)
  private func walk(_ bits: UInt64) -> UInt32 {
    var code = 0, first = 0, index = 0
    for length in 1...Self.maximumLength {
      code |= Int((bits >> UInt64(length - 1)) & 1)
      let count = counts[length]
      if code - first < count { return sorted[index + code - first] }
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    return Self.isInvalid | 1
  }

  private static func entry(_ symbol: Int, _ alphabet: Alphabet) -> UInt32 {
    switch alphabet {
    case .codeLengths: return UInt32(symbol) << 16
    case .literalsAndLengths:
      if symbol < 256 { return isLiteral | UInt32(symbol) << 16 }
      if symbol == 256 { return isEnd }
      guard symbol < 286 else { return isInvalid }
      return lengthEntry(symbol - 257)
    case .distances:
      guard symbol < 30 else { return isInvalid }
      let extra = max(0, symbol / 2 - 1)
      let base = symbol < 2 ? symbol + 1 : ((2 + symbol % 2) << extra) + 1
      return UInt32(extra) << 8 | UInt32(base) << 16
    }
  }

  private static func lengthEntry(_ index: Int) -> UInt32 {
    if index == 28 { return 258 << 16 }
    let extra = max(0, index / 4 - 1)
    let base = index < 4 ? index + 3 : ((4 + index % 4) << extra) + 3
    return UInt32(extra) << 8 | UInt32(base) << 16
  }
}
