import Foundation

/// Goes through the structure of an HDF5 file before the library sees it.
///
/// The library trusts what it reads: release 1.10 crashed on about one in a hundred files with a few damaged bytes. So
/// every address, length, count and type that it would follow is checked here first, by the format specification, and a
/// file passes only if it is built in the plain way in which Keras builds it: superblock 0, groups as symbol tables,
/// headers of version 1, values in one piece, strings and plain numbers, every object reached once. Links of any other
/// kind, data in other files, filters and shared types do not exist in such a file.
///
/// *Reference*: HDF5 File Format Specification, version 3.0, sections II.A, III.A, III.D, III.E, IV.A.
struct HDF5Structure {
  static let undefined = UInt64.max
  private static let deepestGroup = 32
  private static let mostObjects = 100_000

  let bytes: Data
  let name: String
  private var seen: Set<Int> = []
  /// Sizes of the nodes of this file: entries of a leaf and of a tree node, halved.
  private var leafRank = 0, treeRank = 0

  /// Checks the root and, below it, the groups of these names with all that is in them.
  static func check(_ bytes: Data, descendingInto names: Set<String>, name: String) throws {
    var structure = HDF5Structure(bytes: bytes, name: name)
    try structure.checkSuperblock(names)
  }

  private init(bytes: Data, name: String) { (self.bytes, self.name) = (bytes, name) }

  /// Superblock of version 0 with the root's entry at its end.
  private mutating func checkSuperblock(_ names: Set<String>) throws {
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    guard bytes.starts(with: signature) else {
      throw ForeignWeightsError("\(name): not an HDF5 file; give a .h5 or .keras file that Keras saved")
    }
    // Versions of the superblock and its parts, then the sizes of addresses and lengths.
    guard try (8..<13).allSatisfy({ try byte(at: $0) == 0 }), try byte(at: 13) == 8, try byte(at: 14) == 8,
      try number(at: 20, width: 4) == 0, try number(at: 24) == 0, try word(at: 32) == Self.undefined,
      try word(at: 48) == Self.undefined
    else { throw fault(8, "a header of the newer HDF5 form, unlike those that Keras writes") }
    (leafRank, treeRank) = (try number(at: 16, width: 2), try number(at: 18, width: 2))
    guard 1...512 ~= leafRank, 1...512 ~= treeRank else { throw fault(16, "impossible node sizes") }
    let end = try number(at: 40)
    guard end <= bytes.count else {
      throw ForeignWeightsError("\(name): has \(bytes.count) bytes of \(end); it is truncated, fetch it again")
    }
    try checkEntry(at: 56, depth: 0) { names.contains($0) }
  }

  /// A symbol table entry: name, header, and a copy of the group's own facts, which the library prefers to the original.
  private mutating func checkEntry(at offset: Int, depth: Int, descends: (String) -> Bool) throws {
    let header = try number(at: offset + 8)
    let kind = try number(at: offset + 16, width: 4)
    guard kind <= 1 else { throw fault(offset, "a link to somewhere else, which is not followed") }
    let table = try checkHeader(at: header)
    guard kind == 0 || table != nil else { throw fault(offset, "an entry for a group that is none") }
    guard let table else { return }
    if kind == 1 {
      guard try number(at: offset + 24) == table.tree, try number(at: offset + 32) == table.heap else {
        throw fault(offset, "an entry that contradicts its group")
      }
    }
    guard depth < Self.deepestGroup else { throw fault(offset, "groups nested too deeply") }
    let heap = try checkHeap(at: table.heap)
    try checkTree(at: table.tree, level: nil, heap: heap, depth: depth, descends: descends)
  }

  /// A local heap: the names of a group's members. Returns where its bytes lie.
  private mutating func checkHeap(at offset: Int) throws -> Range<Int> {
    try visit(offset)
    try expect("HEAP", version: 0, at: offset)
    let (size, start) = (try number(at: offset + 8), try number(at: offset + 24))
    try require(start, size, "a heap beyond the end")
    var free = try word(at: offset + 16)
    var last = -1
    // Free pieces are chained in rising order; 1 ends the chain.
    while free != 1, free != Self.undefined {
      guard free <= UInt64(max(0, size - 16)), Int(free) > last, free % 8 == 0 else {
        throw fault(offset, "a broken list of free pieces")
      }
      last = Int(free)
      let length = try number(at: start + last + 8)
      guard 16...size ~= length, last <= size - length else { throw fault(offset, "a free piece beyond its heap") }
      free = try word(at: start + last)
    }
    return start..<start + size
  }

