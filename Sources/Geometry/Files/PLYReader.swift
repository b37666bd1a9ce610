/// Reads positions and polygons of a PLY file of any encoding; other elements and properties are passed over.
struct PLYReader {
  private let bytes: UnsafeRawBufferPointer
  private let file: String
  private var scanner: TextScanner
  private var header: PLYHeader
  private var offset = 0
  /// Normals of the vertices, where they are wanted and the file has them.
  private var normals: [SIMD3<Float>] = []
  private var wantsNormals = false

  init(_ bytes: UnsafeRawBufferPointer, file: String) throws {
    (self.bytes, self.file) = (bytes, file)
    scanner = TextScanner(bytes, file: file, comment: nil)
    header = try PLYHeader(&scanner)
    offset = scanner.position
  }

  consuming func mesh() throws -> Mesh { try parse() }

  /// The vertices with their normals `nx`, `ny`, `nz`, if they have any.
  consuming func cloud() throws -> PointCloud {
    wantsNormals = true
    let positions = try parse().positions
    return PointCloud(positions: positions, normals: normals.isEmpty ? nil : normals)
  }

  private mutating func parse() throws -> Mesh {
    var mesh = Mesh()
    var polygons = PolygonFaces()
    var strips: [SIMD3<UInt32>] = []
    var hasVertices = false
    for element in header.elements where !element.properties.isEmpty {
      let size = element.smallestSize(header.encoding)
      let remaining = header.encoding == .ascii ? scanner.remaining + 1 : bytes.count - offset
      guard element.count <= remaining / size else {
        throw error(
          "\(element.count) of \"\(element.name.prefix(30))\" do not fit into the file; it is cut off or broken")
      }
      if element.name == "vertex" {
        hasVertices = true
        mesh.positions = try readVertices(element)
      } else if element.name == "face" {
        polygons = try readFaces(element)
      } else if element.name == "tristrips" {
        strips += try readStrips(element)
      } else {
        try read(element) { _, _, _ in }
      }
    }
    guard hasVertices else { throw error("there is no element \"vertex\"") }
    let limit = SIMD3(repeating: UInt32(clamping: mesh.positions.count))
    for (number, face) in (polygons.faces + strips).enumerated() where any(face .>= limit) {
      throw MeshFileError(file, "triangle \(number)", "vertex \(face.max()) of \(mesh.positions.count) does not exist")
    }
    mesh.faces = polygons.triangulated(at: mesh.positions) + strips
    return mesh
  }

  private mutating func readVertices(_ element: PLYHeader.Element) throws -> [SIMD3<Float>] {
    let axes = try ["x", "y", "z"].map { axis in
      guard let index = element.properties.firstIndex(where: { $0.name == axis && $0.lengthType == nil }) else {
        throw error("vertices have no property \"\(axis)\"")
      }
      return index
    }
    let normalAxes = ["nx", "ny", "nz"].compactMap { axis in
      element.properties.firstIndex { $0.name == axis && $0.lengthType == nil }
    }
    let hasNormals = wantsNormals && normalAxes.count == 3
    var positions = [SIMD3<Float>](repeating: .zero, count: element.count)
    var normals = [SIMD3<Float>](repeating: .zero, count: hasNormals ? element.count : 0)
    try read(element) { number, property, value in
      for axis in 0..<3 where axes[axis] == property { positions[number][axis] = Float(value) }
      guard hasNormals else { return }
      for axis in 0..<3 where normalAxes[axis] == property { normals[number][axis] = Float(value) }
    }
    self.normals = normals
    for (number, position) in positions.enumerated() where !(position - position == .zero) {
      throw MeshFileError(file, "vertex \(number)", "a coordinate is not a finite number; repair the mesh")
    }
    return positions
  }

  private func corners(of element: PLYHeader.Element) throws -> Int {
    let names = ["vertex_indices", "vertex_index"]
    guard let list = element.properties.firstIndex(where: { names.contains($0.name) && $0.lengthType != nil }) else {
      throw error("\"\(element.name)\" has no list \"vertex_indices\"")
    }
    return list
  }

