/// One object of a scene as the inner loop reads it: usable faces only, colours in linear light.
///
/// `@unchecked Sendable`: written once in `init`, then only read.
final class PreparedObject: @unchecked Sendable {
  /// Positions of the three corners of each face, [3 F].
  let corners: UnsafeMutableBufferPointer<SIMD3<Float>>
  /// Normals of the three corners of each face, [3 F]; nil if flat.
  let normals: UnsafeMutableBufferPointer<SIMD3<Float>>?
  /// Linear colours of the three corners of each face, [3 F]; nil if of one colour.
  let colors: UnsafeMutableBufferPointer<SIMD3<Float>>?
  let color: SIMD3<Float>
  let gridLines: PreparedLines?
  let bounds: Bounds?
  let skippedFaceCount: Int

  /// Prepares an object; faces without area or with coordinates that are not finite are left out.
  init(_ object: RenderObject) throws(PictureError) {
    let mesh = object.mesh
    let vertexCount = mesh.positions.count
    guard vertexCount <= Int(Int32.max), mesh.faces.count <= Int(Int32.max) / 3 else {
      throw PictureError("A mesh of \(mesh.faces.count) faces is too large to draw; reduce it first.")
    }
    if let colors = object.vertexColors, colors.count != vertexCount {
      throw PictureError("\(colors.count) vertex colours were given for \(vertexCount) vertices; give one per vertex.")
    }
    var faces: [SIMD3<UInt32>] = []
    faces.reserveCapacity(mesh.faces.count)
    for (index, face) in mesh.faces.enumerated() {
      guard face.max() < UInt32(vertexCount) else {
        throw PictureError("Face \(index) uses vertex \(face.max()), but the mesh has \(vertexCount); repair the mesh.")
      }
      if Self.isDrawable(face, mesh.positions) { faces.append(face) }
    }
    skippedFaceCount = mesh.faces.count - faces.count
    corners = Self.perCorner(faces) { mesh.positions[$0] }
    bounds = Bounds(corners)
    color = object.color.linear
    gridLines = object.gridLines.flatMap(PreparedLines.init)
    let linear = object.vertexColors?.map(\.linear)
    colors = linear.map { values in Self.perCorner(faces) { values[$0] } }
    switch object.shading {
    case .flat: normals = nil
    case .smooth(let creaseAngle):
      let values = CornerNormals(positions: mesh.positions, faces: faces).normals(creaseAngle: creaseAngle)
      let buffer = UnsafeMutableBufferPointer<SIMD3<Float>>.allocate(capacity: max(values.count, 1))
      _ = buffer.initialize(from: values)
      normals = buffer
    }
  }

  deinit {
    corners.deallocate()
    normals?.deallocate()
    colors?.deallocate()
  }

  private static func isDrawable(_ face: SIMD3<UInt32>, _ positions: [SIMD3<Float>]) -> Bool {
    let (a, b, c) = (positions[Int(face.x)], positions[Int(face.y)], positions[Int(face.z)])
    guard Bounds.isUsable(a), Bounds.isUsable(b), Bounds.isUsable(c) else { return false }
    // Edges are brought to size 1 before the product, which would underflow for very small faces.
    let (first, second) = (b - a, c - a)
    let size = max(first.max(), -first.min(), second.max(), -second.min())
    guard size > 0 else { return false }
    return (first / size).cross(second / size).length > 1e-9
  }

  private static func perCorner(
    _ faces: [SIMD3<UInt32>], _ value: (Int) -> SIMD3<Float>
  ) -> UnsafeMutableBufferPointer<SIMD3<Float>> {
    let buffer = UnsafeMutableBufferPointer<SIMD3<Float>>.allocate(capacity: faces.count * 3)
    for (index, face) in faces.enumerated() {
      for corner in 0..<3 { buffer.initializeElement(at: index * 3 + corner, to: value(Int(face[corner]))) }
    }
    return buffer
  }
}
