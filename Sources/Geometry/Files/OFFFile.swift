extension Mesh {
  func offText() -> [UInt8] {
    var output = MeshBytes(capacity: 40 * positions.count + 24 * faces.count)
    output.append("OFF\n\(positions.count) \(faces.count) 0\n")
    for position in positions { output.appendLine("", position) }
    for face in faces { output.append("3 \(face.x) \(face.y) \(face.z)\n") }
    return output.bytes
  }
}

/// Reads OFF files, also those of ModelNet whose counts stand right after "OFF" without a space, and those with
/// colours or normals after the coordinates and colours after the corners, which are passed over.
struct OFFReader {
  private var scanner: TextScanner

  init(_ bytes: UnsafeRawBufferPointer, file: String) { scanner = TextScanner(bytes, file: file) }

  consuming func mesh() throws -> Mesh {
    let counts = try readCounts()
    var mesh = Mesh()
    mesh.positions.reserveCapacity(counts.vertices)
    for number in 0..<counts.vertices {
      guard scanner.nextLine(), scanner.skipEmptyLines() else {
        throw scanner.error("the file ends after \(number) of \(counts.vertices) vertices; it is cut off")
      }
      mesh.positions.append(try scanner.vector("coordinate"))
    }
    var polygons = PolygonFaces()
    polygons.reserve(counts.faces)
    for number in 0..<counts.faces {
      guard scanner.nextLine(), scanner.skipEmptyLines() else {
        throw scanner.error("the file ends after \(number) of \(counts.faces) faces; it is cut off")
      }
      try readFace(into: &polygons, vertexCount: counts.vertices)
    }
    mesh.faces = polygons.triangulated(at: mesh.positions)
    return mesh
  }

  private mutating func readFace(into polygons: inout PolygonFaces, vertexCount: Int) throws {
    let cornerCount = try scanner.integer("number of corners")
    // Every corner takes at least two bytes.
    guard cornerCount >= 3, cornerCount <= scanner.remaining / 2 + 1 else {
      throw scanner.error("a face cannot have \(cornerCount) corners")
    }
    polygons.begin()
    for _ in 0..<cornerCount {
      let index = try scanner.integer("vertex")
      guard (0..<vertexCount).contains(index) else {
        throw scanner.error("vertex \(index) of \(vertexCount) does not exist")
      }
      polygons.add(UInt32(index))
    }
  }

  /// The keyword is "OFF" with letters before it for what follows the coordinates in a vertex's line: texture places,
  /// colours and normals. It may be missing, and the counts may stand in its line, even glued to it.
  private mutating func readCounts() throws -> (vertices: Int, faces: Int) {
    guard var header = scanner.wordAnywhere() else { throw scanner.error("the file is empty") }
    if Int(header) == nil {
      for prefix in ["ST", "C", "N"] where header.hasPrefix(prefix) { header = header.dropFirst(prefix.count) }
      guard !["4", "n", "4n"].contains(where: { header.hasPrefix($0 + "OFF") }) else {
        throw scanner.error("only vertices of three coordinates are read, not those of \(header.prefix(5))")
      }
      guard header.hasPrefix("OFF") else { throw scanner.error("an OFF file begins with \"OFF\"") }
      header = header.dropFirst(3)
      if header.isEmpty {
        _ = scanner.skipEmptyLines()
        header = scanner.word() ?? "BINARY"
      }
    }
    guard header != "BINARY" else {
      throw scanner.error("only text OFF files with their numbers of vertices and faces are read")
    }
    guard let vertices = Int(header) else {
      throw scanner.error("\"\(header.prefix(30))\" is not a number of vertices")
    }
    let faces = try scanner.integer("number of faces")
    // A vertex takes at least six bytes and a face eight, line ends included.
    guard vertices >= 0, faces >= 0, vertices <= scanner.remaining / 6 + 1, faces <= scanner.remaining / 8 + 1 else {
      throw scanner.error("\(vertices) vertices and \(faces) faces do not fit into the file; it is cut off or broken")
    }
    return (vertices, faces)
  }
}
