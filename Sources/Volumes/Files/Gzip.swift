import CZlib
import Records

/// Gzip files (RFC 1952): one or more compressed members, each with its checksum and length.
public enum Gzip {
  /// Deflate cannot expand by more than this factor.
  private static let largestRatio = 1032
  private static let firstGuessLimit = 64 << 20

  /// True if the bytes begin like a gzip file.
  public static func begins(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 3 && bytes[0] == 0x1f && bytes[1] == 0x8b && bytes[2] == 8
  }

  /// Decompresses all members and verifies their checksums.
  ///
  /// *Parameters*: `limit` is the largest result that is accepted; `path` is for error messages.
  public static func decompress(_ bytes: [UInt8], path: String, limit: Int = FileLimits.maximumBytes) throws -> [UInt8]
  {
    try bytes.withUnsafeBytes { input in
      let bound = largestResult(of: input, limit: limit)
      var capacity = firstCapacity(input, bound: bound)
      while true {
        var count: Int?
        let result = try [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initialized in
          count = try decompressMembers(input, into: UnsafeMutableRawBufferPointer(buffer), path: path)
          initialized = count ?? 0
        }
        if count != nil { return try accepted(result, limit: limit, path: path) }
        guard capacity < bound else { throw tooLarge(path, limit) }
        capacity = min(capacity * 2, bound)
      }
    }
  }

  /// Lets `body` look at the decompressed bytes in memory that is used again by the next call.
  ///
  /// New memory costs more than decompressing into it: half a megabyte is 128 page faults.
  static func withDecompressed<Result>(
    _ bytes: [UInt8], path: String, limit: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    let fromScratch: Result? = try bytes.withUnsafeBytes { input in
      let capacity = firstCapacity(input, bound: largestResult(of: input, limit: limit))
      guard capacity <= ScratchMemory.largest else { return nil }
      return try ScratchMemory.with(capacity: capacity) { buffer in
        guard let count = try decompressMembers(input, into: buffer, path: path), count <= limit else { return nil }
        return try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      }
    }
    if let fromScratch { return fromScratch }
    return try decompress(bytes, path: path, limit: limit).withUnsafeBytes(body)
  }

  private static func largestResult(of input: UnsafeRawBufferPointer, limit: Int) -> Int {
    min(limit, input.count.multipliedReportingOverflow(by: largestRatio).partialValue)
  }

  /// What the last member claims, within reason.
  private static func firstCapacity(_ input: UnsafeRawBufferPointer, bound: Int) -> Int {
    min(max(trailingLength(input), 64), max(bound, 64), firstGuessLimit)
  }

  private static func accepted(_ result: [UInt8], limit: Int, path: String) throws -> [UInt8] {
    guard result.count <= limit else { throw tooLarge(path, limit) }
    return result
  }

