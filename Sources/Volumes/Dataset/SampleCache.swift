import Synchronization

/// The frames of one sample as the loader keeps them.
struct DecodedSample: Sendable {
  var name: String
  var values: Series.Values
}

/// Decoded samples of earlier epochs, kept until a budget of bytes is used up.
///
/// Nothing is evicted: every sample is read once per epoch in random order, so that any eviction would only trade one miss
/// for another. Binary bytes are kept as bits.
final class SampleCache: Sendable {
  private enum Stored {
    case bits([UInt8], count: Int)
    case values(Series.Values)

    var byteCount: Int {
      switch self {
      case .bits(let bits, _): bits.count
      case .values(let values): values.byteCount
      }
    }
  }

  private struct State {
    var samples: [Int: (name: String, stored: Stored)] = [:]
    var used = 0
  }

  private let budget: Int
  private let state = Mutex(State())

  init(budget: Int) {
    self.budget = budget
  }

  /// Bytes in use.
  var byteCount: Int { state.withLock(\.used) }

  /// The sample of an index, if it is kept.
  subscript(index: Int) -> DecodedSample? {
    guard budget > 0, let sample = state.withLock({ $0.samples[index] }) else { return nil }
    switch sample.stored {
    case .bits(let bits, let count): return DecodedSample(name: sample.name, values: .uint8(Self.unpack(bits, count)))
    case .values(let values): return DecodedSample(name: sample.name, values: values)
    }
  }

  /// Keeps a sample if there is room.
  func insert(_ sample: DecodedSample, at index: Int) {
    guard budget > 0, byteCount < budget else { return }
    let stored: Stored =
      switch sample.values {
      case .uint8(let bytes): Self.pack(bytes).map { .bits($0, count: bytes.count) } ?? .values(sample.values)
      case .float32: .values(sample.values)
      }
    state.withLock { state in
      guard state.used + stored.byteCount <= budget, state.samples[index] == nil else { return }
      state.samples[index] = (sample.name, stored)
      state.used += stored.byteCount
    }
  }

  /// Eight bytes of 0 and 1 as one, or nil if there are other values; lengths that are no multiple of 8 stay unpacked.
  private static func pack(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count.isMultiple(of: 8) else { return nil }
    return bytes.withUnsafeBytes { source in
      var bits = [UInt8](repeating: 0, count: bytes.count / 8)
      for position in bits.indices {
        let word = UInt64(littleEndian: source.loadUnaligned(fromByteOffset: position * 8, as: UInt64.self))
        if word & 0xFEFE_FEFE_FEFE_FEFE != 0 { return nil }
        // Each byte's lowest bit is shifted to its own place in the topmost byte.
        bits[position] = UInt8(truncatingIfNeeded: (word &* 0x0102_0408_1020_4080) >> 56)
      }
      return bits
    }
  }

  private static func unpack(_ bits: [UInt8], _ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      let target = UnsafeMutableRawBufferPointer(buffer)
      for (position, byte) in bits.enumerated() {
        // Copies of the byte, one per lane; lane k keeps bit k and is then reduced to 0 or 1.
        let spread = (UInt64(byte) &* 0x0101_0101_0101_0101) & 0x8040_2010_0804_0201
        let ones = ((spread &+ 0x00_40_60_70_78_7C_7E_7F) & 0x8080_8080_8080_8080) >> 7
        target.storeBytes(of: ones.littleEndian, toByteOffset: position * 8, as: UInt64.self)
      }
      initialized = count
    }
  }
}
