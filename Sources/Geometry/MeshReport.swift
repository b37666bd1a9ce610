/// What there is to know about a mesh before it is used: how large it is, how its faces hang together and what is wrong.
///
/// Everything but the counts of vertices and faces is found after vertices at equal positions were made one, because
/// soups of triangles and most OBJ files have no shared vertices; `storedTopology` is how it would be without.
public struct MeshReport: Sendable, Equatable, Codable {
  /// Vertices of the mesh as it is stored.
  public var vertexCount: Int
  /// Faces of the mesh as it is stored.
  public var faceCount: Int
  /// Vertices without a face.
  public var unreferencedVertexCount: Int
  /// Vertices at the position of an earlier one.
  public var duplicateVertexCount: Int
  /// Faces with two corners in one place, which the topology leaves out.
  public var collapsedFaceCount: Int
  /// Faces with three corners but no area: higher by less than a millionth of the longest side.
  public var flatFaceCount: Int
  /// Faces with the same three corners as an earlier one, turned or not.
  public var duplicateFaceCount: Int
  /// How faces hang together after welding.
  public var topology: MeshTopology
  /// How they hang together as stored, if that is different.
  public var storedTopology: MeshTopology?
  /// There are faces, and every edge has an even number of them.
  public var isClosed: Bool
  /// Neighbouring faces look to the same side.
  public var isOriented: Bool
  /// Every edge has one or two faces, and every vertex one fan.
  public var isManifold: Bool
  /// Whether turning faces can make the mesh oriented; edges of more than two faces are no obstacle to that.
  public var isOrientable: Bool
  /// How many faces `Mesh.repairedOrientation` would turn.
  public var facesToTurn: Int
  /// Components without a border whose faces look to one side.
  public var closedComponentCount: Int
  /// How many of these look inward, as the walls of cavities should.
  public var inwardComponentCount: Int
  /// Whether the faces look outward, by the sign of the volume; nil unless the mesh is closed and oriented.
  public var isOutward: Bool?
  /// Sum of the areas of all faces.
  public var area: Double
  /// The volume inside; nil unless the mesh is closed and oriented.
  public var volume: Double?
  /// Handles, in all components together, with borders closed by discs; nil unless the mesh is manifold and oriented.
  public var genus: Int?
  /// Box round all vertices.
  public var bounds: Bounds?
  /// Faces that pass through each other; nil if not looked for.
  public var crossings: MeshCrossings?

  /// V - E + F after welding.
  public var eulerNumber: Int { topology.eulerNumber }

  /// Looks at a mesh.
  ///
  /// *Parameters*: `crossingWork` bounds the comparisons made to find faces that pass through each other: the standard
  /// takes some seconds at most and is enough for a million faces that are mostly sound; 0 leaves it out.
  /// *Throws*: `MeshError` for broken indices or positions.
  public init(_ mesh: Mesh, crossingWork: Int = 200_000_000) throws {
    try mesh.validate()
    let welded = mesh.welded()
    topology = MeshTopology(welded)
    let stored = MeshTopology(mesh)
    storedTopology = stored == topology ? nil : stored
    (vertexCount, faceCount) = (mesh.positions.count, mesh.faces.count)
    collapsedFaceCount = mesh.faces.count - welded.faces.count
    var isUsed = [Bool](repeating: false, count: mesh.positions.count)
    for face in mesh.faces { for corner in 0..<3 { isUsed[Int(face[corner])] = true } }
    unreferencedVertexCount = isUsed.count { !$0 }
    var places = PositionTable(capacity: mesh.positions.count, cell: 0)
    for position in mesh.positions { _ = places.group(of: position) }
    duplicateVertexCount = mesh.positions.count - places.positions.count
    flatFaceCount = welded.faces.count { welded.isFlat($0) }
    duplicateFaceCount = welded.faces.count - Set(welded.faces.map(sortedCorners)).count

    isClosed = topology.isClosed && !welded.faces.isEmpty
    isOriented = topology.isConsistentlyOriented
    isManifold = topology.isManifold
    let repair = mesh.repairedOrientation()
    (isOrientable, facesToTurn) = (repair.unorientablePatchCount == 0, repair.turnedFaceCount)
    let shells = ClosedComponents(welded)
    (closedComponentCount, inwardComponentCount) = (shells.count, shells.inwardCount)
    area = welded.area
    volume = isClosed && isOriented ? welded.signedVolume : nil
    isOutward = volume.map { $0 > 0 }
    // 2 - 2 genus - loops for every component.
    let handles = 2 * topology.componentCount - topology.boundaryLoopCount - topology.eulerNumber
    genus = isManifold && isOriented && !welded.faces.isEmpty ? handles / 2 : nil
    bounds = mesh.bounds
    crossings = crossingWork > 0 ? MeshCrossings(welded, work: crossingWork) : nil
  }
}

/// The corners of a face in ascending order: equal for faces with the same corners.
func sortedCorners(_ face: SIMD3<UInt32>) -> SIMD3<UInt32> {
  let (low, high) = (face.min(), face.max())
  return SIMD3(low, face.x ^ face.y ^ face.z ^ low ^ high, high)
}

extension Mesh {
  /// Whether a face is higher by less than a millionth of its longest side.
  fileprivate func isFlat(_ face: SIMD3<UInt32>) -> Bool {
    let (a, b, c) = corners(of: face)
    let (u, v) = (SIMD3<Double>(b) - SIMD3<Double>(a), SIMD3<Double>(c) - SIMD3<Double>(a))
    func squared(_ v: SIMD3<Double>) -> Double { (v * v).sum() }
    let longest = max(squared(u), squared(v), squared(v - u))
    return squared(cross(u, v)) <= 1e-12 * longest * longest
  }
}

/// Components without a border whose faces look to one side, and how many of them look inward.
private struct ClosedComponents {
  private(set) var count = 0
  private(set) var inwardCount = 0

  /// Of a welded mesh.
  init(_ mesh: Mesh) {
    var sets = DisjointSets(count: mesh.positions.count)
    for face in mesh.faces {
      sets.join(Int(face.x), Int(face.y))
      sets.join(Int(face.x), Int(face.z))
    }
    let roots = mesh.positions.indices.map { sets.root(of: $0) }
    var isClosed = roots.enumerated().map { $0.offset == $0.element }
    let edges = HalfEdges(mesh.faces, vertexCount: mesh.positions.count)
    edges.forEachEdge { halves in
      guard let half = halves.first else { return }
      let forward = halves.count { $0.isForward }
      if 2 * forward != halves.count { isClosed[roots[Int(half.highVertex)]] = false }
    }
    var volumes = [Double](repeating: 0, count: roots.count)
    for face in mesh.faces {
      let root = roots[Int(face.x)]
      let origin = SIMD3<Double>(mesh.positions[root])
      let (a, b, c) = mesh.corners(of: face)
      let (u, v) = (SIMD3<Double>(b) - origin, SIMD3<Double>(c) - origin)
      volumes[root] += ((SIMD3<Double>(a) - origin) * cross(u, v)).sum()
    }
    for root in roots.indices where isClosed[root] {
      count += 1
      if volumes[root] < 0 { inwardCount += 1 }
    }
  }
}