  /// The first bytes of the decompressed data, fewer if there are fewer; checksums are not looked at.
  public static func prefix(of bytes: [UInt8], count: Int, path: String) throws -> [UInt8] {
    try bytes.withUnsafeBytes { input in
      let start = try headerEnd(input, at: 0, path: path)
      let body = UnsafeRawBufferPointer(rebasing: input[start...])
      return try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        switch Inflater.inflate(body, into: UnsafeMutableRawBufferPointer(buffer)) {
        case .finished(_, let outputCount): initialized = outputCount
        case .outputFull: initialized = count
        case .truncated: throw cutOff(path)
        case .corrupt: throw damaged(path)
        }
      }
    }
  }

  /// The decompressed length that the last member states; exact for files of one member below 4 GiB.
  private static func trailingLength(_ input: UnsafeRawBufferPointer) -> Int {
    guard input.count >= 18 else { return 0 }
    return Int(UInt32(littleEndian: input.loadUnaligned(fromByteOffset: input.count - 4, as: UInt32.self)))
  }

  /// Decompresses all members and returns the number of bytes, nil if `output` is too small.
  private static func decompressMembers(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, path: String
  ) throws -> Int? {
    var offset = 0, count = 0
    repeat {
      let room = UnsafeMutableRawBufferPointer(rebasing: output[count...])
      guard let member = try decompressMember(input, at: offset, into: room, path: path) else { return nil }
      offset = member.end
      count += member.count
    } while input[offset...].contains { $0 != 0 }  // Zeros after the last member are padding.
    return count
  }

  private static func decompressMember(
    _ input: UnsafeRawBufferPointer, at offset: Int, into output: UnsafeMutableRawBufferPointer, path: String
  ) throws -> (end: Int, count: Int)? {
    let start = try headerEnd(input, at: offset, path: path)
    switch Inflater.inflate(UnsafeRawBufferPointer(rebasing: input[start...]), into: output) {
    case .outputFull: return nil
    case .truncated: throw cutOff(path)
    case .corrupt: throw damaged(path)
    case .finished(let inputCount, let outputCount):
      let trailer = start + inputCount
      guard input.count - trailer >= 8 else { throw cutOff(path) }
      let checksum = UInt32(littleEndian: input.loadUnaligned(fromByteOffset: trailer, as: UInt32.self))
      let length = UInt32(littleEndian: input.loadUnaligned(fromByteOffset: trailer + 4, as: UInt32.self))
      guard length == UInt32(truncatingIfNeeded: outputCount),
        checksum == Checksum.crc32(UnsafeRawBufferPointer(rebasing: output[..<outputCount]))
      else { throw VolumeError(.corrupt, path, "the gzip checksum is wrong: the file is damaged; fetch it again") }
      return (trailer + 8, outputCount)
    }
  }

  /// Where the compressed data of the member at `offset` begin.
  private static func headerEnd(_ input: UnsafeRawBufferPointer, at offset: Int, path: String) throws -> Int {
    guard input.count - offset >= 10 else { throw cutOff(path) }
    let flags = input[offset + 3]
    guard input[offset] == 0x1f, input[offset + 1] == 0x8b, input[offset + 2] == 8, flags & 0xe0 == 0 else {
      throw damaged(path)
    }
    var position = offset + 10
    if flags & 4 != 0 {
      guard input.count - position >= 2 else { throw cutOff(path) }
      position += 2 + Int(input[position]) + Int(input[position + 1]) << 8
    }
    for flag: UInt8 in [8, 16] where flags & flag != 0 {
      guard position < input.count, let end = input[position...].firstIndex(of: 0) else { throw cutOff(path) }
      position = end + 1
    }
    if flags & 2 != 0 { position += 2 }
    guard position <= input.count else { throw cutOff(path) }
    return position
  }

  private static func cutOff(_ path: String) -> VolumeError {
    VolumeError(.corrupt, path, "the gzip data are cut off: the file is incomplete; fetch it again")
  }

  private static func damaged(_ path: String) -> VolumeError {
    VolumeError(.corrupt, path, "the gzip data are damaged; fetch the file again")
  }

  private static func tooLarge(_ path: String, _ limit: Int) -> VolumeError {
    VolumeError(.tooLarge, path, "decompresses to more than \(limit) bytes, which is the limit")
  }

  /// The bytes as a gzip file of one member, without name and time, so that equal input gives equal files.
  ///
  /// *Parameters*: `level` 1 (fast) to 9 (small).
  public static func compress(_ bytes: [UInt8], level: Int = 6) throws -> [UInt8] {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    let status = deflateInit2_(&stream, Int32(level), Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
    guard status == Z_OK else { throw VolumeError(.inputOutput, "gzip", "cannot compress: zlib status \(status)") }
    defer { deflateEnd(&stream) }
    return try bytes.withUnsafeBufferPointer { input in
      try [UInt8](unsafeUninitializedCapacity: Int(deflateBound(&stream, UInt(input.count))) + 32) {
        buffer, initialized in
        stream.next_out = buffer.baseAddress
        stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        var status = Z_OK
        // zlib counts in 32 bits, so large arrays are handed over in pieces.
        repeat {
          let consumed = Int(stream.total_in), produced = Int(stream.total_out)
          stream.avail_in = UInt32(min(input.count - consumed, 1 << 30))
          stream.avail_out = UInt32(min(buffer.count - produced, 1 << 30))
          let isLastPiece = consumed + Int(stream.avail_in) == input.count
          status = deflate(&stream, isLastPiece ? Z_FINISH : Z_NO_FLUSH)
        } while status == Z_OK
        guard status == Z_STREAM_END else {
          throw VolumeError(.inputOutput, "gzip", "cannot compress: zlib status \(status)")
        }
        initialized = Int(stream.total_out)
      }
    }
  }
}
