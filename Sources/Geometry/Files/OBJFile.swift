extension Mesh {
  func objText() -> [UInt8] {
    var output = MeshBytes(capacity: 40 * positions.count + 24 * faces.count)
    output.append("# written by formcast\n")
    for position in positions { output.appendLine("v ", position) }
    for face in faces { output.append("f \(face.x + 1) \(face.y + 1) \(face.z + 1)\n") }
    return output.bytes
  }
}

/// Reads vertices, polygons and the names of objects and groups of an OBJ file; all other statements are passed over.
struct OBJReader {
  private var scanner: TextScanner
  private var positions: [SIMD3<Float>] = []
  private var polygons = PolygonFaces()
  /// The largest vertex number and its line: a file may name vertices before it has them.
  private var largest = (index: -1, line: 0)
  private var objects: [MeshSections.Mark] = []
  private var groups: [MeshSections.Mark] = []

  init(_ bytes: UnsafeRawBufferPointer, file: String) { scanner = TextScanner(bytes, file: file) }

  consuming func mesh() throws -> Mesh { try sections().mesh }

  /// The mesh and which of its faces belong to which object, or to which group in a file without objects.
  consuming func sections() throws -> MeshSections {
    repeat {
      switch scanner.word() {
      case "v": positions.append(try scanner.vector("coordinate"))
      case "f": try readFace()
      case "o": objects.append(.init(name: scanner.restOfLine(), start: polygons.faces.count))
      case "g": groups.append(.init(name: scanner.restOfLine(), start: polygons.faces.count))
      default: break
      }
    } while scanner.nextLine()
    guard largest.index < positions.count else {
      throw scanner.error("line \(largest.line) names vertex \(largest.index + 1) of \(positions.count)")
    }
    guard !positions.isEmpty else { throw scanner.error("there is no vertex; the file is empty or of another kind") }
    let mesh = Mesh(positions: positions, faces: polygons.triangulated(at: positions))
    return MeshSections(mesh: mesh, marks: objects.isEmpty ? groups : objects)
  }

  /// Corners are `vertex`, `vertex/texture`, `vertex//normal` or `vertex/texture/normal`, from 1, negative from the end.
  private mutating func readFace() throws {
    polygons.begin()
    while let word = scanner.word() {
      let text = word.prefix { $0 != "/" }
      guard let number = Int(text), number != 0 else {
        throw scanner.error("\"\(word.prefix(30))\" does not name a vertex")
      }
      // Not written as a sum for negative numbers that overflow.
      guard number > -1 - positions.count, number <= Int(UInt32.max) else {
        throw scanner.error("vertex \(number) does not exist, there are \(positions.count) so far")
      }
      let index = number > 0 ? number - 1 : positions.count + number
      if index > largest.index { largest = (index, scanner.line) }
      polygons.add(UInt32(index))
    }
    guard polygons.cornerCount >= 3 else { throw scanner.error("a face has fewer than three corners") }
  }
}