  /// Strips of triangles, of which every second one is turned; a corner of -1 ends a strip.
  private mutating func readStrips(_ element: PLYHeader.Element) throws -> [SIMD3<UInt32>] {
    let list = try corners(of: element)
    var faces: [SIMD3<UInt32>] = []
    var strip = TriangleStrip()
    try read(element) { _, property, value in
      guard property == list else { return }
      if value == -1 {
        strip = TriangleStrip()
      } else if let face = strip.add(UInt32(exactly: value) ?? .max) {
        faces.append(face)
      }
    } list: { _, _, _ in
      strip = TriangleStrip()
    }
    return faces
  }

  private mutating func readFaces(_ element: PLYHeader.Element) throws -> PolygonFaces {
    let list = try corners(of: element)
    var polygons = PolygonFaces()
    polygons.reserve(element.count)
    let file = file
    try read(element) { _, property, value in
      guard property == list else { return }
      // An index that is no vertex number becomes one that cannot exist, which is reported at the end.
      polygons.add(UInt32(exactly: value) ?? .max)
    } list: { number, property, length in
      guard property == list else { return }
      polygons.begin()
      if length < 3 { throw MeshFileError(file, "face \(number)", "it has \(length) corners; repair the mesh") }
    }
    return polygons
  }

  /// Passes all values of an element to `value`, those of lists one by one, and before these the length of the list to
  /// `list`, each with the number of the element and of the property.
  private mutating func read(
    _ element: PLYHeader.Element, value: (Int, Int, Double) throws -> Void,
    list: (Int, Int, Int) throws -> Void = { _, _, _ in }
  ) throws {
    for number in 0..<element.count {
      if header.encoding == .ascii, !scanner.skipEmptyLines() {
        throw error("the file ends after \(number) of \(element.count) of \"\(element.name.prefix(30))\"")
      }
      for (index, property) in element.properties.enumerated() {
        if let lengthType = property.lengthType {
          let length = try scalar(lengthType, property.name)
          guard length >= 0, length <= Double(header.encoding == .ascii ? scanner.remaining : bytes.count - offset)
          else {
            throw error("a list of \(Int(length)) values does not fit into the file; it is cut off or broken")
          }
          try list(number, index, Int(length))
          for _ in 0..<Int(length) { try value(number, index, try scalar(property.type, property.name)) }
        } else {
          try value(number, index, try scalar(property.type, property.name))
        }
      }
      if header.encoding == .ascii { scanner.nextLine() }
    }
  }

  private mutating func scalar(_ type: PLYHeader.Scalar, _ name: String) throws -> Double {
    if header.encoding == .ascii {
      if type == .float32 { return Double(try scanner.float(name)) }
      guard let word = scanner.word(), let value = Double(word), value.isFinite, abs(value) < 0x1p62 else {
        throw error("\"\(name.prefix(30))\" is missing or not a finite number")
      }
      return value
    }
    guard offset + type.size <= bytes.count else { throw error("the file is cut off") }
    defer { offset += type.size }
    switch type {
    case .int8: return Double(load(Int8.self))
    case .uint8: return Double(load(UInt8.self))
    case .int16: return Double(load(Int16.self))
    case .uint16: return Double(load(UInt16.self))
    case .int32: return Double(load(Int32.self))
    case .uint32: return Double(load(UInt32.self))
    case .float32: return Double(Float(bitPattern: load(UInt32.self)))
    case .float64: return Double(bitPattern: load(UInt64.self))
    }
  }

  private func load<Value: FixedWidthInteger>(_ type: Value.Type) -> Value {
    let value = bytes.loadUnaligned(fromByteOffset: offset, as: Value.self)
    return header.encoding == .bigEndian ? value.bigEndian : value.littleEndian
  }

  private func error(_ reason: String) -> MeshFileError {
    header.encoding == .ascii ? scanner.error(reason) : MeshFileError(file, "byte \(offset)", reason)
  }
}
