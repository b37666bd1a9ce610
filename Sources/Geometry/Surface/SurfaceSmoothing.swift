/// Smooths the steps of a binary grid's surface by low-pass filtering its vertices, each within reach of where it was.
///
/// The faces stay as they are, so the topology does too, and no vertex leaves the half voxel that a binary grid leaves
/// open. Vertices on the border of an open surface stay in place.
///
/// *Units and frame*: works in voxel indices, before the map to physical space, so that anisotropic voxels are no matter.
/// *Reference*: Taubin, "A signal processing approach to fair surface design", SIGGRAPH 1995; the bound is that of
/// Gibson, "Constrained elastic surface nets", 1998. Differs: both together, on the mesh of marching cubes.
/// *Limits*: details of one voxel, such as a plate one voxel thick, may fold into themselves by less than the reach.
public struct SurfaceSmoothing: Sendable, Equatable {
  /// Number of pairs of a shrinking and a growing step.
  public var iterations: Int
  /// Farthest a vertex moves along each axis, in voxels.
  public var reach: Float

  /// A smoothing of the given strength.
  public init(iterations: Int = 30, reach: Float = 0.5) {
    (self.iterations, self.reach) = (iterations, reach)
  }

  /// Factor of the shrinking step, and of the growing one that undoes it for all but short waves.
  private static let factors: [Float] = [0.5, -0.51]

  /// The mesh with its vertices moved.
  func smoothed(_ mesh: Mesh) -> Mesh {
    let neighbours = VertexNeighbours(mesh)
    let lower = mesh.positions.map { $0 - reach }
    let upper = mesh.positions.map { $0 + reach }
    var (current, next) = (mesh.positions, mesh.positions)
    for _ in 0..<max(0, iterations) {
      for factor in Self.factors {
        for vertex in current.indices {
          let moved = current[vertex] + factor * (neighbours.mean(of: vertex, in: current) - current[vertex])
          next[vertex] = moved.clamped(lowerBound: lower[vertex], upperBound: upper[vertex])
        }
        swap(&current, &next)
      }
    }
    return Mesh(positions: current, faces: mesh.faces)
  }
}

/// The vertices that share an edge with each vertex of an oriented manifold.
private struct VertexNeighbours {
  private var starts: [Int]
  private var members: [UInt32]

  init(_ mesh: Mesh) {
    starts = [Int](repeating: 0, count: mesh.positions.count + 1)
    for face in mesh.faces {
      for corner in 0..<3 { starts[Int(face[corner]) + 1] += 1 }
    }
    for vertex in mesh.positions.indices { starts[vertex + 1] += starts[vertex] }
    members = [UInt32](repeating: 0, count: 3 * mesh.faces.count)
    var next = starts
    for face in mesh.faces {
      for corner in 0..<3 {
        let vertex = Int(face[corner])
        members[next[vertex]] = face[(corner + 1) % 3]
        next[vertex] += 1
      }
    }
    fixBorders(count: mesh.positions.count)
  }

  /// Makes vertices with a one-sided edge their own only neighbours.
  private mutating func fixBorders(count: Int) {
    var isFixed = [Bool](repeating: false, count: count)
    for vertex in 0..<count {
      for other in self[vertex] where !self[Int(other)].contains(UInt32(vertex)) {
        (isFixed[vertex], isFixed[Int(other)]) = (true, true)
      }
    }
    for vertex in 0..<count where isFixed[vertex] {
      for position in starts[vertex]..<starts[vertex + 1] { members[position] = UInt32(vertex) }
    }
  }

  private subscript(_ vertex: Int) -> ArraySlice<UInt32> { members[starts[vertex]..<starts[vertex + 1]] }

  /// Mean position of the neighbours; the vertex itself without any.
  func mean(of vertex: Int, in positions: [SIMD3<Float>]) -> SIMD3<Float> {
    let (first, last) = (starts[vertex], starts[vertex + 1])
    guard last > first else { return positions[vertex] }
    var sum = SIMD3<Float>.zero
    for position in first..<last { sum += positions[Int(members[position])] }
    return sum / Float(last - first)
  }
}
