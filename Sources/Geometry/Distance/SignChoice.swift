import CMeshQueries
import Randomness

/// Chooses the method that gives a mesh its signs.
struct SignChoice {
  /// The mesh, with faces turned if that was needed for winding numbers.
  let mesh: Mesh
  private let options: MeshDistanceField.Options
  private let topology: MeshTopology
  private let turnedFaceCount: Int

  /// Probe points by which methods are judged.
  private static let probeCount = 4096
  /// A larger share of ambiguous probes than this speaks against a method.
  private static let tolerableShare = 0.05

  /// Looks at a mesh.
  init(_ mesh: Mesh, _ options: MeshDistanceField.Options) {
    self.options = options
    let topology = MeshTopology(mesh.welded())
    let isSound = topology.isConsistentlyOriented && topology.isManifold && topology.componentCount == 1
    guard options.sign == .auto || options.sign == .winding, !(isSound && mesh.signedVolume > 0) else {
      (self.mesh, self.topology, turnedFaceCount) = (mesh, topology, 0)
      return
    }
    let repair = mesh.repairedOrientation()
    let repaired = repair.turnedFaceCount == 0 ? topology : MeshTopology(repair.mesh.welded())
    // Where more than two faces meet, turning may make it worse.
    let isBetter = repaired.inconsistentEdgeCount <= topology.inconsistentEdgeCount
    (self.mesh, self.topology) = isBetter ? (repair.mesh, repaired) : (mesh, topology)
    turnedFaceCount = isBetter ? repair.turnedFaceCount : 0
  }

  /// The test and why it was chosen, for the tree of this choice's mesh.
  func made(_ faces: FaceTree) throws -> (any InsideTest, SignDecision) {
    switch options.sign {
    case .auto: try automatic(faces)
    case .winding: judged(winding(faces), .winding, "asked for" + turned, faces)
    case .visibility: judged(try visibility(faces), .visibility, "asked for", faces)
    case .parity: judged(try RayParity(faces), .parity, "asked for", faces)
    case .normal: judged(try NormalVote(faces, cameras: options.cameras), .normal, "asked for", faces)
    }
  }

  /// Winding numbers unless they are undecided at many points, as where faces cannot be turned to agree; then visibility.
  private func automatic(_ faces: FaceTree) throws -> (any InsideTest, SignDecision) {
    let openness = topology.isClosed ? "closed" : "\(topology.boundaryEdgeCount) boundary edges"
    let edges = "\(topology.inconsistentEdgeCount) edges whose faces do not agree"
    let state = openness + ", " + (topology.isConsistentlyOriented ? "consistently oriented" : edges)
    let (test, decision) = judged(winding(faces), .winding, state + turned, faces)
    if decision.ambiguousShare <= Self.tolerableShare { return (test, decision) }
    let reason = "\(state), winding numbers undecided at \(percent(decision)) of points"
    return judged(try visibility(faces), .visibility, reason, faces)
  }

  private var turned: String { turnedFaceCount > 0 ? " (\(turnedFaceCount) faces turned)" : "" }

  private func percent(_ decision: SignDecision) -> String {
    "\((decision.ambiguousShare * 1000).rounded() / 10) %"
  }

  private func winding(_ faces: FaceTree) -> any InsideTest {
    WindingNumber(faces, isClosed: topology.isClosed && topology.isConsistentlyOriented)
  }

  private func visibility(_ faces: FaceTree) throws -> any InsideTest {
    try Visibility(faces, cameras: options.cameras)
  }

  /// The test with what it says of seeded probe points: half of them near the surface, half in the box.
  private func judged(
    _ test: any InsideTest, _ method: SignMethod, _ reason: String, _ faces: FaceTree
  ) -> (any InsideTest, SignDecision) {
    let probes = probes(round: faces)
    var nearest = [mq_nearest](repeating: mq_nearest(), count: Self.probeCount)
    mq_nearest_points(faces.tree, probes, Self.probeCount, &nearest)
    var margins = [Float](repeating: 0, count: Self.probeCount)
    probes.withUnsafeBufferPointer { points in
      nearest.withUnsafeBufferPointer { nearest in
        guard let points = points.baseAddress, let nearest = nearest.baseAddress else { return }
        test.margins(of: QueryBlock(points: points, nearest: nearest, count: Self.probeCount), into: &margins)
      }
    }
    let ambiguous = margins.count { abs($0) < InsideMargin.ambiguous }
    let mean = margins.reduce(0) { $0 + Double(abs($1)) } / Double(Self.probeCount)
    return (
      test,
      SignDecision(
        method: method, reason: reason, margin: mean, ambiguousShare: Double(ambiguous) / Double(Self.probeCount))
    )
  }

  /// In spatial order, three numbers each. The same for every mesh of the same faces: the seed is fixed.
  private func probes(round faces: FaceTree) -> [Float] {
    var generator = SeededGenerator(seed: 0)
    let extent = faces.bounds.extent
    let spread = 0.02 * Double(extent.max())
    let points = (0..<Self.probeCount).flatMap { index -> [Float] in
      if index % 2 == 0 {
        return (0..<3).map { faces.bounds.lower[$0] + Float(generator.uniform()) * extent[$0] }
      }
      let corner = faces.corners + 9 * generator.integer(below: faces.faceCount)
      let (u, v) = (generator.uniform(), generator.uniform())
      let (a, b) = u + v > 1 ? (1 - u, 1 - v) : (u, v)
      return (0..<3).map { axis in
        let edges = Double(corner[axis + 3] - corner[axis]) * a + Double(corner[axis + 6] - corner[axis]) * b
        return Float(Double(corner[axis]) + edges + generator.uniform(in: -spread..<spread))
      }
    }
    var order = [UInt32](repeating: 0, count: Self.probeCount)
    mq_spatial_order(points, Self.probeCount, &order)
    return order.flatMap { [points[3 * Int($0)], points[3 * Int($0) + 1], points[3 * Int($0) + 2]] }
  }
}
