extension Mesh {
  /// 80 bytes of text, the number of faces, then normal, corners and an unused number of each.
  func stlBytes() -> [UInt8] {
    var output = MeshBytes(capacity: 84 + 50 * faces.count)
    // Must not begin with "solid", by which readers know text.
    output.append("binary STL written by formcast".padding(to: 80))
    output.append(UInt32(faces.count))
    for (face, normal) in zip(faces, faceNormals()) {
      output.append(normal)
      for corner in 0..<3 { output.append(positions[Int(face[corner])]) }
      output.append(UInt16(0))
    }
    return output.bytes
  }

  func stlText() -> [UInt8] {
    var output = MeshBytes(capacity: 200 * faces.count + 40)
    output.append("solid formcast\n")
    for (face, normal) in zip(faces, faceNormals()) {
      output.appendLine("facet normal ", normal)
      output.append("outer loop\n")
      for corner in 0..<3 { output.appendLine("vertex ", positions[Int(face[corner])]) }
      output.append("endloop\nendfacet\n")
    }
    output.append("endsolid formcast\n")
    return output.bytes
  }
}

extension String {
  fileprivate func padding(to length: Int) -> String { self + String(repeating: " ", count: length - utf8.count) }
}

/// Reads STL files of both kinds. What decides is not the word "solid", which many binary files begin with, but
/// whether the size fits the number of faces.
struct STLReader {
  private let bytes: UnsafeRawBufferPointer
  private let file: String

  init(_ bytes: UnsafeRawBufferPointer, file: String) { (self.bytes, self.file) = (bytes, file) }

  func mesh() throws -> Mesh { Self.welded(try solids().flatMap(\.soup)) }

  /// Every solid of the file on its own.
  func objects() throws -> [NamedMesh] {
    try solids().map { NamedMesh(name: $0.name, mesh: Self.welded($0.soup)) }
  }

  private typealias Solid = (name: String, soup: [SIMD3<Float>])

  private func solids() throws -> [Solid] {
    let declared =
      bytes.count >= 84 ? Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 80, as: UInt32.self))) : 0
    let fitsExactly = bytes.count >= 84 && bytes.count == 84 + 50 * declared
    return !fitsExactly && looksLikeText ? try textSolids() : [("", try binarySoup(declared))]
  }

  private static func welded(_ soup: [SIMD3<Float>]) -> Mesh {
    let faces = (0..<(soup.count / 3)).map { SIMD3<UInt32>(0, 1, 2) &+ UInt32(3 * $0) }
    return Mesh(positions: soup, faces: faces).welded()
  }

  /// Begins with "solid" and has no zero byte near its start, which every binary count below 2^24 has.
  private var looksLikeText: Bool {
    let start = bytes.prefix(256)
    let word = start.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }.prefix(5)
    return String(decoding: word, as: UTF8.self).lowercased() == "solid" && !start.contains(0)
  }

  private func binarySoup(_ declared: Int) throws -> [SIMD3<Float>] {
    guard bytes.count >= 84 else {
      throw MeshFileError(
        file, nil, "\(bytes.count) bytes are too few for an STL file; it is cut off or of another kind")
    }
    let room = (bytes.count - 84) / 50
    guard declared <= room else {
      throw MeshFileError(
        file, "byte 80", "\(declared) faces are announced, but there is room for \(room); the file is cut off")
    }
    var soup: [SIMD3<Float>] = []
    soup.reserveCapacity(3 * declared)
    for corner in 0..<(3 * declared) {
      let offset = 84 + 50 * (corner / 3) + 12 + 12 * (corner % 3)
      var position = SIMD3<Float>.zero
      for axis in 0..<3 {
        let pattern = bytes.loadUnaligned(fromByteOffset: offset + 4 * axis, as: UInt32.self)
        position[axis] = Float(bitPattern: UInt32(littleEndian: pattern))
      }
      guard position - position == .zero else {
        throw MeshFileError(file, "byte \(offset)", "a coordinate is not a finite number; repair the mesh")
      }
      soup.append(position)
    }
    return soup
  }

  private func textSolids() throws -> [Solid] {
    var scanner = TextScanner(bytes, file: file, comment: nil)
    var solids: [Solid] = []
    var soup: [SIMD3<Float>] = []
    var (name, isComplete) = ("", false)
    repeat {
      switch scanner.word()?.lowercased() {
      case "vertex": soup.append(try scanner.vector("coordinate"))
      case "endfacet" where soup.count % 3 != 0: throw scanner.error("a facet does not have three vertices")
      case "solid" where soup.isEmpty: name = scanner.restOfLine()
      case "endsolid":
        guard soup.count % 3 == 0 else { throw scanner.error("a facet does not have three vertices") }
        solids.append((name, soup))
        (soup, name, isComplete) = ([], "", true)
      case nil, "solid", "facet", "outer", "endloop", "endfacet": break
      case let other?: throw scanner.error("\"\(other.prefix(30))\" does not belong into an STL file")
      }
    } while scanner.nextLine()
    guard isComplete, soup.isEmpty else {
      throw scanner.error("the file ends before \"endsolid\"; it is cut off")
    }
    return solids
  }
}
