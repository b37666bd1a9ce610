/// Which mesh stands where in a glTF scene.
struct GLTFPlacements {
  struct Placement {
    var name: String
    var mesh: Int
    var frame: GridFrame
  }

  private(set) var list: [Placement] = []

  /// Walks through the nodes of the scene, or of all trees if there is no scene.
  ///
  /// Every node may be reached once, as glTF asks for, so that circles end and nothing multiplies.
  init(_ document: GLTFDocument, file: String) throws {
    let nodes = document.nodes ?? []
    let meshCount = document.meshes?.count ?? 0
    var wasReached = [Bool](repeating: false, count: nodes.count)
    var pending = try Self.roots(document, file: file).reversed().map { (node: $0, frame: GridFrame.index) }
    while let (number, outer) = pending.popLast() {
      func error(_ reason: String) -> MeshFileError { MeshFileError(file, "node \(number)", reason) }
      guard nodes.indices.contains(number) else { throw error("it does not exist") }
      guard !wasReached[number] else { throw error("it is its own ancestor or has two parents") }
      wasReached[number] = true
      let node = nodes[number]
      guard let own = Self.frame(of: node) else { throw error("its matrix or its place, turn and size are broken") }
      let frame = own == .index ? outer : outer.after(own)
      if let mesh = node.mesh {
        guard (0..<meshCount).contains(mesh) else { throw error("mesh \(mesh) does not exist") }
        if node.extensions?.names.contains("EXT_mesh_gpu_instancing") == true {
          throw error(GLTFDocument.refusal(of: "EXT_mesh_gpu_instancing"))
        }
        list.append(Placement(name: node.name ?? document.meshes?[mesh].name ?? "", mesh: mesh, frame: frame))
      }
      pending += (node.children ?? []).reversed().map { ($0, frame) }
    }
    // A library of meshes without nodes.
    if document.nodes == nil {
      list = (document.meshes ?? []).enumerated().map { Placement(name: $1.name ?? "", mesh: $0, frame: .index) }
    }
  }

  private static func roots(_ document: GLTFDocument, file: String) throws -> [Int] {
    if let scenes = document.scenes, !scenes.isEmpty {
      let scene = document.scene ?? 0
      guard scenes.indices.contains(scene) else { throw MeshFileError(file, nil, "scene \(scene) does not exist") }
      return scenes[scene].nodes ?? []
    }
    let children = Set((document.nodes ?? []).flatMap { $0.children ?? [] })
    return (document.nodes ?? []).indices.filter { !children.contains($0) }
  }

  /// The matrix of a node, by columns, or its scale, then rotation (a quaternion x y z w), then translation.
  private static func frame(of node: GLTFDocument.Node) -> GridFrame? {
    func list(_ values: [Double]?, _ standard: [Double]) -> [Double]? {
      guard let values else { return standard }
      return values.count == standard.count && values.allSatisfy { abs($0) <= 1e18 } ? values : nil
    }
    if node.matrix != nil {
      guard let m = list(node.matrix, Array(repeating: 0, count: 16)) else { return nil }
      return GridFrame(x: [m[0], m[4], m[8], m[12]], y: [m[1], m[5], m[9], m[13]], z: [m[2], m[6], m[10], m[14]])
    }
    guard let t = list(node.translation, [0, 0, 0]), let q = list(node.rotation, [0, 0, 0, 1]),
      let s = list(node.scale, [1, 1, 1])
    else { return nil }
    let length = q.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard length > 1e-9 else { return nil }
    let (x, y, z, w) = (q[0] / length, q[1] / length, q[2] / length, q[3] / length)
    let rows: [SIMD3<Double>] = [
      [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
      [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
      [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    let scale = SIMD3(s[0], s[1], s[2])
    return GridFrame(rows: (0..<3).map { SIMD4(rows[$0] * scale, t[$0]) })
  }
}

extension GridFrame {
  /// The map that does `inner` first and this one then.
  fileprivate func after(_ inner: GridFrame) -> GridFrame {
    func row(_ row: SIMD4<Double>) -> SIMD4<Double> {
      row.x * inner.x + row.y * inner.y + row.z * inner.z + SIMD4(0, 0, 0, row.w)
    }
    return GridFrame(x: row(x), y: row(y), z: row(z))
  }
}