  private mutating func checkTree(
    at offset: Int, level: Int?, heap: Range<Int>, depth: Int, descends: (String) -> Bool
  ) throws {
    try visit(offset)
    try require(offset, 24 + (4 * treeRank + 1) * 8, "a tree node beyond the end")
    try expect("TREE", version: 0, at: offset)
    let here = try byte(at: offset + 5)
    let count = try number(at: offset + 6, width: 2)
    guard here <= 8, level.map({ $0 == here }) ?? true, count <= 2 * treeRank else {
      throw fault(offset, "an impossible tree node")
    }
    for sibling in [8, 16] {
      let address = try word(at: offset + sibling)
      guard address == Self.undefined || address < UInt64(bytes.count) else { throw fault(offset, "a lost sibling") }
    }
    for index in 0...count where try number(at: offset + 24 + 16 * index) >= max(1, heap.count) {
      throw fault(offset, "a name beyond its heap")
    }
    for index in 0..<count {
      let child = try number(at: offset + 32 + 16 * index)
      if here > 0 {
        try checkTree(at: child, level: here - 1, heap: heap, depth: depth, descends: descends)
      } else {
        try checkMembers(at: child, heap: heap, depth: depth, descends: descends)
      }
    }
  }

  private mutating func checkMembers(
    at offset: Int, heap: Range<Int>, depth: Int, descends: (String) -> Bool
  ) throws {
    try visit(offset)
    try require(offset, 8 + 80 * leafRank, "a list of members beyond the end")
    try expect("SNOD", version: 1, at: offset)
    let count = try number(at: offset + 6, width: 2)
    guard count <= 2 * leafRank else { throw fault(offset, "too many members") }
    for index in 0..<count {
      let entry = offset + 8 + 40 * index
      let start = try number(at: entry)
      guard start < heap.count, let end = bytes[heap][(heap.lowerBound + start)...].firstIndex(of: 0) else {
        throw fault(entry, "a name beyond its heap")
      }
      let member = String(decoding: bytes[heap.lowerBound + start..<end], as: UTF8.self)
      guard try number(at: entry + 16, width: 4) <= 1 else {
        throw fault(entry, "\(member) is a link to somewhere else, which is not followed")
      }
      if descends(member) { try checkEntry(at: entry, depth: depth + 1) { _ in true } }
    }
  }
}

/// Reading numbers, and what is said when one of them cannot be.
extension HDF5Structure {
  func fault(_ offset: Int, _ what: String) -> ForeignWeightsError {
    ForeignWeightsError(
      "\(name): \(what) (byte \(offset)): damaged, or not saved by Keras; fetch or save it again")
  }

  func require(_ start: Int, _ count: Int, _ what: String) throws {
    guard start >= 0, count >= 0, start <= bytes.count, count <= bytes.count - start else { throw fault(start, what) }
  }

  func byte(at offset: Int) throws -> Int {
    try require(offset, 1, "the end of the file")
    return Int(bytes[offset])
  }

  /// An unsigned little-endian number.
  func word(at offset: Int, width: Int = 8) throws -> UInt64 {
    try require(offset, width, "the end of the file")
    return bytes[offset..<offset + width].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// A number that cannot be larger than the file is long; every count, length and address is one.
  func number(at offset: Int, width: Int = 8) throws -> Int {
    let value = try word(at: offset, width: width)
    guard width < 8 || value <= UInt64(bytes.count) else { throw fault(offset, "a number larger than the file") }
    return Int(value)
  }

  private func expect(_ signature: String, version: Int, at offset: Int) throws {
    try require(offset, 8, "a structure beyond the end")
    // A tree node has its type, 0 for groups, where the others have their version.
    guard bytes[offset..<offset + 4].elementsEqual(signature.utf8), try byte(at: offset + 4) == version else {
      throw fault(offset, "no \(signature) where one should be")
    }
  }

  /// Every structure has an address of its own, so nothing is walked twice.
  mutating func visit(_ offset: Int) throws {
    guard seen.insert(offset).inserted else { throw fault(offset, "a structure that is used twice") }
    guard seen.count <= Self.mostObjects else { throw fault(offset, "more objects than a model can have") }
  }
}
