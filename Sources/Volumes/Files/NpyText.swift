/// A single text as numpy stores it: an array without axes, four bytes for each character, so that `str(array)` is the text.
enum NpyText {
  /// The header of a text's array.
  static func header(for text: String) -> [UInt8] {
    NpyHeader.bytes(shape: [], type: "<U\(max(1, text.unicodeScalars.count))")
  }

  /// The characters; an empty text has one that numpy leaves out.
  static func bytes(of text: String) -> [UInt8] {
    let characters = text.isEmpty ? [0] : text.unicodeScalars.map(\.value)
    return characters.flatMap { value in [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> $0) } }
  }

  /// Reads a text of characters or of bytes.
  static func read(from source: any ByteSource, limit: Int) throws -> String {
    let fields = try NpyHeader.fields(from: source)
    guard case .string(let type)? = fields["descr"], case .integers([])? = fields["shape"], let order = type.first,
      "<>|=".contains(order), let size = Int(type.dropFirst(2)), let kind = type.dropFirst().first, "US".contains(kind)
    else { throw VolumeError(.unsupported, source.path, "is no single text") }
    guard source.remaining <= limit else {
      throw VolumeError(.tooLarge, source.path, "\(source.remaining) bytes are more than the limit of \(limit)")
    }
    let (expected, overflow) = size.multipliedReportingOverflow(by: kind == "U" ? 4 : 1)
    guard !overflow, expected == source.remaining else {
      throw VolumeError(.corrupt, source.path, "the npy header claims \(size) characters, the file holds other bytes")
    }
    let bytes = try source.read(source.remaining)
    if kind == "S" { return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
    var text = String.UnicodeScalarView()
    for start in stride(from: 0, to: bytes.count, by: 4) {
      let parts = bytes[start..<start + 4]
      let value = (order == ">" ? Array(parts) : parts.reversed()).reduce(0) { $0 << 8 | UInt32($1) }
      guard let scalar = Unicode.Scalar(value) else {
        throw VolumeError(.corrupt, source.path, "holds \(value), which is no character")
      }
      text.append(scalar)
    }
    return String(String(text).prefix { $0 != "\0" })
  }
}
