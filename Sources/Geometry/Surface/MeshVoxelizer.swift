/// Turns a mesh into a binary grid: 1 inside and, if wanted, where the surface passes, 0 elsewhere.
///
/// A voxel is inside if the signed distance of its centre is negative; so open meshes, meshes that cross themselves and
/// those without orientation are as solid as `MeshDistanceField` finds them.
public struct MeshVoxelizer: Sendable, Equatable {
  /// Number of voxels along each side of the grid.
  public var side: Int
  /// Empty voxels kept on each side of the longest extent.
  public var margin: Int = 0
  /// Whether voxels that the surface passes through are solid too, so that thin parts do not vanish.
  public var includesSurface = true

  /// How inside and outside are told apart.
  public var sign = SignMethod.auto

  /// Grids of the given side.
  public init(side: Int) { self.side = side }

  /// The solid of a mesh on a cubic grid that its bounding box fills, centred, without distortion.
  ///
  /// *Throws*: `MeshError` for a mesh without faces or with broken ones, and for a side outside 1...1024.
  public func solid(of mesh: Mesh) throws -> ScalarGrid {
    let placement = try placement(of: mesh)
    let local = placement.local
    let field = try MeshDistanceField(mesh, sign: sign)
    let distances = try ScalarGrid(sampling: field, shape: .init(cube: side), frame: placement.frame).values
    var values = distances.map { $0 < 0 ? Float(1) : 0 }
    if includesSurface { markSurface(of: mesh, local, in: &values) }
    return ScalarGrid(shape: .init(cube: side), values: values, frame: placement.frame)
  }

  /// The voxels that the surface of a mesh passes through, on the same grid: needs no inside.
  ///
  /// *Throws*: as `solid(of:)`.
  public func surface(of mesh: Mesh) throws -> ScalarGrid {
    let placement = try placement(of: mesh)
    var values = [Float](repeating: 0, count: side * side * side)
    markSurface(of: mesh, placement.local, in: &values)
    return ScalarGrid(shape: .init(cube: side), values: values, frame: placement.frame)
  }

  /// Where the grid lies, and the vertices in its voxels.
  private func placement(of mesh: Mesh) throws -> (frame: GridFrame, local: [SIMD3<Double>]) {
    guard (1...1024).contains(side), margin >= 0, 2 * margin < side else { throw MeshError.invalidSide(side) }
    try mesh.validate()
    guard !mesh.faces.isEmpty, let bounds = mesh.bounds else { throw MeshError.noFaces }
    let extent = SIMD3<Double>(bounds.upper) - SIMD3<Double>(bounds.lower)
    let cell = max(extent.max() / Double(side - 2 * margin), .leastNormalMagnitude)
    let center = SIMD3<Double>(bounds.lower) + extent / 2
    let origin = center - cell * (Double(side) - 1) / 2
    let local = mesh.positions.map { (SIMD3<Double>($0) - origin) / cell }
    return (GridFrame(origin: origin, spacing: SIMD3(repeating: cell)), local)
  }

  private func markSurface(of mesh: Mesh, _ local: [SIMD3<Double>], in values: inout [Float]) {
    for face in mesh.faces { mark(local[Int(face.x)], local[Int(face.y)], local[Int(face.z)], in: &values) }
  }

  /// Sets the voxels that a triangle passes through.
  private func mark(_ a: SIMD3<Double>, _ b: SIMD3<Double>, _ c: SIMD3<Double>, in values: inout [Float]) {
    let last = Double(side - 1)
    func index(_ value: Double) -> Int { Int(min(max(value.rounded(), 0), last)) }
    let (low, high) = (pointwiseMin(pointwiseMin(a, b), c), pointwiseMax(pointwiseMax(a, b), c))
    let triangle = TriangleOverlap(a, b, c)
    for i in index(low.x)...index(high.x) {
      for j in index(low.y)...index(high.y) {
        for k in index(low.z)...index(high.z) where triangle.passes(through: [Double(i), Double(j), Double(k)]) {
          values[(i * side + j) * side + k] = 1
        }
      }
    }
  }
}

/// Separating-axis test of a triangle and unit cubes.
///
/// *Reference*: Akenine-Moeller, "Fast 3D triangle-box overlap testing", 2001.
private struct TriangleOverlap {
  /// Directions that may separate, the triangle's extent along each and half the cube's.
  private var axes: [(direction: SIMD3<Double>, low: Double, high: Double, radius: Double)] = []

  init(_ a: SIMD3<Double>, _ b: SIMD3<Double>, _ c: SIMD3<Double>) {
    let units: [SIMD3<Double>] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    let edges = [b - a, c - b, a - c]
    let directions = units + [cross(edges[0], edges[1])] + edges.flatMap { edge in units.map { cross(edge, $0) } }
    for direction in directions {
      let extents = [a, b, c].map { ($0 * direction).sum() }
      let radius = (abs(direction.x) + abs(direction.y) + abs(direction.z)) / 2
      axes.append((direction, extents.min() ?? 0, extents.max() ?? 0, radius))
    }
  }

  func passes(through center: SIMD3<Double>) -> Bool {
    for axis in axes {
      let position = (axis.direction * center).sum()
      if axis.low > position + axis.radius || axis.high < position - axis.radius { return false }
    }
    return true
  }
}
