import Foundation

/// A mesh that has a name in its file.
public struct NamedMesh: Sendable, Equatable {
  /// The object's name; empty where the file gives none.
  public var name: String
  /// The object, in the space of the whole file.
  public var mesh: Mesh

  /// A mesh of the given name.
  public init(name: String, mesh: Mesh) { (self.name, self.mesh) = (name, mesh) }
}

/// The objects of a mesh file, one by one.
///
/// They are the objects of an OBJ file (its groups if it has no objects; equal names are one object), the nodes with a
/// mesh of a glTF scene, the solids of a text STL file, and the whole of any other file.
public struct MeshScene: Sendable, Equatable {
  /// The objects in the order of the file, each with those vertices only that its faces use.
  public var objects: [NamedMesh]

  /// A scene of the given objects.
  public init(objects: [NamedMesh]) { self.objects = objects }

  /// Reads a mesh file in the format of its extension.
  ///
  /// *Throws*: `MeshFileError` as `Mesh(contentsOf:)` does.
  public init(contentsOf url: URL) throws {
    let format = try MeshFormat(of: url)
    try self.init(MeshFileInput(url), format)
  }

  /// Reads the bytes of a mesh file; `name` appears in errors.
  ///
  /// *Throws*: `MeshFileError` as for a file.
  public init(data: Data, format: MeshFormat, name: String) throws {
    try self.init(MeshFileInput(data: data, name: name), format)
  }

  private init(_ input: MeshFileInput, _ format: MeshFormat) throws {
    objects = try input.data.withUnsafeBytes { bytes in
      switch format {
      case .stl: try STLReader(bytes, file: input.name).objects()
      case .obj: try OBJReader(bytes, file: input.name).sections().objects()
      case .ply: [NamedMesh(name: "", mesh: try PLYReader(bytes, file: input.name).mesh())]
      case .off: [NamedMesh(name: "", mesh: try OFFReader(bytes, file: input.name).mesh())]
      case .glb, .gltf: try GLTFReader(bytes, input).objects()
      }
    }
  }

  /// All objects as one mesh.
  public var joined: Mesh { Mesh.joined(objects.map(\.mesh)) }
}

/// A mesh and which of its faces belong to which part of the file.
struct MeshSections {
  /// From this face on, faces belong to the object of this name.
  struct Mark {
    var name: String
    var start: Int
  }

  var mesh: Mesh
  var marks: [Mark]

  /// The parts that have faces, each with its own vertices; the whole mesh if there are no marks.
  func objects() -> [NamedMesh] {
    guard !marks.isEmpty else { return [NamedMesh(name: "", mesh: mesh)] }
    var names: [String] = []
    var faces: [String: [SIMD3<UInt32>]] = [:]
    let first = Mark(name: "", start: 0)
    let ends = marks.map(\.start) + [mesh.faces.count]
    for (mark, end) in zip([first] + marks, ends) where mark.start < end {
      if faces[mark.name] == nil { names.append(mark.name) }
      faces[mark.name, default: []] += mesh.faces[mark.start..<end]
    }
    var numbering = VertexNumbering(count: mesh.positions.count)
    return names.map { NamedMesh(name: $0, mesh: numbering.part(faces[$0] ?? [], of: mesh.positions)) }
  }
}

/// Takes parts with their own vertices out of a large mesh, in a time that depends on the part alone.
struct VertexNumbering {
  private var numbers: [UInt32]

  init(count: Int) { numbers = Array(repeating: .max, count: count) }

  /// The faces with the vertices they use, in the order these have in the whole; traps if an index is out of range.
  mutating func part(_ faces: [SIMD3<UInt32>], of positions: [SIMD3<Float>]) -> Mesh {
    var used: [UInt32] = []
    for face in faces {
      for corner in 0..<3 where numbers[Int(face[corner])] == .max {
        numbers[Int(face[corner])] = 0
        used.append(face[corner])
      }
    }
    used.sort()
    for (number, vertex) in used.enumerated() { numbers[Int(vertex)] = UInt32(number) }
    let renumbered = faces.map { SIMD3(numbers[Int($0.x)], numbers[Int($0.y)], numbers[Int($0.z)]) }
    for vertex in used { numbers[Int(vertex)] = .max }
    return Mesh(positions: used.map { positions[Int($0)] }, faces: renumbered)
  }
}
