/// Decompression of deflate data (RFC 1951) in one go, into a buffer of known size.
///
/// Volumes compress into long runs and far repetitions, which this copies sixteen bytes at a time; a general
/// decompressor that works in pieces is five times slower on them. Every read and write is bounded: damaged input
/// ends in an outcome other than `finished`, never outside of the two buffers.
struct Inflater {
  /// How decompression ended.
  enum Outcome: Equatable {
    /// Complete: bytes of input used and bytes of output made.
    case finished(inputCount: Int, outputCount: Int)
    /// There is more than the output buffer holds; the buffer is full.
    case outputFull
    /// The input ends before the data do.
    case truncated
    /// The input is no deflate data.
    case corrupt
  }

  private enum Stop: Error {
    case outputFull, truncated, corrupt
  }

  private let literals = HuffmanTable()
  private let distances = HuffmanTable()
  private var next: UnsafePointer<UInt8>
  private let inputStart: UnsafePointer<UInt8>
  private let inputEnd: UnsafePointer<UInt8>
  private var bits: UInt64 = 0
  private var bitCount = 0
  private let output: UnsafeMutablePointer<UInt8>
  private let capacity: Int
  private var position = 0

  private init(_ input: UnsafePointer<UInt8>, _ inputCount: Int, _ output: UnsafeMutablePointer<UInt8>, _ capacity: Int)
  {
    (next, inputStart, inputEnd) = (input, input, input + inputCount)
    (self.output, self.capacity) = (output, capacity)
  }

  /// Decompresses the deflate data at the beginning of `input`.
  static func inflate(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Outcome {
    guard let source = input.bindMemory(to: UInt8.self).baseAddress else { return .truncated }
    guard let target = output.bindMemory(to: UInt8.self).baseAddress else { return .outputFull }
    var inflater = Inflater(source, input.count, target, output.count)
    do {
      try inflater.run()
      let unused = inflater.bitCount / 8
      return .finished(inputCount: inflater.next - inflater.inputStart - unused, outputCount: inflater.position)
    } catch Stop.outputFull {
      return .outputFull
    } catch Stop.truncated {
      return .truncated
    } catch {
      return .corrupt
    }
  }

  private mutating func run() throws {
    var isLast = false
    while !isLast {
      isLast = try take(1) == 1
      switch try take(2) {
      case 0: try copyStored()
      case 1:
        try buildFixedTables()
        try decodeBlock()
      case 2:
        try buildDynamicTables()
        try decodeBlock()
      default: throw Stop.corrupt
      }
    }
  }

  // MARK: Bits

  /// At least 56 bits, or all that are left.
  @inline(__always)
  private mutating func refill() {
    if inputEnd - next >= 8 {
      let word = UInt64(littleEndian: UnsafeRawPointer(next).loadUnaligned(as: UInt64.self))
      bits |= word &<< UInt64(truncatingIfNeeded: bitCount)
      next += (63 &- bitCount) &>> 3
      bitCount |= 56
    } else {
      while bitCount <= 55 && next < inputEnd {
        bits |= UInt64(next.pointee) &<< UInt64(truncatingIfNeeded: bitCount)
        next += 1
        bitCount &+= 8
      }
    }
  }

  /// Drops bits; `bitCount` goes below zero if they were not there.
  @inline(__always)
  private mutating func drop(_ count: UInt32) {
    bits &>>= UInt64(count)
    bitCount &-= Int(count)
  }

  private mutating func take(_ count: UInt32) throws -> Int {
    refill()
    let value = Int(bits & ((1 << UInt64(count)) - 1))
    drop(count)
    guard bitCount >= 0 else { throw Stop.truncated }
    return value
  }

  // MARK: Blocks

  private mutating func copyStored() throws {
    drop(UInt32(bitCount & 7))
    let length = try take(16)
    guard try take(16) == length ^ 0xffff else { throw Stop.corrupt }
    // Whole bytes that were read ahead go back. The bits above `bitCount` may hold part of the next byte.
    next -= bitCount / 8
    (bits, bitCount) = (0, 0)
    guard length <= inputEnd - next else { throw Stop.truncated }
    let room = min(length, capacity - position)
    (output + position).update(from: next, count: room)
    position += room
    next += length
    if room < length { throw Stop.outputFull }
  }

  private func buildFixedTables() throws {
    try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 288) { lengths in
      for symbol in 0..<288 { lengths[symbol] = symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8 }
      var isValid = literals.build(UnsafeBufferPointer(lengths), .literalsAndLengths)
      lengths.update(repeating: 5)
      isValid = distances.build(UnsafeBufferPointer(rebasing: lengths[..<32]), .distances) && isValid
      guard isValid else { throw Stop.corrupt }
    }
  }

