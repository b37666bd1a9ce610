import Foundation
import Geometry
import Randomness
import Testing

@Suite("Distances to a mesh")
struct DistanceTests {
  @Test("Distances equal the least over all faces, computed in double precision", arguments: [1, 5, 16, 17, 700])
  func bruteForce(faceCount: Int) throws {
    let mesh = DistanceShapes.soup(faces: faceCount, seed: UInt64(faceCount))
    let points = DistanceShapes.points(1500, in: 2, seed: 3) + mesh.positions
    let found = try MeshDistanceField(mesh, sign: .winding).unsignedQuery(points, wants: [.closestPoints, .faces])
    for (index, point) in points.enumerated() {
      let expected = DistanceShapes.distance(mesh, point)
      #expect(
        abs(Double(found.distances[index]) - expected) <= 1e-6, "\(point): \(found.distances[index]), \(expected)")
      let closest = SIMD3<Double>(found.closestPoints[index]) - SIMD3<Double>(point)
      #expect(abs(DistanceShapes.length(closest) - expected) <= 1e-6)
      let face = Mesh(positions: mesh.positions, faces: [mesh.faces[Int(found.faces[index])]])
      #expect(DistanceShapes.distance(face, found.closestPoints[index]) <= 1e-6)
    }
  }

  @Test("A box has the distances of its formula, at any size and place", arguments: [1, 1e-12, 3e15, 1e-30])
  func box(scale: Float) throws {
    let half = SIMD3<Float>(0.5, 0.3, 0.8)
    let field = try MeshDistanceField(DistanceShapes.box(half * scale))
    let points = DistanceShapes.points(4000, in: 1.2, seed: 9)
    let found = field.samples(at: points.map { $0 * scale }, withGradients: false)
    // The formula squares, so it is asked at size one.
    for (point, distance) in zip(points, found.distances) {
      #expect(abs(distance / scale - BoxField(halfExtents: half).sample(at: point).distance) <= 1e-6, "\(point)")
    }
    #expect(field.sign.method == .winding)
  }

  @Test("A mesh far from the origin loses no digits but those of its own coordinates")
  func farAway() throws {
    let place = SIMD3<Float>(4096, -8192, 2048)
    let half = SIMD3<Float>(0.5, 0.25, 0.75)
    let field = try MeshDistanceField(DistanceShapes.box(half, center: place))
    // Coordinates that single precision holds exactly at this distance.
    let points = DistanceShapes.points(2000, in: 1, seed: 2).map { place + ($0 * 1024).rounded(.down) / 1024 }
    let exact = BoxField(center: place, halfExtents: half)
    for (point, distance) in zip(points, field.samples(at: points, withGradients: false).distances) {
      #expect(abs(distance - exact.sample(at: point).distance) <= 1e-6)
    }
  }

  @Test("Distances of sphere and torus meshes err with the square of the cell, and no sign is wrong beyond that")
  func curved() throws {
    let (sphere, torus) = (SphereField(radius: 0.7), TorusField(majorRadius: 0.6, minorRadius: 0.25))
    func largestError(_ exact: some AnalyticField, side: Int) throws -> Float {
      let field = try MeshDistanceField(DistanceShapes.surface(exact, side: side))
      let points = DistanceShapes.points(3000, in: 1, seed: 5)
      return zip(points, field.samples(at: points, withGradients: false).distances).reduce(0) {
        max($0, abs($1.1 - exact.sample(at: $1.0).distance))
      }
    }
    for exact in [sphere as any AnalyticField, torus] {
      let (coarse, fine) = (try largestError(exact, side: 24), try largestError(exact, side: 48))
      #expect(fine < 0.0025)
      #expect(fine < 0.35 * coarse, "\(exact): \(coarse), \(fine)")
    }
  }

  @Test("Gradients have unit length and are the differences of the distance")
  func gradients() throws {
    let field = try MeshDistanceField(DistanceShapes.surface(TorusField(majorRadius: 0.6, minorRadius: 0.25)))
    let points = DistanceShapes.points(500, in: 0.9, seed: 8)
    let found = field.samples(at: points, withGradients: true)
    let gradients = try #require(found.gradients)
    let step: Float = 1e-3
    var disagreements = 0
    for (point, gradient) in zip(points, gradients) {
      #expect(abs((gradient * gradient).sum() - 1) < 1e-5)
      let ahead = field.samples(at: [point + step * gradient, point - step * gradient], withGradients: false).distances
      if abs((ahead[0] - ahead[1]) / (2 * step) - 1) > 0.05 { disagreements += 1 }
    }
    // On ridges, where two faces are equally near, the distance has no derivative.
    #expect(disagreements < 25, "\(disagreements)")
  }

  @Test("On the surface the gradient is the outward normal of the face")
  func gradientsOnSurface() throws {
    let field = try MeshDistanceField(DistanceShapes.box([1, 1, 1]))
    let points: [SIMD3<Float>] = [[1, 0.2, 0.3], [0.1, -1, 0.4], [0.5, 0.25, 1]]
    #expect(field.query(points, wants: .gradients).gradients == [[1, 0, 0], [0, -1, 0], [0, 0, 1]])
  }

  @Test("The number of threads changes no bit", arguments: [1, 3, 7])
  func threads(count: Int) throws {
    let mesh = try DistanceShapes.surface(SphereField(radius: 0.8))
    let points = DistanceShapes.points(20_000, in: 1.2, seed: 4)
    let one = try MeshDistanceField(mesh, threadCount: 1).query(points, wants: [.gradients, .faces, .closestPoints])
    #expect(
      try MeshDistanceField(mesh, threadCount: count).query(points, wants: [.gradients, .faces, .closestPoints]) == one)
  }

  @Test("Queries that are not finite have no distance, and spoil no other")
  func notFinite() throws {
    let field = try MeshDistanceField(DistanceShapes.box([1, 1, 1]))
    let points: [SIMD3<Float>] = [[.nan, 0, 0], [0, 0, 0], [0, .infinity, 0], [3, 0, 0], [1e30, 0, 0]]
    let found = field.query(points, wants: [.gradients, .faces, .closestPoints]).distances
    #expect(found[0].isNaN && found[2].isNaN)
    #expect(found[1] == -1 && found[3] == 2 && found[4] == 1e30)
    #expect(field.query([]).distances.isEmpty)
  }

  @Test("A mesh that cannot be asked is refused")
  func refused() {
    #expect(throws: MeshError.noFaces) { try MeshDistanceField(Mesh(positions: [.zero])) }
    #expect(throws: MeshError.indexOutOfRange(face: 0, index: 3, vertexCount: 1)) {
      try MeshDistanceField(Mesh(positions: [.zero], faces: [[0, 0, 3]]))
    }
    #expect(throws: MeshError.positionNotFinite(vertex: 0)) {
      try MeshDistanceField(Mesh(positions: [[.nan, 0, 0], .zero, .one], faces: [[0, 1, 2]]))
    }
  }

  @Test("Vertices without a face change nothing")
  func strayVertices() throws {
    var mesh = DistanceShapes.box([1, 0.5, 0.25])
    let points = DistanceShapes.points(500, in: 1.5, seed: 3)
    let expected = try MeshDistanceField(mesh).query(points, wants: [.gradients, .closestPoints, .faces])
    mesh.positions.append([1e30, -1e30, 1e30])
    #expect(try MeshDistanceField(mesh).query(points, wants: [.gradients, .closestPoints, .faces]) == expected)
  }

  @Test("Single points, single faces and faces without any extent can be asked")
  func degenerate() throws {
    let point = try MeshDistanceField(Mesh(positions: [[1, 1, 1]], faces: [[0, 0, 0]]))
    #expect(point.query([[1, 1, 3]]).distances == [2])
    let line = try MeshDistanceField(Mesh(positions: [[0, 0, 0], [2, 0, 0], [1, 0, 0]], faces: [[0, 1, 2]]))
    #expect(line.query([[1.5, 2, 0], [-3, 4, 0]]).distances == [2, 5])
  }

  @Test(
    "A face of which two corners are one is an edge, whichever they are",
    arguments: [
      [0, 0, 1], [0, 1, 1], [0, 1, 0], [1, 1, 0], [1, 0, 0], [1, 0, 1],
    ] as [SIMD3<UInt32>])
  func doubledCorner(face: SIMD3<UInt32>) throws {
    let field = try MeshDistanceField(Mesh(positions: [[0, 0, 0], [4, 0, 0]], faces: [face]))
    #expect(field.query([[1, 2, 0], [-3, 4, 0], [4, 0, 7]]).distances == [2, 5, 7])
  }
}
