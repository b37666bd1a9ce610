import Foundation
import Geometry
import Testing

@Suite("Mesh reports and orientation")
struct MeshReportTests {
  static let tetrahedron = MeshTests.tetrahedron

  static func soup(_ mesh: Mesh) -> Mesh {
    Mesh(
      positions: mesh.faces.flatMap { face in (0..<3).map { mesh.positions[Int(face[$0])] } },
      faces: mesh.faces.indices.map { SIMD3<UInt32>(0, 1, 2) &+ UInt32(3 * $0) })
  }

  static func moved(_ mesh: Mesh, _ offset: SIMD3<Double>, scale: Double = 1) -> Mesh {
    mesh.transformed(by: GridFrame(origin: offset, spacing: SIMD3(repeating: scale)))
  }

  @Test("a sound torus: everything is counted and nothing is wrong")
  func torus() throws {
    let mesh = try MeshFileTests.sample()
    let report = try MeshReport(mesh)
    #expect(report.vertexCount == mesh.positions.count && report.faceCount == mesh.faces.count)
    #expect(report.isClosed && report.isOriented && report.isManifold && report.isOrientable)
    #expect(report.isOutward == true && report.genus == 1 && report.eulerNumber == 0 && report.facesToTurn == 0)
    #expect(report.closedComponentCount == 1 && report.inwardComponentCount == 0 && report.storedTopology == nil)
    // Welding renumbers vertices, so sums are rounded differently.
    #expect(abs(try #require(report.volume) - mesh.signedVolume) < 1e-12 && abs(report.area - mesh.area) < 1e-12)
    #expect(report.bounds == mesh.bounds)
    #expect(report.unreferencedVertexCount + report.duplicateVertexCount + report.duplicateFaceCount == 0)
    let crossings = try #require(report.crossings)
    #expect(crossings.pairCount == 0 && crossings.isComplete)
    #expect(report.text.contains("closed, manifold, oriented outward, Euler number 0, genus 1. Nothing is wrong"))
    let copy = try JSONDecoder().decode(MeshReport.self, from: JSONEncoder().encode(report))
    #expect(copy == report)
  }

  @Test("a soup is judged as it is welded, and both figures are there")
  func soups() throws {
    let report = try MeshReport(Self.soup(Self.tetrahedron))
    #expect(report.isClosed && report.duplicateVertexCount == 8 && report.topology.componentCount == 1)
    #expect(report.storedTopology?.componentCount == 4 && report.storedTopology?.boundaryEdgeCount == 12)
    #expect(report.storedTopology?.boundaryLoopCount == 4 && report.genus == 0)
    #expect(report.text.hasPrefix("4 faces on 12 vertices (4 different), 1 x 1 x 1, area 2.366, volume 0.1667."))
  }

