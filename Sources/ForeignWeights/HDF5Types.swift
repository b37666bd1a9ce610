/// Types, extents and attributes.
extension HDF5Structure {
  /// What is known of an element: its size in the file, and whether it stands for text kept in a heap.
  struct ElementType {
    let size: Int
    let isVariable: Bool
  }

  private static let mostDimensions = 8
  private static let longestVariableTexts = 4 << 20

  /// Strings of fixed and variable length, integers and IEEE floats, as HDF5 and NumPy write them.
  func elementType(_ body: Range<Int>) throws -> ElementType {
    try requireLength(body, 8)
    let start = body.lowerBound
    let size = try number(at: start + 4, width: 4)
    let kind = try byte(at: start)
    let bits = try word(at: start + 1, width: 3)
    guard kind >> 4 == 1, 1...1 << 16 ~= size else { throw fault(start, "a type of another version or size") }
    switch kind & 15 {
    case 0:
      try requireLength(body, 12)
      guard [1, 2, 4, 8].contains(size), bits & ~9 == 0, try number(at: start + 8, width: 2) == 0,
        try number(at: start + 10, width: 2) == 8 * size
      else { throw fault(start, "an unusual integer") }
    case 1: try checkFloat(body, size: size, bits: bits)
    case 3: guard bits & 15 <= 2, bits >> 4 <= 1 else { throw fault(start, "an unusual string") }
    case 9:
      // Bits: 1 = a string, its padding (0 to 2), its character set (0 or 1).
      guard size == 16, bits & 15 == 1, bits >> 4 & 15 <= 2, bits >> 8 <= 1 else {
        throw fault(start, "a list of variable length")
      }
      let unit = try elementType(start + 8..<body.upperBound)
      guard unit.size == 1, !unit.isVariable else { throw fault(start, "an unusual string") }
      return ElementType(size: size, isVariable: true)
    default: throw fault(start, "a type that Keras does not write")
    }
    return ElementType(size: size, isVariable: false)
  }

  /// IEEE half, single or double precision, either byte order: bit positions of exponent and fraction, then the bias.
  private func checkFloat(_ body: Range<Int>, size: Int, bits: UInt64) throws {
    try requireLength(body, 20)
    let known: [Int: [UInt8]] = [
      2: [0, 0, 16, 0, 10, 5, 0, 10, 15, 0, 0, 0],
      4: [0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0],
      8: [0, 0, 64, 0, 52, 11, 0, 52, 0xFF, 3, 0, 0],
    ]
    let fields = bytes[body.lowerBound + 8..<body.lowerBound + 20]
    // Byte order, no padding bits, implied leading bit, position of the sign.
    guard let expected = known[size], fields.elementsEqual(expected), bits & ~1 == UInt64(8 * size - 1) << 8 | 0x20
    else { throw fault(body.lowerBound, "an unusual floating-point type") }
  }

  /// Number of elements and of bytes of the description.
  func extent(_ body: Range<Int>) throws -> (count: Int, rank: Int) {
    try requireLength(body, 4)
    let start = body.lowerBound
    let (version, rank, flags) = (try byte(at: start), try byte(at: start + 1), try byte(at: start + 2))
    guard 1...2 ~= version, rank <= Self.mostDimensions, flags <= 1 else { throw fault(start, "an unusual extent") }
    // Version 2 says scalar, simple or empty in a byte where version 1 has the first of five reserved ones.
    let kind = version == 2 ? try byte(at: start + 3) : rank == 0 ? 0 : 1
    guard kind <= 2, (kind == 1) == (rank > 0), flags == 0 || rank > 0 else { throw fault(start, "an unusual extent") }
    let lengths = start + (version == 1 ? 8 : 4)
    try requireLength(body, lengths - start + 8 * rank * (1 + flags))
    var count = kind == 2 ? 0 : 1
    for axis in 0..<rank {
      let length = try number(at: lengths + 8 * axis)
      if flags == 1, try word(at: lengths + 8 * (rank + axis)) < UInt64(length) {
        throw fault(start, "an extent larger than its maximum")
      }
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard !overflow, product <= bytes.count else { throw fault(start, "an extent larger than the file") }
      count = product
    }
    return (count, rank)
  }

  /// Name, type and extent, then the values. In version 1 the parts are padded to 8 bytes.
  func checkAttribute(_ body: Range<Int>) throws {
    try requireLength(body, 8)
    let start = body.lowerBound
    let version = try byte(at: start)
    guard version == 1 || version == 3, try byte(at: start + 1) == 0 else {
      throw fault(start, "an attribute of another version, or with shared parts")
    }
    let sizes = try [2, 4, 6].map { try number(at: start + $0, width: 2) }
    let padded = sizes.map { version == 1 ? ($0 + 7) / 8 * 8 : $0 }
    let first = start + (version == 3 ? 9 : 8)
    try requireLength(body, first - start + padded.reduce(0, +))
    guard try version == 1 || byte(at: start + 8) <= 1, sizes[0] > 0,
      bytes[first..<first + sizes[0]].firstIndex(of: 0) == first + sizes[0] - 1
    else { throw fault(start, "an attribute with a broken name") }
    let typeStart = first + padded[0]
    let extentStart = typeStart + padded[1]
    let values = extentStart + padded[2]
    let type = try elementType(typeStart..<typeStart + sizes[1])
    let count = try extent(extentStart..<extentStart + sizes[2]).count
    let (size, overflow) = type.size.multipliedReportingOverflow(by: count)
    guard !overflow, size <= body.upperBound - values else { throw fault(start, "an attribute larger than its header") }
    if type.isVariable { try checkVariableTexts(at: values, count: count) }
  }

  /// References to texts in global heaps: length, address of the heap, number in it.
  private func checkVariableTexts(at values: Int, count: Int) throws {
    var total = 0
    var heaps: [Int: [Int: Int]] = [:]
    for reference in stride(from: values, to: values + 16 * count, by: 16) {
      let length = try number(at: reference, width: 4)
      let address = try word(at: reference + 4)
      if length == 0, address == 0 || address == Self.undefined { continue }
      let heap = try number(at: reference + 4)
      let sizes = try heaps[heap] ?? globalHeap(at: heap)
      heaps[heap] = sizes
      total += length
      guard let size = sizes[try number(at: reference + 12, width: 4)], length == size, length > 0,
        total <= Self.longestVariableTexts
      else { throw fault(reference, "a text that its heap does not have") }
    }
  }

  /// Sizes of the objects of a global heap by their numbers.
  private func globalHeap(at offset: Int) throws -> [Int: Int] {
    try require(offset, 16, "a heap beyond the end")
    let size = try number(at: offset + 8)
    try require(offset, size, "a heap beyond the end")
    guard bytes[offset..<offset + 4].elementsEqual("GCOL".utf8), try byte(at: offset + 4) == 1, size >= 4096,
      size % 8 == 0
    else { throw fault(offset, "no GCOL where one should be") }
    var sizes: [Int: Int] = [:]
    var at = offset + 16
    while offset + size - at >= 16 {
      let index = try number(at: at, width: 2)
      let length = try number(at: at + 8)
      // Number 0 is the free rest, whose length counts its own head.
      if index == 0 {
        guard length == offset + size - at else { throw fault(at, "a heap whose rest is of another size") }
        return sizes
      }
      let padded = (length + 7) / 8 * 8
      guard padded <= offset + size - at - 16, sizes.updateValue(length, forKey: index) == nil else {
        throw fault(at, "a text beyond its heap")
      }
      at += 16 + padded
    }
    return sizes
  }
}
