/// Walks through a MATLAB file and finds its numeric arrays of three axes; every length is held against the file.
///
/// *Reference*: The MathWorks, "MAT-File Format", 2023. Versions 5 and 7 are a list of elements, of which those of
/// version 7 are compressed one by one; version 4 is a list of matrices with two axes. Version 7.3 is HDF5.
struct MATCatalog {
  /// Variables that may be in a file; opening a compressed one costs some microseconds.
  private static let variableLimit = 4096
  /// Bytes of a compressed element in which everything but the values must lie.
  private static let headLimit = 1024

  private let bytes: UnsafeRawBufferPointer
  private let file: String
  private var isBigEndian = false
  private(set) var arrays: [MATArray] = []

  init(_ bytes: UnsafeRawBufferPointer, file: String) throws {
    (self.bytes, self.file) = (bytes, file)
    guard bytes.count >= 20 else { throw error("the file is too short for a MATLAB file", 0) }
    let isHDF5 = [0, 512].contains { bytes.dropFirst($0).starts(with: [0x89, 0x48, 0x44, 0x46]) }
    guard !isHDF5, !bytes.starts(with: "MATLAB 7.3".utf8) else {
      throw error("version 7.3 of MATLAB files is not read; save it with -v7", 0)
    }
    // Files of version 5 begin with four characters, which is how they are told from version 4.
    if bytes.prefix(4).contains(0) { try readVersion4() } else { try readVersion5() }
  }

  private func error(_ reason: String, _ offset: Int) -> MeshFileError { MeshFileError(file, "byte \(offset)", reason) }

  private func word(_ source: UnsafeRawBufferPointer, _ offset: Int) -> Int {
    let value = source.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    return Int(isBigEndian ? value.bigEndian : value.littleEndian)
  }

  // MARK: Versions 5 and 7

  private mutating func readVersion5() throws {
    guard bytes.count >= 128, bytes[126] == 0x49 || bytes[126] == 0x4D, Int(bytes[126]) + Int(bytes[127]) == 0x96,
      bytes[bytes[126] == 0x4D ? 124 : 125] == 1
    else { throw error("this is no MATLAB file of version 4, 5 or 7", 124) }
    isBigEndian = bytes[126] == 0x4D
    var (offset, count) = (128, 0)
    while offset + 8 <= bytes.count {
      let (type, length) = (word(bytes, offset), word(bytes, offset + 4))
      guard length <= bytes.count - offset - 8 else {
        throw error("a variable of \(length) bytes reaches beyond the file; it is cut off", offset)
      }
      count += 1
      guard count <= Self.variableLimit else { throw error("there are over \(Self.variableLimit) variables", offset) }
      let content = UnsafeRawBufferPointer(rebasing: bytes[(offset + 8)..<(offset + 8 + length)])
      switch type {
      case 14: if let array = try array(in: content, content.count, offset) { arrays.append(array) }
      case 15: try readCompressed(content, offset)
      default: throw error("there is an element of type \(type) where a variable should be", offset)
      }
      offset += 8 + length
    }
  }

  private mutating func readCompressed(_ content: UnsafeRawBufferPointer, _ offset: Int) throws {
    guard let head = ZlibStream.opened(content, limit: Self.headLimit), head.bytes.count >= 8 else {
      throw error("a compressed variable is broken", offset)
    }
    let (isArray, length) = head.bytes.withUnsafeBytes { (word($0, 0) == 14, word($0, 4)) }
    let found = try head.bytes.withUnsafeBytes { head in
      isArray ? try layout(in: UnsafeRawBufferPointer(rebasing: head[8...]), length, offset) : nil
    }
    guard found != nil else { return }
    guard length <= content.count * ZlibStream.largestRatio,
      let whole = ZlibStream.opened(content, limit: 8 + length), whole.bytes.count == 8 + length, whole.isComplete
    else { throw error("a compressed variable is broken or cut off", offset) }
    let opened = try whole.bytes.withUnsafeBytes { (whole: UnsafeRawBufferPointer) throws -> MATArray? in
      try array(in: UnsafeRawBufferPointer(rebasing: whole[8...]), length, offset)
    }
    if let opened { arrays.append(opened) }
  }

  /// Name, sides, class and values of a matrix.
  private struct Layout {
    var name: String
    var sides: SIMD3<Int>
    var flags: UInt32
    var type: Int
    var values: Range<Int>
  }

  private func array(in content: UnsafeRawBufferPointer, _ length: Int, _ offset: Int) throws -> MATArray? {
    guard let found = try layout(in: content, length, offset) else { return nil }
    return MATArray(
      name: found.name, sides: found.sides, isBigEndian: isBigEndian,
      storage: .version5(flags: found.flags, type: found.type), values: Array(content[found.values]))
  }

