/// The framing of record files: length (8 bytes), masked CRC-32C of the length, payload, masked CRC-32C of the payload,
/// all little-endian, one record after the other.
public enum TFRecord {
  /// Bytes that framing adds to a payload.
  public static let overhead = 16
  private static let headerSize = 12

  /// Where the payloads of all records lie in `bytes`; every checksum is verified.
  ///
  /// *Throws*: `RecordError` for a record that ends early or whose checksum differs, with the byte offset of the
  /// record. Nothing is allocated in proportion to a length that the file merely claims.
  public static func payloadRanges(in bytes: UnsafeRawBufferPointer, file: String) throws -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var offset = 0
    while offset < bytes.count {
      let payload = try payloadRange(in: bytes, at: offset, file: file)
      ranges.append(payload)
      offset = payload.upperBound + 4
    }
    return ranges
  }

  /// True if `bytes` begin with a length and its right checksum; how a record file without a name is recognised.
  public static func begins(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= headerSize else { return false }
    return Checksum.maskedCRC32C(slice(bytes, 0..<8)) == word(bytes, 8)
  }

  private static func payloadRange(in bytes: UnsafeRawBufferPointer, at offset: Int, file: String) throws -> Range<Int>
  {
    guard bytes.count - offset >= headerSize else {
      throw RecordError(.truncated, file: file, offset: offset, message: "the file ends inside a record header")
    }
    guard Checksum.maskedCRC32C(slice(bytes, offset..<offset + 8)) == word(bytes, offset + 8) else {
      throw RecordError(
        .checksum, file: file, offset: offset,
        message: "the checksum of a record's length is wrong: the file is damaged or is no record file")
    }
    let length = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    let start = offset + headerSize
    guard length <= UInt64(max(0, bytes.count - start - 4)) else {
      throw RecordError(
        .truncated, file: file, offset: offset,
        message: "a record of \(length) bytes does not fit the \(bytes.count - start) bytes left: the file is cut off")
    }
    let payload = start..<start + Int(length)
    guard Checksum.maskedCRC32C(slice(bytes, payload)) == word(bytes, payload.upperBound) else {
      throw RecordError(
        .checksum, file: file, offset: offset, message: "the checksum of a record's data is wrong: the file is damaged")
    }
    return payload
  }

  /// Appends `payload` as one record.
  public static func append(_ payload: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
    bytes.reserveCapacity(bytes.count + payload.count + overhead)
    withUnsafeBytes(of: UInt64(payload.count).littleEndian) { length in
      bytes.append(contentsOf: length)
      append(Checksum.maskedCRC32C(length), to: &bytes)
    }
    bytes.append(contentsOf: payload)
    append(Checksum.maskedCRC32C(payload), to: &bytes)
  }

  /// The payloads framed one after the other: the bytes of a record file.
  public static func framed(_ payloads: [[UInt8]]) -> [UInt8] {
    var bytes: [UInt8] = []
    for payload in payloads {
      payload.withUnsafeBytes { append($0, to: &bytes) }
    }
    return bytes
  }

  private static func append(_ checksum: UInt32, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: checksum.littleEndian) { bytes.append(contentsOf: $0) }
  }

  private static func slice(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[range])
  }

  private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
    UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
}
