import CChecksum

/// The two cyclic checksums that record files and gzip need; both use the processor's instructions where it has them.
public enum Checksum {
  /// CRC-32C (Castagnoli) of the bytes, continuing from an earlier result if there is one.
  public static func crc32c(_ bytes: UnsafeRawBufferPointer, continuing earlier: UInt32 = 0) -> UInt32 {
    cchecksum_crc32c(earlier, bytes.baseAddress, bytes.count)
  }

  /// CRC-32 as gzip and zip use it, continuing from an earlier result if there is one.
  public static func crc32(_ bytes: UnsafeRawBufferPointer, continuing earlier: UInt32 = 0) -> UInt32 {
    cchecksum_crc32(earlier, bytes.baseAddress, bytes.count)
  }

  /// CRC-32C, rotated by 15 bits plus a constant: the form that record files store, so that the checksum of bytes
  /// that themselves hold checksums stays meaningful.
  public static func maskedCRC32C(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    let crc = crc32c(bytes)
    return ((crc >> 15) | (crc << 17)) &+ 0xa282_ead8
  }
}