  /// Reads the head of a matrix that has `length` bytes, of which `content` holds the first. Nil for variables of other
  /// kinds, whose insides are not looked at.
  private func layout(in content: UnsafeRawBufferPointer, _ length: Int, _ offset: Int) throws -> Layout? {
    var cursor = MATCursor(length: min(length, content.count))
    func part(_ type: Int) throws -> Range<Int> {
      guard let part = cursor.next(in: content, word), part.type == type, part.range.upperBound <= content.count else {
        throw error("the head of a variable is broken", offset)
      }
      return part.range
    }
    let flagsRange = try part(6)
    guard flagsRange.count == 8 else { throw error("the flags of a variable are broken", offset) }
    let flags = word(content, flagsRange.lowerBound)
    // Double to unsigned 64 bit, not complex.
    guard (6...15).contains(flags & 0xFF), flags & 0x800 == 0 else { return nil }
    let sidesRange = try part(5)
    guard sidesRange.count == 12 else { return nil }
    let sides = SIMD3((0..<3).map { word(content, sidesRange.lowerBound + 4 * $0) })
    let name = Self.name(content[try part(1)])
    cursor.length = length
    guard let values = cursor.next(in: content, word), let size = Self.size(of: values.type) else {
      throw error("the values of \"\(name)\" have no known type", offset)
    }
    let fits = sides.max() <= 1024 && sides.x * sides.y * sides.z * size == values.range.count
    guard sides.min() > 0, fits else {
      throw error("\"\(name)\" has \(values.range.count) bytes of values, which do not fit its sides", offset)
    }
    return Layout(
      name: name, sides: sides, flags: UInt32(flags & 0x2FF), type: values.type, values: values.range)
  }

  private static func name(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
    String(decoding: bytes.prefix(64), as: UTF8.self).filter { $0.isLetter || $0.isNumber || $0 == "_" }
  }

  private static func size(of type: Int) -> Int? {
    [1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 9: 8, 12: 8, 13: 8][type]
  }

  // MARK: Version 4

  /// Matrices with two axes; one whose second side is the square of its first is a cube laid flat.
  private mutating func readVersion4() throws {
    var (offset, count) = (0, 0)
    while offset + 20 <= bytes.count {
      // The code has four digits at most, so its bytes say in which order they are.
      isBigEndian = bytes[offset + 3] != 0
      let code = word(bytes, offset)
      let (rows, columns, imaginary, nameLength) = (
        word(bytes, offset + 4), word(bytes, offset + 8), word(bytes, offset + 12), word(bytes, offset + 16)
      )
      let (kind, type) = (code % 10, code / 10 % 10)
      guard code / 1000 == (isBigEndian ? 1 : 0), code / 100 % 10 == 0, kind <= 2, type <= 5, imaginary <= 1 else {
        throw error("this is no MATLAB file of version 4, 5 or 7", offset)
      }
      let size = [8, 4, 4, 2, 2, 1][type]
      let room = bytes.count - offset - 20
      let (cells, isTooLarge) = rows.multipliedReportingOverflow(by: columns)
      guard nameLength <= room, !isTooLarge, cells <= (room - nameLength) / (size * (imaginary + 1)) else {
        throw error("a matrix of \(rows) x \(columns) reaches beyond the file; it is cut off", offset)
      }
      count += 1
      guard count <= Self.variableLimit else { throw error("there are over \(Self.variableLimit) variables", offset) }
      let start = offset + 20 + nameLength
      let byteCount = cells * size
      if kind == 0, imaginary == 0, rows > 0, rows <= 1024, columns == rows * rows {
        arrays.append(
          MATArray(
            name: Self.name(bytes[(offset + 20)..<start]), sides: SIMD3(repeating: rows), isBigEndian: isBigEndian,
            storage: .version4(code: type), values: Array(bytes[start..<(start + byteCount)])))
      }
      offset = start + byteCount * (imaginary + 1)
    }
  }
}

/// Goes from part to part of an element.
private struct MATCursor {
  /// Bytes of the element, of which not all need to be at hand.
  var length: Int
  private var offset = 0

  init(length: Int) { self.length = length }

  /// Type and place of the next part, within `length`; its tag must be at hand.
  mutating func next(
    in content: UnsafeRawBufferPointer, _ word: (UnsafeRawBufferPointer, Int) -> Int
  ) -> (type: Int, range: Range<Int>)? {
    guard offset + 8 <= min(length, content.count) else { return nil }
    let first = word(content, offset)
    // Up to four bytes are stored within the tag.
    if first >> 16 != 0 {
      let count = first >> 16
      guard count <= 4 else { return nil }
      defer { offset += 8 }
      return (first & 0xFFFF, (offset + 4)..<(offset + 4 + count))
    }
    let count = word(content, offset + 4)
    guard count <= length - offset - 8 else { return nil }
    let start = offset + 8
    offset = start + (count + 7) / 8 * 8
    return (first, start..<(start + count))
  }
}
