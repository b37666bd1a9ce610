import CZlib

/// A numeric array of three axes found in a MATLAB file, checked but not yet decoded.
struct MATArray {
  /// What the array is called in the file made for the library.
  static let cleanName = "grid"

  /// How the values are stored.
  enum Storage {
    /// Version 4: the code of the number type, tens of the file's own code.
    case version4(code: Int)
    /// Version 5: the class and flags of the array, and the type in which its values are stored.
    case version5(flags: UInt32, type: Int)
  }

  var name: String
  var sides: SIMD3<Int>
  var isBigEndian: Bool
  var storage: Storage
  /// The values as they are stored, sides.x * sides.y * sides.z of them.
  var values: [UInt8]

  /// A file of this array alone, in the byte order of the values.
  func cleanFile() -> [UInt8] {
    var output = MeshBytes(capacity: values.count + 256)
    func put(_ word: Int) { output.append(isBigEndian ? UInt32(word).byteSwapped : UInt32(word)) }
    switch storage {
    case .version4(let code):
      put((isBigEndian ? 1000 : 0) + code * 10)
      put(sides.x)
      put(sides.y * sides.z)
      put(0)
      put(Self.cleanName.utf8.count + 1)
      output.append(Self.cleanName + "\0")
      return output.bytes + values
    case .version5(let flags, let type):
      output.append("MATLAB 5.0 MAT-file".padded(to: 124))
      output.append(isBigEndian ? UInt16(0x0100).byteSwapped : UInt16(0x0100))
      output.append(isBigEndian ? "MI" : "IM")
      let padding = (8 - values.count % 8) % 8
      put(14)
      // Flags, sides and name with their tags, then the tag of the values.
      put(16 + 24 + 16 + 8 + values.count + padding)
      for word in [6, 8, Int(flags), 0, 5, 12, sides.x, sides.y, sides.z, 0, 1, Self.cleanName.utf8.count] { put(word) }
      output.append(Self.cleanName.padded(to: 8, with: "\0"))
      put(type)
      put(values.count)
      return output.bytes + values + [UInt8](repeating: 0, count: padding)
    }
  }
}

extension String {
  fileprivate func padded(to length: Int, with character: Character = " ") -> String {
    self + String(repeating: character, count: length - utf8.count)
  }
}

/// Opens a stream of zlib as far as is wanted.
struct ZlibStream {
  /// Deflate cannot expand by more than this factor.
  static let largestRatio = 1032

  /// The first bytes of a stream, at most `limit`, and whether the stream ends there with a right checksum; nil if it is
  /// broken before.
  static func opened(_ input: UnsafeRawBufferPointer, limit: Int) -> (bytes: [UInt8], isComplete: Bool)? {
    guard input.count <= Int(UInt32.max), limit <= Int(UInt32.max) else { return nil }
    var stream = z_stream()
    guard inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
    defer { inflateEnd(&stream) }
    stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
    stream.avail_in = UInt32(input.count)
    var status = Z_OK
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      stream.next_out = buffer.baseAddress
      stream.avail_out = UInt32(limit)
      status = inflate(&stream, Z_SYNC_FLUSH)
      count = limit - Int(stream.avail_out)
    }
    guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else { return nil }
    return (bytes, status == Z_STREAM_END)
  }
}
