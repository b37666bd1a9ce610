/// Smooths the steps of a binary grid's surface by low-pass filtering its vertices, each within reach of where it was.
///
/// Afterwards every part is moved along its normals until it has its volume again, so that small parts do not shrink
/// away. The faces stay as they are, so the topology does too, and no vertex leaves the half voxel that a binary grid leaves
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
    var result = Mesh(positions: current, faces: mesh.faces)
    let parts = MeshParts(mesh)
    let targets = parts.measures(of: mesh).map(\.volume)
    for _ in 0..<8 {
      let offsets = zip(parts.measures(of: result), targets).map { now, target in
        now.area > 0 ? Float(max(-0.1, min(0.1, (target - now.volume) / now.area))) : 0
      }
      let normals = result.vertexNormals()
      for vertex in result.positions.indices where !neighbours.isFixed[vertex] {
        let moved = result.positions[vertex] + offsets[parts.numbers[vertex]] * normals[vertex]
        result.positions[vertex] = moved.clamped(lowerBound: lower[vertex], upperBound: upper[vertex])
      }
    }
    return result
  }
}

/// The connected parts of a mesh, each of which gets its volume back after the filter.
private struct MeshParts {
  /// Number of its part, for every vertex.
  private(set) var numbers: [Int]
  private var count = 0

  init(_ mesh: Mesh) {
    var sets = DisjointSets(count: mesh.positions.count)
    for face in mesh.faces {
      sets.join(Int(face.x), Int(face.y))
      sets.join(Int(face.x), Int(face.z))
    }
    numbers = [Int](repeating: 0, count: mesh.positions.count)
    for vertex in mesh.positions.indices {
      // A root is the smallest of its set, so it has its number before any other member asks.
      let root = sets.root(of: vertex)
      if root == vertex {
        numbers[vertex] = count
        count += 1
      } else {
        numbers[vertex] = numbers[root]
      }
    }
  }

  func measures(of mesh: Mesh) -> [(volume: Double, area: Double)] {
    var result = [(volume: Double, area: Double)](repeating: (0, 0), count: count)
    for face in mesh.faces {
      let part = numbers[Int(face.x)]
      let (a, b, c) = mesh.corners(of: face)
      let normal = cross(SIMD3<Double>(b) - SIMD3<Double>(a), SIMD3<Double>(c) - SIMD3<Double>(a))
      result[part].volume += (SIMD3<Double>(a) * normal).sum() / 6
      result[part].area += (normal * normal).sum().squareRoot() / 2
    }
    return result
  }
}

/// The vertices that share an edge with each vertex of an oriented manifold.
private struct VertexNeighbours {
  private var starts: [Int]
  private var members: [UInt32]
  /// Whether a vertex lies on the border of an open surface.
  private(set) var isFixed: [Bool]

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
    isFixed = [Bool](repeating: false, count: mesh.positions.count)
    fixBorders(count: mesh.positions.count)
  }

  /// Makes vertices with a one-sided edge their own only neighbours.
  private mutating func fixBorders(count: Int) {
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
