import Foundation

/// Reads the triangles of a glTF scene, text or binary: every node with a mesh is an object in the scene's space.
///
/// *Limits*: points, lines, skins and morph targets are left out; compressed meshes are refused.
struct GLTFReader {
  private let document: GLTFDocument
  private let file: String
  private var numbers: GLTFNumbers
  private var positions: [Int: [SIMD3<Float>]] = [:]
  private var numberings: [Int: VertexNumbering] = [:]
  /// Which mesh names a list of positions; nil if several do.
  private var owners: [Int: Int?] = [:]

  init(_ bytes: UnsafeRawBufferPointer, _ input: MeshFileInput) throws {
    file = input.name
    let parts = bytes.starts(with: Array("glTF".utf8)) ? try GLBChunks(bytes, file: file) : GLBChunks(json: bytes)
    document = try GLTFDocument(json: parts.json, file: file)
    let buffers = try GLTFBuffers(document, binary: parts.binary.map { Data($0) }, input)
    numbers = GLTFNumbers(document, buffers, file: file)
    for (number, mesh) in (document.meshes ?? []).enumerated() {
      for primitive in mesh.primitives {
        guard let list = primitive.attributes["POSITION"] else { continue }
        if let owner = owners[list], owner != number { owners[list] = .some(nil) } else { owners[list] = number }
      }
    }
  }

  /// The objects, in the order of a walk through the tree of nodes.
  consuming func objects() throws -> [NamedMesh] {
    let placements = try GLTFPlacements(document, file: file).list
    return try placements.map { placement in
      NamedMesh(name: placement.name, mesh: try mesh(placement))
    }
  }

  /// A mesh in the place of its node. Primitives share vertices where they share the list of positions.
  private mutating func mesh(_ placement: GLTFPlacements.Placement) throws -> Mesh {
    let primitives = (document.meshes ?? [])[placement.mesh].primitives
    var order: [Int] = []
    var faces: [Int: [SIMD3<UInt32>]] = [:]
    for (number, primitive) in primitives.enumerated() {
      try numbers.spend(1)
      let place = "mesh \(placement.mesh), primitive \(number)"
      guard [4, 5, 6].contains(primitive.mode ?? 4), let list = primitive.attributes["POSITION"] else { continue }
      if let name = primitive.extensions?.names.first(where: { $0.contains("draco") }), isCompressed(list) {
        throw MeshFileError(file, place, GLTFDocument.refusal(of: name))
      }
      if positions[list] == nil { positions[list] = try numbers.positions(list) }
      if faces[list] == nil { order.append(list) }
      faces[list, default: []] += try triangles(primitive, vertexCount: positions[list]?.count ?? 0, place)
    }
    var parts: [Mesh] = []
    for list in order {
      var part = try part(faces[list] ?? [], list, isWhole: owners[list] == .some(placement.mesh))
      try move(&part, placement)
      parts.append(part)
    }
    return Mesh.joined(parts)
  }

  private func isCompressed(_ list: Int) -> Bool {
    guard let accessors = document.accessors, accessors.indices.contains(list) else { return true }
    return accessors[list].bufferView == nil
  }

  /// Faces with their vertices: all of the list if it belongs to this mesh alone, otherwise those in use.
  private mutating func part(_ faces: [SIMD3<UInt32>], _ list: Int, isWhole: Bool) throws -> Mesh {
    let all = positions[list] ?? []
    if isWhole {
      try numbers.spend(all.count)
      return Mesh(positions: all, faces: faces)
    }
    return numberings[list, default: VertexNumbering(count: all.count)].part(faces, of: all)
  }

  private func move(_ mesh: inout Mesh, _ placement: GLTFPlacements.Placement) throws {
    if placement.frame != .index {
      mesh = mesh.transformed(by: placement.frame)
    }
    for position in mesh.positions where !(position - position == .zero) {
      throw MeshFileError(file, "mesh \(placement.mesh)", "a coordinate is not a finite number; repair the mesh")
    }
  }

  private mutating func triangles(
    _ primitive: GLTFDocument.Primitive, vertexCount: Int, _ place: String
  ) throws -> [SIMD3<UInt32>] {
    var corners: [UInt32]
    if let list = primitive.indices {
      corners = try numbers.indices(list)
    } else {
      try numbers.spend(vertexCount)
      corners = (0..<UInt32(vertexCount)).map { $0 }
    }
    if let wrong = corners.first(where: { $0 >= vertexCount }) {
      throw MeshFileError(file, place, "vertex \(wrong) of \(vertexCount) does not exist")
    }
    try numbers.spend(corners.count)
    switch primitive.mode ?? 4 {
    case 5:
      var strip = TriangleStrip()
      return corners.compactMap { strip.add($0) }
    case 6:
      var fan = PolygonFaces()
      for corner in corners { fan.add(corner) }
      return fan.faces
    default:
      guard corners.count % 3 == 0 else {
        throw MeshFileError(file, place, "\(corners.count) corners are no whole number of triangles")
      }
      return stride(from: 0, to: corners.count, by: 3).map { SIMD3(corners[$0], corners[$0 + 1], corners[$0 + 2]) }
    }
  }
}

/// The two chunks of a GLB file that matter.
private struct GLBChunks {
  var json: UnsafeRawBufferPointer
  var binary: UnsafeRawBufferPointer?

  init(json: UnsafeRawBufferPointer) {
    let hasMark = json.starts(with: [0xEF, 0xBB, 0xBF])
    self.json = UnsafeRawBufferPointer(rebasing: json.dropFirst(hasMark ? 3 : 0))
  }

  init(_ bytes: UnsafeRawBufferPointer, file: String) throws {
    func word(_ offset: Int) -> Int {
      Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }
    guard bytes.count >= 20, word(4) == 2 else {
      throw MeshFileError(file, "byte 4", "this is no GLB file of version 2, or it is cut off")
    }
    guard word(8) >= 20, word(8) <= bytes.count else {
      throw MeshFileError(file, "byte 8", "\(word(8)) bytes are announced, but there are \(bytes.count)")
    }
    let end = word(8)
    var found: UnsafeRawBufferPointer?
    var offset = 12
    while offset + 8 <= end {
      let (length, kind) = (word(offset), word(offset + 4))
      guard length <= end - offset - 8 else {
        throw MeshFileError(file, "byte \(offset)", "a chunk of \(length) bytes reaches beyond the file")
      }
      let chunk = UnsafeRawBufferPointer(rebasing: bytes[(offset + 8)..<(offset + 8 + length)])
      if kind == 0x4E4F_534A, found == nil { found = chunk }
      if kind == 0x004E_4942, binary == nil { binary = chunk }
      offset += 8 + length
    }
    guard let found else { throw MeshFileError(file, "byte 12", "there is no chunk of JSON") }
    json = found
  }
}
