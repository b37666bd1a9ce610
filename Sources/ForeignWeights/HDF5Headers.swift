/// Object headers: what a group or a data set consists of.
extension HDF5Structure {
  /// Where a group's members are listed.
  struct SymbolTable {
    let tree: Int, heap: Int
  }

  /// Messages that a sound file may have and that are not read.
  private static let refused = [
    0x02: "links in the newer form, among them those to other files, which are not followed",
    0x06: "a link in the newer form, perhaps to another file, which is not followed",
    0x07: "values kept in another file, which are not read", 0x0B: "compressed or filtered values, which are not read",
  ]

  /// What a header has told so far.
  private struct Facts {
    var table: SymbolTable?
    var type: ElementType?
    var extent: Int?
    var stored: Int?
    var left: Int
    /// Pieces of the header still to be read.
    var pieces: [Range<Int>]
  }

  /// Checks a header of version 1 with all its messages; returns its symbol table if it is a group's.
  mutating func checkHeader(at offset: Int) throws -> SymbolTable? {
    try visit(offset)
    let size = try number(at: offset + 8, width: 4)
    try require(offset + 16, size, "a header beyond the end")
    guard try byte(at: offset) == 1 else { throw fault(offset, "a header of another version than 1") }
    var facts = Facts(
      left: try number(at: offset + 2, width: 2), pieces: [offset + 16..<offset + 16 + size])
    while let piece = facts.pieces.popLast() {
      var at = piece.lowerBound
      while at < piece.upperBound {
        guard piece.upperBound - at >= 8, facts.left > 0 else { throw fault(at, "more messages than announced") }
        let length = try number(at: at + 2, width: 2)
        guard length % 8 == 0, length <= piece.upperBound - at - 8 else {
          throw fault(at, "a message beyond its header")
        }
        // Bit 0 says that the message never changes; the others mean sharing and unknown kinds.
        guard try byte(at: at + 4) & 0xFE == 0 else { throw fault(at, "a shared message") }
        try checkMessage(try number(at: at, width: 2), at + 8..<at + 8 + length, &facts)
        facts.left -= 1
        at += 8 + length
      }
    }
    guard facts.left == 0 else { throw fault(offset, "fewer messages than announced") }
    try checkStorage(facts, at: offset)
    return facts.table
  }

  private mutating func checkMessage(_ kind: Int, _ body: Range<Int>, _ facts: inout Facts) throws {
    switch kind {
    case 0x00: break
    case 0x01 where facts.extent == nil: facts.extent = try extent(body).count
    case 0x03 where facts.type == nil: facts.type = try elementType(body)
    case 0x04: try checkOldFill(body)
    case 0x05: try checkFill(body)
    case 0x08 where facts.stored == nil: facts.stored = try layout(body)
    case 0x0C: try checkAttribute(body)
    case 0x10:
      try requireLength(body, 16)
      let (start, length) = (try number(at: body.lowerBound), try number(at: body.lowerBound + 8))
      try require(start, length, "a header beyond the end")
      try visit(start)
      facts.pieces.append(start..<start + length)
    case 0x11 where facts.table == nil:
      try requireLength(body, 16)
      facts.table = SymbolTable(tree: try number(at: body.lowerBound), heap: try number(at: body.lowerBound + 8))
    case 0x12: try requireLength(body, 8)
    default: throw fault(body.lowerBound, Self.refused[kind] ?? "a header message of kind \(kind), unknown or repeated")
    }
  }

  func requireLength(_ body: Range<Int>, _ count: Int) throws {
    guard count >= 0, body.count >= count else { throw fault(body.lowerBound, "a message that is too short") }
  }

  /// A group has a symbol table and nothing else; a data set has type, extent and as many bytes as they say.
  private func checkStorage(_ facts: Facts, at offset: Int) throws {
    if facts.table != nil {
      guard facts.type == nil, facts.extent == nil, facts.stored == nil else {
        throw fault(offset, "a group that is also a data set")
      }
      return
    }
    guard let type = facts.type, let extent = facts.extent, let stored = facts.stored else {
      throw fault(offset, "an object that is neither a group nor a data set")
    }
    let (size, overflow) = type.size.multipliedReportingOverflow(by: extent)
    guard !overflow, size == stored, !type.isVariable else {
      throw fault(offset, "a data set of another size than stored")
    }
  }

  /// Values in one piece in the file, or in the header itself. Returns their number of bytes.
  private func layout(_ body: Range<Int>) throws -> Int {
    try requireLength(body, 2)
    let start = body.lowerBound
    guard try byte(at: start) == 3 else {
      throw fault(start, "virtual values or another layout that Keras does not write, which are not read")
    }
    switch try byte(at: start + 1) {
    case 0:
      try requireLength(body, 4)
      let size = try number(at: start + 2, width: 2)
      try requireLength(body, 4 + size)
      return size
    case 1:
      try requireLength(body, 18)
      let size = try number(at: start + 10)
      if size == 0, try word(at: start + 2) == Self.undefined { return 0 }
      try require(try number(at: start + 2), size, "values beyond the end")
      return size
    default: throw fault(start, "chunked or virtual values, which Keras does not write")
    }
  }

  private func checkFill(_ body: Range<Int>) throws {
    try requireLength(body, 4)
    let start = body.lowerBound
    guard try byte(at: start) == 2, 1...3 ~= (try byte(at: start + 1)), 0...2 ~= (try byte(at: start + 2)),
      0...1 ~= (try byte(at: start + 3))
    else { throw fault(start, "an impossible fill value") }
    if try byte(at: start + 3) == 1 { try checkOldFill(start + 4..<body.upperBound) }
  }

  private func checkOldFill(_ body: Range<Int>) throws {
    try requireLength(body, 4)
    try requireLength(body, 4 + (try number(at: body.lowerBound, width: 4)))
  }
}
