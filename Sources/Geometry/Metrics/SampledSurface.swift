/// A mesh with random points of its surface.
struct SampledSurface {
  let mesh: Mesh
  let positions, normals: [SIMD3<Float>]
  let tree: PointCloudTree
  /// Diagonal of the box of the mesh.
  let diagonal: Double

  /// Distances of samples and the unit normals of the places that they are measured to.
  struct Match {
    var distances: [Double]
    var normals: [SIMD3<Float>]
  }

  /// Samples a mesh; different roles get different points of the same mesh, as independent samplings do.
  init(_ mesh: Mesh, _ options: ComparisonOptions, role: UInt64) throws {
    let used = mesh.usedPositions
    if !used.isEmpty { try ComparisonError.check(used) }
    let samples = try SurfaceSampler(mesh).points(
      count: options.sampleCount, seed: options.seed &+ role &* 0x9E37_79B9_7F4A_7C15, threadCount: options.threadCount)
    self.mesh = mesh
    (positions, normals) = (samples.map(\.position), samples.map(\.normal))
    tree = try PointCloudTree(positions)
    diagonal = Bounds(used)?.diagonal ?? 0
  }

  /// Measures the own samples against another surface.
  func match(to other: SampledSurface, _ options: ComparisonOptions) throws -> Match {
    switch options.target {
    case .points:
      let neighbors = other.tree.nearest(to: positions, threadCount: options.threadCount)
      return Match(distances: neighbors.map(\.distance), normals: neighbors.map { other.normals[$0.index] })
    case .surface:
      let places = try MeshDistanceField(other.mesh, sign: options.sign, threadCount: options.threadCount)
        .unsignedQuery(positions, wants: [.closestPoints, .faces])
      let faceNormals = other.mesh.faceNormals()
      let distances = zip(positions, places.closestPoints).map { position, closest in
        let offset = SIMD3<Double>(closest) - SIMD3<Double>(position)
        return (offset * offset).sum().squareRoot()
      }
      return Match(distances: distances, normals: places.faces.map { faceNormals[Int($0)] })
    }
  }
}
