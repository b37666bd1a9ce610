import Foundation

/// A short name for content, to see whether it is still the same; no protection against intent.
///
/// *Reference*: Fowler, Noll and Vo, FNV-1a with 64 bits. Differs: takes eight bytes at a time, since weights have hundreds of
/// megabytes.
struct Digest: Equatable {
  /// Sixteen hexadecimal digits.
  let text: String

  init(_ data: Data) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ value: UInt64) {
      hash = (hash ^ value) &* 0x100_0000_01b3
      hash ^= hash >> 29
    }
    data.withUnsafeBytes { bytes in
      let whole = bytes.count / 8
      for index in 0..<whole {
        add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)))
      }
      for byte in bytes[(8 * whole)...] { add(UInt64(byte)) }
      add(UInt64(bytes.count))
    }
    let digits = String(hash, radix: 16)
    text = String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Of a file's content, which is mapped and not read at once.
  init(contentsOf url: URL) throws {
    do {
      self.init(try Data(contentsOf: url, options: .alwaysMapped))
    } catch {
      throw ExperimentError("cannot read \(url.path): \(error.localizedDescription)")
    }
  }
}