  private mutating func buildDynamicTables() throws {
    let literalCount = try take(5) + 257
    let distanceCount = try take(5) + 1
    let codeCount = try take(4) + 4
    guard literalCount <= 286, distanceCount <= 30 else { throw Stop.corrupt }
    try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 320) { lengths in
      lengths.update(repeating: 0)
      let order: StaticString =
        "\u{10}\u{11}\u{12}\u{0}\u{8}\u{7}\u{9}\u{6}\u{a}\u{5}\u{b}\u{4}\u{c}\u{3}\u{d}\u{2}\u{e}\u{1}\u{f}"
      for index in 0..<codeCount { lengths[Int(order.utf8Start[index])] = UInt8(try take(3)) }
      // The table of literals serves for the code lengths first.
      guard literals.build(UnsafeBufferPointer(rebasing: lengths[..<19]), .codeLengths) else { throw Stop.corrupt }
      try readLengths(into: lengths, count: literalCount + distanceCount)
      guard lengths[256] != 0,
        distances.build(
          UnsafeBufferPointer(rebasing: lengths[literalCount..<literalCount + distanceCount]), .distances),
        literals.build(UnsafeBufferPointer(rebasing: lengths[..<literalCount]), .literalsAndLengths)
      else { throw Stop.corrupt }
    }
  }

  private mutating func readLengths(into lengths: UnsafeMutableBufferPointer<UInt8>, count: Int) throws {
    var index = 0
    while index < count {
      refill()
      let entry = literals.lookUp(bits)
      guard entry & HuffmanTable.isInvalid == 0 else { throw bitCount < 15 ? Stop.truncated : Stop.corrupt }
      drop(entry & 15)
      guard bitCount >= 0 else { throw Stop.truncated }
      let symbol = Int(entry >> 16)
      if symbol < 16 {
        lengths[index] = UInt8(symbol)
        index += 1
        continue
      }
      if symbol == 16 && index == 0 { throw Stop.corrupt }
      let value = symbol == 16 ? lengths[index - 1] : 0
      let repeats = symbol == 16 ? try take(2) + 3 : symbol == 17 ? try take(3) + 3 : try take(7) + 11
      guard index + repeats <= count else { throw Stop.corrupt }
      for _ in 0..<repeats {
        lengths[index] = value
        index += 1
      }
    }
  }

  /// Literals and copies up to the end of the block. A literal or length with its distance takes at most 48 bits, so
  /// one refill serves each turn.
  private mutating func decodeBlock() throws {
    while true {
      refill()
      let entry = literals.lookUp(bits)
      drop(entry & 15)
      if entry & HuffmanTable.isLiteral != 0 {
        guard bitCount >= 0 else { throw Stop.truncated }
        guard position < capacity else { throw Stop.outputFull }
        output[position] = UInt8(truncatingIfNeeded: entry >> 16)
        position &+= 1
        continue
      }
      if entry & (HuffmanTable.isEnd | HuffmanTable.isInvalid) != 0 {
        guard bitCount >= 0 else { throw Stop.truncated }
        if entry & HuffmanTable.isEnd != 0 { return }
        throw bitCount < 15 ? Stop.truncated : Stop.corrupt
      }
      let length = value(of: entry)
      let distanceEntry = distances.lookUp(bits)
      drop(distanceEntry & 15)
      let distance = value(of: distanceEntry)
      guard bitCount >= 0 else { throw Stop.truncated }
      guard distanceEntry & HuffmanTable.isInvalid == 0, distance <= position else { throw Stop.corrupt }
      try copy(length: length, distance: distance)
    }
  }

  @inline(__always)
  private mutating func value(of entry: UInt32) -> Int {
    let extraCount = (entry >> 8) & 255
    let extra = Int(truncatingIfNeeded: bits & ((1 &<< UInt64(extraCount)) &- 1))
    drop(extraCount)
    return Int(entry >> 16) &+ extra
  }

  // MARK: Copies

  /// Repeats `length` bytes from `distance` bytes back; the two may overlap.
  @inline(__always)
  private mutating func copy(length: Int, distance: Int) throws {
    guard capacity &- position >= length &+ 16 else { return try copyNearEnd(length: length, distance: distance) }
    let target = output + position
    position &+= length
    if distance >= 16 {
      Self.copyChunks(target, from: distance, offset: 0, length: length)
    } else if distance == 1 {
      let run = SIMD16<UInt8>(repeating: target[-1])
      var offset = 0
      while offset < length {
        UnsafeMutableRawPointer(target + offset).storeBytes(of: run, as: SIMD16<UInt8>.self)
        offset &+= 16
      }
    } else {
      // After sixteen single bytes the pattern reaches back far enough for chunks, by a multiple of its period.
      for index in 0..<16 { target[index] = target[index &- distance] }
      let multiple = distance &* ((15 &+ distance) / distance)
      Self.copyChunks(target, from: multiple, offset: 16, length: length)
    }
  }

  @inline(__always)
  private static func copyChunks(_ target: UnsafeMutablePointer<UInt8>, from distance: Int, offset: Int, length: Int) {
    var offset = offset
    while offset < length {
      let chunk = UnsafeRawPointer(target + offset - distance).loadUnaligned(as: SIMD16<UInt8>.self)
      UnsafeMutableRawPointer(target + offset).storeBytes(of: chunk, as: SIMD16<UInt8>.self)
      offset &+= 16
    }
  }

  private mutating func copyNearEnd(length: Int, distance: Int) throws {
    let room = min(length, capacity - position)
    for _ in 0..<room {
      output[position] = output[position - distance]
      position += 1
    }
    if room < length { throw Stop.outputFull }
  }
}
