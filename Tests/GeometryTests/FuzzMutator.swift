import Randomness

/// Damages files: bits, bytes, numbers, lengths and whole pieces, seeded.
struct FuzzMutator {
  var random: SeededGenerator

  /// Numbers that readers get wrong.
  static let numbers: [String] = [
    "0", "-1", "1", "2", "3", "255", "256", "65535", "65536", "2147483647", "2147483648", "4294967295", "4294967296",
    "9223372036854775807", "-9223372036854775808", "99999999999999999999999", "1e9", "1e39", "-1e400", "nan", "inf",
    "0x10", "", "-", ".", "1.5", "1e-320",
  ]
  static let words: [UInt64] = [
    0, 1, 2, 3, 4, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE,
    0xFFFF_FFFF,
    0x1_0000_0000, 0x7FFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF, 0x7F80_0000, 0x7FC0_0000,
  ]

  /// A damaged copy, at most a few times as long.
  mutating func damaged(_ seed: [UInt8], other: [UInt8]) -> [UInt8] {
    var bytes = seed
    for _ in 0...random.integer(below: 4) {
      guard !bytes.isEmpty else { break }
      switch random.integer(below: 11) {
      case 0: bytes[place(bytes)] ^= 1 << UInt8(random.integer(below: 8))
      case 1: bytes[place(bytes)] = UInt8(truncatingIfNeeded: random.next())
      case 2: bytes.removeLast(random.integer(below: bytes.count))
      case 3: bytes.insert(contentsOf: (0...random.integer(below: 8)).map { _ in letter() }, at: place(bytes))
      case 4: bytes.insert(contentsOf: piece(bytes), at: place(bytes))
      case 5: bytes.removeSubrange(range(bytes))
      case 6, 7: changeNumber(&bytes)
      case 8: changeWord(&bytes)
      case 9: bytes.replaceSubrange(range(bytes), with: piece(bytes))
      default: bytes.insert(contentsOf: piece(other), at: place(bytes))
      }
      if bytes.count > 4 * seed.count + 256 { bytes.removeLast(bytes.count - 4 * seed.count - 256) }
    }
    return bytes
  }

  private mutating func place(_ bytes: [UInt8]) -> Int { random.integer(below: bytes.count) }

  private mutating func letter() -> UInt8 {
    let common = Array(" \n\r\t0123456789-+.eE/\"{}[],:#\\vfog\0\u{7F}".utf8)
    return random.integer(below: 3) == 0
      ? UInt8(truncatingIfNeeded: random.next()) : common[random.integer(below: common.count)]
  }

  private mutating func range(_ bytes: [UInt8]) -> Range<Int> {
    let start = place(bytes)
    let longest = random.integer(below: 4) == 0 ? bytes.count : 24
    return start..<min(bytes.count, start + 1 + random.integer(below: longest))
  }

  private mutating func piece(_ bytes: [UInt8]) -> ArraySlice<UInt8> { bytes.isEmpty ? [] : bytes[range(bytes)] }

  /// Puts another number where text has one.
  private mutating func changeNumber(_ bytes: inout [UInt8]) {
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x2E }
    let from = place(bytes)
    guard let start = (from..<bytes.count).first(where: { isDigit(bytes[$0]) }) else { return }
    let end = (start..<bytes.count).first { !isDigit(bytes[$0]) } ?? bytes.count
    let number = Self.numbers[random.integer(below: Self.numbers.count)]
    bytes.replaceSubrange(start..<end, with: number.utf8)
  }

  /// Puts a number of one to eight bytes in either order anywhere.
  private mutating func changeWord(_ bytes: inout [UInt8]) {
    let word = Self.words[random.integer(below: Self.words.count)]
    let size = 1 << random.integer(below: 4)
    let isBig = random.integer(below: 4) == 0
    // Mostly at a multiple of its size, as words of files lie.
    let start = random.integer(below: 3) == 0 ? place(bytes) : place(bytes) / size * size
    for index in 0..<size where start + index < bytes.count {
      bytes[start + index] = UInt8(truncatingIfNeeded: word >> UInt64(8 * (isBig ? size - 1 - index : index)))
    }
  }
}
