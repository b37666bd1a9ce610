/// Finds the byte strings of a `tf.train.Example` where they lie, without copying them.
///
/// Parsing into messages copies each byte string twice; for half a megabyte of voxels that takes longer than
/// decompressing them. This walk covers the plain case only; for everything else there is `Example`.
public enum ExampleBytes {
  /// Where the single byte string of each feature lies in `payload`.
  ///
  /// *Returns*: nil unless the payload is one set of features that each hold exactly one byte string.
  public static func ranges(in payload: UnsafeRawBufferPointer) -> [String: Range<Int>]? {
    var example = WireCursor(payload, 0..<payload.count)
    guard let features = example.next(), features.field == 1, example.isAtEnd else { return nil }
    var ranges: [String: Range<Int>] = [:]
    var entries = WireCursor(payload, features.range)
    while !entries.isAtEnd {
      guard let entry = entries.next(), entry.field == 1, let (name, value) = feature(payload, entry.range),
        ranges.updateValue(value, forKey: name) == nil
      else { return nil }
    }
    return ranges
  }

  /// Key and value of one entry of the map; the value is a feature that wraps a list of one string.
  private static func feature(_ payload: UnsafeRawBufferPointer, _ range: Range<Int>) -> (String, Range<Int>)? {
    var entry = WireCursor(payload, range)
    guard let key = entry.next(), key.field == 1, let feature = entry.next(), feature.field == 2, entry.isAtEnd else {
      return nil
    }
    var value = feature.range
    for _ in ["BytesList", "value"] {
      var message = WireCursor(payload, value)
      guard let inner = message.next(), inner.field == 1, message.isAtEnd else { return nil }
      value = inner.range
    }
    return (String(decoding: payload[key.range], as: UTF8.self), value)
  }
}

/// The fields of a message of the protocol-buffer wire format, of which only length-delimited ones are understood.
private struct WireCursor {
  private let bytes: UnsafeRawBufferPointer
  private var position: Int
  private let end: Int

  init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
    (self.bytes, position, end) = (bytes, range.lowerBound, range.upperBound)
  }

  var isAtEnd: Bool { position == end }

  /// Number and place of the next field, nil at the end and for anything not understood.
  mutating func next() -> (field: UInt64, range: Range<Int>)? {
    guard let tag = number(), tag & 7 == 2, let length = number(), length <= UInt64(end - position) else { return nil }
    let start = position
    position += Int(length)
    return (tag >> 3, start..<position)
  }

  private mutating func number() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 63, by: 7) {
      guard position < end else { return nil }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }
}
