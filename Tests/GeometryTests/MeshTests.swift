import Geometry
import Testing

@Suite("Mesh measures and topology")
struct MeshTests {
  static let tetrahedron = Mesh(
    positions: [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], faces: [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])

  @Test("a tetrahedron has its area, volume, bounds and topology")
  func tetrahedron() throws {
    let mesh = Self.tetrahedron
    #expect(abs(mesh.signedVolume - 1.0 / 6) < 1e-12)
    #expect(abs(mesh.area - (1.5 + Double(3).squareRoot() / 2)) < 1e-12)
    #expect(mesh.flipped().signedVolume == -mesh.signedVolume)
    #expect(mesh.bounds == Bounds(lower: .zero, upper: [1, 1, 1]))
    let topology = MeshTopology(mesh)
    #expect((topology.vertexCount, topology.edgeCount, topology.faceCount) == (4, 6, 4))
    #expect(topology.eulerNumber == 2 && topology.componentCount == 1)
    #expect(topology.isClosed && topology.isManifold && topology.isConsistentlyOriented)
    #expect(mesh.faceNormals()[0] == [0, 0, -1])
    let far = mesh.transformed(by: GridFrame(origin: [1000, -2000, 500], spacing: [1, 1, 1]))
    #expect(abs(far.signedVolume - 1.0 / 6) < 1e-9)
  }

  @Test("holes, turned faces, pinched vertices, fins and loose parts are counted")
  func defects() {
    var open = Self.tetrahedron
    open.faces.removeLast()
    #expect(MeshTopology(open).boundaryEdgeCount == 3 && !MeshTopology(open).isClosed)
    #expect(MeshTopology(open).isConsistentlyOriented && MeshTopology(open).isManifold)
    var turned = Self.tetrahedron
    turned.faces[0] = [0, 1, 2]
    #expect(MeshTopology(turned).inconsistentEdgeCount == 3 && MeshTopology(turned).isClosed)
    var fin = Self.tetrahedron
    fin.positions.append([2, 2, 2])
    fin.faces.append([0, 1, 4])
    #expect(MeshTopology(fin).nonManifoldEdgeCount == 1 && MeshTopology(fin).oddEdgeCount == 3)
    let second = Self.tetrahedron.transformed(by: GridFrame(origin: [5, 0, 0]))
    let both = Mesh.joined([Self.tetrahedron, second])
    #expect(MeshTopology(both).componentCount == 2 && MeshTopology(both).eulerNumber == 4)
    // Two tetrahedra that share one vertex: one component, closed, but not a manifold.
    var pinched = both
    pinched.faces = both.faces.map { $0.replacing(with: 0, where: $0 .== 4) }
    let topology = MeshTopology(pinched)
    #expect(topology.nonManifoldVertexCount == 1 && topology.componentCount == 1 && topology.isClosed)
    #expect(!topology.isManifold && topology.vertexCount == 7)
    #expect(MeshTopology(Mesh()).eulerNumber == 0 && Mesh().bounds == nil && Mesh().signedVolume == 0)
  }

  @Test("a mirroring map turns the faces round")
  func mirrored() {
    let mesh = Self.tetrahedron.transformed(by: GridFrame(spacing: [-1, 2, 3]))
    #expect(abs(mesh.signedVolume - 1) < 1e-9)
    #expect(mesh.positions[1] == [-1, 0, 0])
  }

  @Test("welding joins equal and near positions and drops faces that collapse")
  func welding() {
    let soup = Mesh(
      positions: Self.tetrahedron.faces.flatMap { face in (0..<3).map { Self.tetrahedron.positions[Int(face[$0])] } },
      faces: (0..<4).map { SIMD3<UInt32>(0, 1, 2) &+ UInt32(3 * $0) })
    #expect(MeshTopology(soup).boundaryEdgeCount == 12)
    let welded = soup.welded()
    #expect(welded.positions.count == 4 && welded.faces.count == 4 && MeshTopology(welded).isClosed)
    var shaken = soup
    for vertex in shaken.positions.indices { shaken.positions[vertex] += Float(vertex % 3) * 1e-4 }
    #expect(MeshTopology(shaken.welded()).boundaryEdgeCount > 0)
    #expect(MeshTopology(shaken.welded(tolerance: 1e-3)).isClosed)
    #expect(soup.welded(tolerance: 10) == Mesh())
    let zeros = Mesh(
      positions: [[0, 0, 0], [1, 0, 0], [0, 1, 0], [-0.0, 0, -0.0]], faces: [[0, 1, 2], [3, 2, 1]])
    #expect(zeros.welded().positions.count == 3)
  }

  @Test("broken meshes are named")
  func validation() throws {
    try Self.tetrahedron.validate()
    var mesh = Self.tetrahedron
    mesh.faces[2].y = 4
    #expect(throws: MeshError.indexOutOfRange(face: 2, index: 4, vertexCount: 4)) { try mesh.validate() }
    mesh = Self.tetrahedron
    mesh.positions[1].z = .infinity
    #expect(throws: MeshError.positionNotFinite(vertex: 1)) { try mesh.validate() }
    for format in MeshFormat.allCases { #expect(throws: MeshError.self) { try mesh.data(format: format) } }
  }

  @Test("analytic fields agree with their gradients")
  func fields() {
    func check(_ field: some AnalyticField) {
      var random = SplitMix(state: 4)
      for _ in 0..<200 {
        let point = SIMD3<Float>(
          .random(in: -1...1, using: &random), .random(in: -1...1, using: &random), .random(in: -1...1, using: &random))
        let gradient = field.sample(at: point).gradient
        for axis in 0..<3 {
          var step = SIMD3<Float>.zero
          step[axis] = 1e-3
          let slope = (field.sample(at: point + step).distance - field.sample(at: point - step).distance) / 2e-3
          // Finite differences across the ridges of a box are not the gradient.
          if !(field is BoxField) || abs(slope) < 1e-3 || abs(abs(slope) - 1) < 1e-3 {
            #expect(abs(slope - gradient[axis]) < 5e-3)
          }
        }
        #expect((gradient * gradient).sum() <= 1.0001)
      }
    }
    check(SphereField(radius: 0.5))
    check(TorusField(majorRadius: 0.5, minorRadius: 0.2))
    check(BoxField(center: [0.1, 0, 0], halfExtents: [0.4, 0.5, 0.3]))
    check(GyroidField(period: 1))
  }
}
