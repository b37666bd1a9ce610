/// How the faces of a mesh hang together; says nothing about where they lie.
public struct MeshTopology: Sendable, Equatable, Codable {
  /// Vertices that have a face.
  public private(set) var vertexCount = 0
  /// Different edges.
  public private(set) var edgeCount = 0
  /// Faces.
  public private(set) var faceCount = 0
  /// Edges with one face.
  public private(set) var boundaryEdgeCount = 0
  /// Rings of edges with one face: holes, and rims of open parts.
  public private(set) var boundaryLoopCount = 0
  /// Edges with more than two faces.
  public private(set) var nonManifoldEdgeCount = 0
  /// Edges with an odd number of faces.
  public private(set) var oddEdgeCount = 0
  /// Edges that more faces pass one way than the other, borders not counted.
  public private(set) var inconsistentEdgeCount = 0
  /// Vertices whose faces fall into several fans.
  public private(set) var nonManifoldVertexCount = 0
  /// Groups of faces that share vertices.
  public private(set) var componentCount = 0

  /// V - E + F.
  public var eulerNumber: Int { vertexCount - edgeCount + faceCount }
  /// Every edge has an even number of faces: the surface separates inside from outside.
  public var isClosed: Bool { oddEdgeCount == 0 }
  /// Neighbouring faces pass their common edge in opposite directions.
  public var isConsistentlyOriented: Bool { inconsistentEdgeCount == 0 }
  /// Every edge has one or two faces, and the faces of every vertex form one fan.
  public var isManifold: Bool { nonManifoldEdgeCount == 0 && nonManifoldVertexCount == 0 }

  /// The topology of a mesh. Faces that name a vertex twice are not counted; traps if an index is out of range.
  public init(_ mesh: Mesh) {
    let faces = mesh.faces.filter { $0.x != $0.y && $0.y != $0.z && $0.z != $0.x }
    faceCount = faces.count
    var vertices = DisjointSets(count: mesh.positions.count)
    var isUsed = [Bool](repeating: false, count: mesh.positions.count)
    for face in faces {
      for corner in 0..<3 { isUsed[Int(face[corner])] = true }
      vertices.join(Int(face.x), Int(face.y))
      vertices.join(Int(face.x), Int(face.z))
    }
    for vertex in isUsed.indices where isUsed[vertex] {
      vertexCount += 1
      if vertices.root(of: vertex) == vertex { componentCount += 1 }
    }
    var fans = DisjointSets(count: 3 * faces.count)
    let edges = HalfEdges(faces, vertexCount: mesh.positions.count)
    countEdges(edges, &fans)
    countLoops(edges, &fans)
    var fanCount = [UInt8](repeating: 0, count: mesh.positions.count)
    for corner in 0..<(3 * faces.count) where fans.root(of: corner) == corner {
      let vertex = Int(faces[corner / 3][corner % 3])
      if fanCount[vertex] == 1 { nonManifoldVertexCount += 1 }
      fanCount[vertex] = min(2, fanCount[vertex] + 1)
    }
  }

  /// Counts edges of every kind and joins the corners of faces that meet at an edge.
  private mutating func countEdges(_ edges: HalfEdges, _ fans: inout DisjointSets) {
    edges.forEachEdge { halves in
      edgeCount += 1
      let forward = halves.count { $0.isForward }
      let backward = halves.count - forward
      if halves.count == 1 { boundaryEdgeCount += 1 }
      if halves.count > 2 { nonManifoldEdgeCount += 1 }
      if halves.count % 2 == 1 { oddEdgeCount += 1 }
      if abs(forward - backward) > halves.count % 2 { inconsistentEdgeCount += 1 }
      guard let first = halves.first else { return }
      for other in halves.dropFirst() {
        fans.join(first.lowCorner, other.lowCorner)
        fans.join(first.highCorner, other.highCorner)
      }
    }
  }
}

extension MeshTopology {
  /// Counts chains of boundary edges; where chains touch in a vertex, each goes on round its own fan of faces.
  private mutating func countLoops(_ edges: HalfEdges, _ fans: inout DisjointSets) {
    guard boundaryEdgeCount > 0 else { return }
    var chains = DisjointSets(count: 3 * faceCount)
    var ends: [Int] = []
    edges.forEachEdge { halves in
      guard halves.count == 1, let half = halves.first else { return }
      let (low, high) = (fans.root(of: half.lowCorner), fans.root(of: half.highCorner))
      chains.join(low, high)
      ends.append(low)
    }
    boundaryLoopCount = Set(ends.map { chains.root(of: $0) }).count
  }
}

/// The sides of all faces, grouped by edge.
struct HalfEdges {
  /// A side of a face, seen from the edge's vertex with the lower number.
  struct Half {
    var highVertex: UInt32
    /// Number of the side: three times the face plus the corner where it starts.
    var side: UInt32
    var isForward: Bool

    private var nextCorner: Int { Int(side % 3 == 2 ? side - 2 : side + 1) }
    var lowCorner: Int { isForward ? Int(side) : nextCorner }
    var highCorner: Int { isForward ? nextCorner : Int(side) }
  }

  private var halves: [Half]
  private var starts: [Int]

  /// Sorted by lower vertex by counting, then by higher vertex within the few of each.
  init(_ faces: [SIMD3<UInt32>], vertexCount: Int) {
    starts = [Int](repeating: 0, count: vertexCount + 1)
    for face in faces {
      for corner in 0..<3 { starts[Int(min(face[corner], face[(corner + 1) % 3])) + 1] += 1 }
    }
    for vertex in 0..<vertexCount { starts[vertex + 1] += starts[vertex] }
    var next = starts
    halves = [Half](repeating: Half(highVertex: 0, side: 0, isForward: true), count: 3 * faces.count)
    for (index, face) in faces.enumerated() {
      for corner in 0..<3 {
        let (a, b) = (face[corner], face[(corner + 1) % 3])
        let low = Int(min(a, b))
        halves[next[low]] = Half(highVertex: max(a, b), side: UInt32(3 * index + corner), isForward: a < b)
        next[low] += 1
      }
    }
    for vertex in 0..<vertexCount where starts[vertex + 1] - starts[vertex] > 1 {
      halves[starts[vertex]..<starts[vertex + 1]].sort { ($0.highVertex, $0.side) < ($1.highVertex, $1.side) }
    }
  }

  func forEachEdge(_ body: (ArraySlice<Half>) -> Void) {
    for vertex in 0..<(starts.count - 1) {
      var first = starts[vertex]
      let end = starts[vertex + 1]
      while first < end {
        var last = first + 1
        while last < end, halves[last].highVertex == halves[first].highVertex { last += 1 }
        body(halves[first..<last])
        first = last
      }
    }
  }
}

/// Union-find; the root of a set is its smallest member.
struct DisjointSets {
  private var parent: [UInt32]

  init(count: Int) { parent = (0..<UInt32(count)).map { $0 } }

  mutating func root(of member: Int) -> Int {
    var member = UInt32(member)
    while parent[Int(member)] != member {
      parent[Int(member)] = parent[Int(parent[Int(member)])]
      member = parent[Int(member)]
    }
    return Int(member)
  }

  mutating func join(_ first: Int, _ second: Int) {
    let (a, b) = (root(of: first), root(of: second))
    if a != b { parent[max(a, b)] = UInt32(min(a, b)) }
  }
}
