import CMeshQueries
import Randomness

/// Chooses the method that gives a mesh its signs.
struct SignChoice {
  private let mesh: Mesh
  private let faces: FaceTree
  private let options: MeshDistanceField.Options

  /// Probe points by which methods are judged.
  private static let probeCount = 4096
  /// A larger share of ambiguous probes than this speaks against a method.
  private static let tolerableShare = 0.05

  init(_ mesh: Mesh, _ faces: FaceTree, _ options: MeshDistanceField.Options) {
    (self.mesh, self.faces, self.options) = (mesh, faces, options)
  }

  /// The test and why it was chosen.
  func made() throws -> (any InsideTest, SignDecision) {
    switch options.sign {
    case .auto: try automatic()
    case .winding: judged(try winding(), .winding, "asked for")
    case .visibility: judged(visibility(), .visibility, "asked for")
    case .parity: judged(RayParity(faces: faces), .parity, "asked for")
    case .normal: judged(try normal(), .normal, "asked for")
    }
  }

  /// Winding numbers where the orientation of the faces means something, else visibility.
  private func automatic() throws -> (any InsideTest, SignDecision) {
    let topology = MeshTopology(mesh.welded())
    let state = topology.isClosed ? "closed" : "\(topology.boundaryEdgeCount) boundary edges"
    if topology.isConsistentlyOriented {
      let (test, decision) = judged(try winding(), .winding, "\(state), consistently oriented")
      if topology.isClosed || decision.ambiguousShare <= Self.tolerableShare { return (test, decision) }
      return judged(visibility(), .visibility, "\(state): winding numbers undecided at \(percent(decision)) of points")
    }
    let edges = "\(topology.inconsistentEdgeCount) edges with faces turned against each other"
    if let turned = try turnedRound(edges), turned.1.ambiguousShare <= Self.tolerableShare { return turned }
    return judged(visibility(), .visibility, edges)
  }

  /// Winding numbers of the mesh with its faces turned to agree.
  private func turnedRound(_ edges: String) throws -> (any InsideTest, SignDecision)? {
    nil
  }

  private func percent(_ decision: SignDecision) -> String {
    "\((decision.ambiguousShare * 1000).rounded() / 10) %"
  }

  private func winding() throws -> any InsideTest {
    try WindingNumber(faces, looksInward: mesh.signedVolume < 0)
  }

  private func visibility() -> any InsideTest { Visibility(faces, cameras: options.cameras) }

  private func normal() throws -> any InsideTest { Visibility(faces, cameras: options.cameras) }

  /// The test with what it says of seeded probe points: half of them near the surface, half in the box.
  private func judged(
    _ test: any InsideTest, _ method: SignMethod, _ reason: String
  ) -> (any InsideTest, SignDecision) {
    let probes = probes()
    var nearest = [mq_nearest](repeating: mq_nearest(), count: Self.probeCount)
    mq_nearest_points(UnsafeMutableRawPointer(faces.scene), faces.corners, probes, Self.probeCount, &nearest)
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
  private func probes() -> [Float] {
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
