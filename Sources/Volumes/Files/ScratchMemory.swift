import Synchronization

/// A few buffers that are kept between uses, so that reading one sample after the other does not ask the system for
/// memory each time.
enum ScratchMemory {
  /// Largest buffer that is kept.
  static let largest = 16 << 20
  /// As many as threads that read at once; more are made when needed, but not kept.
  private static let mostKept = 8

  private struct Buffer: @unchecked Sendable {
    let memory: UnsafeMutableRawBufferPointer
  }

  private static let kept = Mutex<[Buffer]>([])

  /// Lends at least `capacity` bytes, which must be no more than `largest`; their content is arbitrary.
  static func with<Result>(
    capacity: Int, _ body: (UnsafeMutableRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let buffer = take(capacity)
    defer { giveBack(buffer) }
    return try body(buffer.memory)
  }

  private static func take(_ capacity: Int) -> Buffer {
    let found = kept.withLock { $0.popLast() }
    if let found {
      if found.memory.count >= capacity { return found }
      found.memory.deallocate()
    }
    // Rounded up, so that samples of slightly different sizes share a buffer.
    let size = (capacity + 0xffff) & ~0xffff
    return Buffer(memory: .allocate(byteCount: size, alignment: 64))
  }

  private static func giveBack(_ buffer: Buffer) {
    let isKept = kept.withLock { kept in
      guard kept.count < mostKept else { return false }
      kept.append(buffer)
      return true
    }
    if !isKept { buffer.memory.deallocate() }
  }
}