  @Test("defects are counted one by one")
  func defects() throws {
    var mesh = Self.tetrahedron
    mesh.positions += [[9, 9, 9], [0.5, 0, 0], [0, 0, 0]]
    mesh.faces += [[2, 1, 0], [0, 5, 1], [0, 6, 1], [3, 3, 1]]
    let report = try MeshReport(mesh)
    #expect(report.duplicateFaceCount == 1 && report.flatFaceCount == 1 && report.collapsedFaceCount == 2)
    #expect(report.unreferencedVertexCount == 1 && report.duplicateVertexCount == 1)
    #expect(report.topology.nonManifoldEdgeCount == 3 && report.volume == nil && report.isOutward == nil)
    #expect(!report.isClosed && report.genus == nil)
    for part in ["1 doubled face", "2 faces with fewer than three corners", "1 face without area", "1 unused vertex"] {
      #expect(report.text.contains(part), "\(report.text)")
    }
    var open = try MeshFileTests.sample()
    // Two faces that share a vertex only are one hole of two rings; a third far away is another.
    let start = open.faces[0]
    let touching = try #require(
      open.faces.lastIndex { face in (0..<3).count { i in (0..<3).contains { start[$0] == face[i] } } == 1 })
    open.faces.remove(at: open.faces.count / 2 + 40)
    open.faces.remove(at: touching)
    open.faces.remove(at: 0)
    let holed = try MeshReport(open)
    #expect(holed.topology.boundaryEdgeCount == 9 && holed.closedComponentCount == 0)
    // The vertex where the two touch has two fans.
    #expect(holed.topology.nonManifoldVertexCount == 1 && holed.topology.boundaryLoopCount >= 2)
    #expect(try MeshReport(Mesh()).text == "0 faces on 0 vertices.")
    var broken = Self.tetrahedron
    broken.faces[0].x = 7
    #expect(throws: MeshError.self) { try MeshReport(broken) }
  }

  @Test("genus with borders: an open cylinder is a sphere with two holes")
  func cylinder() throws {
    let count: UInt32 = 12
    let positions = (0..<2 * Int(count)).map { index -> SIMD3<Float> in
      let angle = 2 * Float.pi * Float(index / 2) / Float(count)
      return [cos(angle), sin(angle), Float(index % 2)]
    }
    let faces = (0..<count).flatMap { corner -> [SIMD3<UInt32>] in
      let (a, b) = (2 * corner, 2 * ((corner + 1) % count))
      return [[a, b, a + 1], [b, b + 1, a + 1]]
    }
    let report = try MeshReport(Mesh(positions: positions, faces: faces))
    #expect(report.genus == 0 && report.topology.boundaryLoopCount == 2 && report.eulerNumber == 0)
    #expect(!report.isClosed && report.isOriented && report.facesToTurn == 0)
    // A strip glued together with a half turn has one side.
    var strip = faces
    for index in strip.indices.suffix(2) {
      strip[index] = strip[index].replacing(with: 100, where: strip[index] .== 0).replacing(
        with: 0, where: strip[index] .== 1
      )
      .replacing(with: 1, where: strip[index] .== 0)
    }
    let moebius = try MeshReport(
      Mesh(positions: positions, faces: strip.map { $0.replacing(with: 1, where: $0 .== 100) }))
    #expect(moebius.topology.boundaryLoopCount == 1 && !moebius.isOriented && !moebius.isOrientable)
    #expect(moebius.facesToTurn == 0 && moebius.genus == nil)
  }

  @Test("faces turned at random are turned back, in every part, welded or not", arguments: [false, true])
  func repair(asSoup: Bool) throws {
    var random = SplitMix(state: 12)
    let torus = try MeshFileTests.sample()
    let whole = Mesh.joined([torus, Self.moved(Self.tetrahedron, [5, 0, 0]), Self.moved(torus, [0, 9, 0], scale: 3)])
    var mesh = asSoup ? Self.soup(whole) : whole
    let sound = mesh
    var turned = 0
    for face in mesh.faces.indices where Bool.random(using: &random) {
      mesh.faces[face] = SIMD3(mesh.faces[face].x, mesh.faces[face].z, mesh.faces[face].y)
      turned += 1
    }
    let repair = mesh.repairedOrientation()
    let isBack = repair.mesh == sound
    #expect(isBack && repair.turnedFaceCount == turned && repair.patchCount == 3 && repair.unorientablePatchCount == 0)
    let report = try MeshReport(mesh)
    #expect(!report.isOriented && report.isClosed && report.facesToTurn == turned && report.volume == nil)
    let inward = sound.flipped().repairedOrientation()
    #expect(inward.turnedFaceCount == sound.faces.count && inward.mesh.signedVolume > 0)
    #expect(sound.repairedOrientation().turnedFaceCount == 0)
  }

  @Test("cavities stay, nested solids stay, doubled faces follow the first, sheets keep the side of most")
  func nesting() throws {
    let ball = Self.moved(Self.tetrahedron, [-1, -1, -1], scale: 8)
    let small = Self.moved(Self.tetrahedron, [-0.5, -0.5, -0.5])
    let hollow = Mesh.joined([ball, small.flipped()])
    #expect(hollow.repairedOrientation().turnedFaceCount == 0)
    let report = try MeshReport(hollow)
    #expect(report.inwardComponentCount == 1 && report.closedComponentCount == 2 && report.isOutward == true)
    #expect(Mesh.joined([ball, small]).repairedOrientation().turnedFaceCount == 0)
    // Beside it, not within: no cavity.
    #expect(Mesh.joined([ball, Self.moved(small, [20, 0, 0]).flipped()]).repairedOrientation().turnedFaceCount == 4)
    let doubled = Mesh.joined([Self.tetrahedron, Self.tetrahedron.flipped()])
    let repair = doubled.repairedOrientation()
    #expect(repair.turnedFaceCount == 4 && abs(repair.mesh.signedVolume - 1.0 / 3) < 1e-9 && repair.patchCount == 1)
    let sheet = Mesh(
      positions: [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [2, 0, 0]], faces: [[0, 2, 1], [0, 2, 3], [1, 4, 2]])
    #expect(sheet.repairedOrientation().mesh.faces == [[0, 1, 2], [0, 2, 3], [1, 4, 2]])
  }

  @Test("faces that pass through each other are found, those that touch are not")
  func crossings() throws {
    func pairs(_ mesh: Mesh) throws -> Int { try #require(try MeshReport(mesh).crossings).pairCount }
    let first = Mesh(positions: [[0, 0, 0], [4, 0, 0], [0, 4, 0]], faces: [[0, 1, 2]])
    func with(_ a: SIMD3<Float>, _ b: SIMD3<Float>, _ c: SIMD3<Float>) -> Mesh {
      Mesh.joined([first, Mesh(positions: [a, b, c], faces: [[0, 1, 2]])])
    }
    #expect(try pairs(with([1, 1, -1], [1, 1, 1], [9, 9, 0])) == 1)
    #expect(try pairs(with([1, 1, 0], [1, 1, 1], [9, 9, 1])) == 0, "touches with a corner")
    #expect(try pairs(with([1, 1, 1], [2, 1, 1], [1, 2, 1])) == 0, "above")
    #expect(try pairs(with([1, 1, 0], [2, 1, 0], [1, 2, 0])) == 0, "in one plane")
    #expect(try pairs(with([0, 0, 0], [4, 0, 0], [0, 0, 4])) == 0, "a common side")
    #expect(try pairs(with([0, 0, 0], [1, 2, 1], [2, 1, -1])) == 1, "a common corner")
    #expect(try pairs(with([0, 0, 0], [-1, 2, 1], [2, 1, 1])) == 0, "a common corner only")
    #expect(try pairs(with([2, -1, -1], [2, 1, 1], [2, -5, 5])) == 1, "through a side")
    let torus = try MeshFileTests.sample()
    let report = try MeshReport(Mesh.joined([torus, Self.moved(torus, [0.21, 0.13, 0.07])]))
    let found = try #require(report.crossings)
    #expect(found.pairCount > 50 && found.faceCount > 50 && found.faceShare < 0.9 && found.isComplete)
    #expect(report.text.contains("pairs of faces that pass through each other"))
    let short = try MeshReport(Mesh.joined([torus, Self.moved(torus, [0.21, 0.13, 0.07])]), crossingWork: 20_000)
    #expect(short.crossings?.isComplete == false && short.text.contains("in part only"))
    #expect(try MeshReport(torus, crossingWork: 0).crossings == nil)
  }

  @Test("pairs that cross are those of a comparison of all with all")
  func allPairs() throws {
    var random = SplitMix(state: 31)
    func number() -> Float { Float.random(in: -1...1, using: &random) }
    var positions: [SIMD3<Float>] = []
    for _ in 0..<150 {
      let center = SIMD3<Float>(number(), number(), number())
      for _ in 0..<3 { positions.append(center + 0.4 * SIMD3<Float>(number(), number(), number())) }
    }
    let mesh = Mesh(positions: positions, faces: (0..<150).map { SIMD3<UInt32>(0, 1, 2) &+ UInt32(3 * $0) })
    var expected = 0
    for i in 0..<150 {
      for j in 0..<i {
        let pair = Mesh(positions: mesh.positions, faces: [mesh.faces[i], mesh.faces[j]])
        expected += try #require(try MeshReport(pair).crossings).pairCount
      }
    }
    #expect(expected > 30)
    #expect(try MeshReport(mesh).crossings?.pairCount == expected)
  }

  @Test("the seven real meshes, if they are at hand")
  func realMeshes() throws {
    guard let folder = ProcessInfo.processInfo.environment["FORMCAST_MESHES"] else { return }
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where name.hasSuffix(".obj") {
      let start = ContinuousClock.now
      let mesh = try Mesh(contentsOf: URL(filePath: folder).appending(path: name))
      let read = ContinuousClock.now - start
      let report = try MeshReport(mesh)
      print("\(name) (\(read), \(ContinuousClock.now - start - read)): \(report.text)")
      print(
        "  topology \(report.topology)\n  stored \(String(describing: report.storedTopology))\n  \(String(describing: report.crossings)) turn \(report.facesToTurn)"
      )
      #expect(report.faceCount > 0)
    }
  }
}
