import Foundation
import Geometry
import Testing

/// A box turned about two axes, from which a cylinder may be taken away: flat and round faces that meet in sharp edges,
/// straight and curved.
struct TurnedBox: AnalyticField {
  var halfExtents: SIMD3<Float> = [0.6, 0.45, 0.5]
  var hasHole = false

  private static let (c, s) = (Float(cos(0.5)), Float(sin(0.5)))
  private static let (d, t) = (Float(cos(0.3)), Float(sin(0.3)))

  private func turned(_ p: SIMD3<Float>) -> SIMD3<Float> {
    let (x, y) = (Self.c * p.x - Self.s * p.y, Self.s * p.x + Self.c * p.y)
    return SIMD3(x, Self.d * y - Self.t * p.z, Self.t * y + Self.d * p.z)
  }

  private func turnedBack(_ p: SIMD3<Float>) -> SIMD3<Float> {
    let (y, z) = (Self.d * p.y + Self.t * p.z, Self.d * p.z - Self.t * p.y)
    return SIMD3(Self.c * p.x + Self.s * y, Self.c * y - Self.s * p.x, z)
  }

  func sample(at point: SIMD3<Float>) -> (distance: Float, gradient: SIMD3<Float>) {
    let local = turned(point)
    let box = BoxField(halfExtents: halfExtents).sample(at: local)
    let away = SIMD3<Float>(local.x - 0.3, 0, local.z)
    let radial = (away * away).sum().squareRoot()
    let hole = 0.25 - radial
    guard hasHole, hole > box.distance else { return (box.distance, turnedBack(box.gradient)) }
    return (hole, turnedBack(-away / radial))
  }
}

@Suite("Surface extraction: where vertices and normals lie")
struct SurfacePlacementTests {
  /// Largest and mean distance of points on the faces from the surface, in voxels.
  static func errors(_ mesh: Mesh, _ field: some AnalyticField, voxel: Float) -> (largest: Float, mean: Double) {
    var (largest, sum, area) = (Float(0), 0.0, 0.0)
    for face in mesh.faces {
      let (a, b) = (mesh.positions[Int(face.x)], mesh.positions[Int(face.y)])
      let c = mesh.positions[Int(face.z)]
      let faceArea = Mesh(positions: [a, b, c], faces: [[0, 1, 2]]).area
      let points: [SIMD3<Float>] = [(a + b + c) / 3, (a + b) / 2, (b + c) / 2, (a + c) / 2]
      for point in points {
        let error = abs(field.sample(at: point).distance) / voxel
        largest = max(largest, error)
        sum += Double(error) * faceArea / Double(points.count)
      }
      area += faceArea
    }
    return (largest, sum / area)
  }

  @Test("vertices lie where the field says: to rounding on flat faces, to the square of the spacing elsewhere")
  func registration() throws {
    // Faces of a box between grid points, in a frame that is neither centred nor uniform.
    let box = BoxField(center: [0.113, -0.071, 0.037], halfExtents: [0.501, 0.613, 0.447])
    let frame = GridFrame(origin: [-0.9, -1.1, -0.8], spacing: [0.031, 0.047, 0.023])
    for border in [SurfaceExtraction.Border.open, .closed()] {
      let extraction = SurfaceExtraction(level: 0, inside: .below, border: border)
      let plan = SparseSurfaceExtraction(extraction, shape: .init(65, 47, 71), frame: frame)
      let dense = try extraction.mesh(of: ScalarGrid(sampling: box, shape: plan.shape, frame: frame))
      let bounds = try #require(dense.bounds)
      for axis in 0..<3 {
        #expect(abs(bounds.lower[axis] - (box.center - box.halfExtents)[axis]) < 1e-5)
        #expect(abs(bounds.upper[axis] - (box.center + box.halfExtents)[axis]) < 1e-5)
      }
      // Every vertex that is two voxels or more away from the edges, where the distance is not linear.
      var count = 0
      for position in dense.positions {
        let offset = position - box.center
        let nearFaces = (0..<3).count { abs(offset[$0]) > box.halfExtents[$0] - 0.1 }
        guard nearFaces == 1 else { continue }
        count += 1
        #expect(abs(box.sample(at: position).distance) < 1e-5)
      }
      #expect(count > dense.positions.count / 2)
    }
    var worst: [Float] = []
    for count in [33, 65, 129] {
      let plan = SparseSurfaceExtraction(resolution: count)
      let mesh = try plan.surface(of: SurfaceSparseTests.torus).mesh
      worst.append(mesh.positions.map { abs(SurfaceSparseTests.torus.sample(at: $0).distance) }.max() ?? 1)
    }
    #expect(worst[0] / worst[1] > 3.3 && worst[1] / worst[2] > 3.3 && worst[2] < 2e-4)
  }

  @Test("area and volume of a torus converge with the square of the spacing, dense and sparse alike")
  func torusConvergence() throws {
    let exact = (area: 4 * Double.pi * Double.pi * 0.6 * 0.25, volume: 2 * Double.pi * Double.pi * 0.6 * 0.0625)
    var errors: [(area: Double, volume: Double)] = []
    for count in [33, 65, 129] {
      let mesh = try SparseSurfaceExtraction(resolution: count).surface(of: SurfaceSparseTests.torus).mesh
      #expect(MeshTopology(mesh).eulerNumber == 0)
      errors.append((abs(mesh.area / exact.area - 1), abs(mesh.signedVolume / exact.volume - 1)))
    }
    for step in 0..<2 {
      #expect((3.3...4.7).contains(errors[step].area / errors[step + 1].area))
      #expect((3.3...4.7).contains(errors[step].volume / errors[step + 1].volume))
    }
  }

  @Test("projected vertices lie on the level to rounding, near where they were, and the faces stay")
  func projection() throws {
    let plan = SparseSurfaceExtraction(resolution: 40)
    let torus = SurfaceSparseTests.torus
    let mesh = try plan.surface(of: torus).mesh
    // A field that is no distance: three times as steep, and curved along its gradient.
    let curved = FunctionField { point in
      let d = torus.sample(at: point).distance
      return 3 * d + 8 * d * d
    }
    for (name, projected) in [
      ("distance", try LevelProjection(level: 0, frame: plan.frame).projected(mesh, onto: torus)),
      ("curved", try LevelProjection(level: 0, frame: plan.frame).projected(mesh, onto: curved)),
    ] {
      let before = mesh.positions.map { abs(torus.sample(at: $0).distance) }.max() ?? 0
      let after = projected.positions.map { abs(torus.sample(at: $0).distance) }.max() ?? 1
      #expect(before > 1e-3 && after < 1e-6, "\(name): \(after)")
      #expect(projected.faces == mesh.faces)
      expectSolid(projected, name)
      let moves = zip(mesh.positions, projected.positions).map { ($0 - $1) * ($0 - $1) }
      #expect(moves.allSatisfy { $0.sum().squareRoot() <= 1.001 / 39 })
    }
    let elsewhere = try LevelProjection(level: 0.5, reach: 0.01).projected(mesh, onto: torus)
    let farthest = zip(mesh.positions, elsewhere.positions).map { (($0 - $1) * ($0 - $1)).sum().squareRoot() }.max()
    #expect(try #require(farthest) <= 0.01001)
    // Without a gradient nothing moves.
    let flat = FunctionField { _ in 1 }
    #expect(try LevelProjection(level: 0, reach: 1).projected(mesh, onto: flat) == mesh)
    #expect(throws: SurfaceError.self) { try LevelProjection(level: 0, reach: -1).projected(mesh, onto: torus) }
  }

  @Test("normals from the gradient of field and grid point outward, in any frame and for either side")
  func normals() throws {
    let frame = GridFrame(x: [-0.04, 0.002, 0, 0.95], y: [0.003, 0.05, 0, -1], z: [0, 0.004, 0.03, -1.1])
    let torus = SurfaceSparseTests.torus
    let grid = try ScalarGrid(sampling: torus, shape: .init(50, 41, 70), frame: frame)
    let mesh = try SurfaceExtraction.signedDistance.mesh(of: grid)
    let exact = torus.samples(at: mesh.positions, withGradients: true).gradients ?? []
    let ofField = try GradientNormals().normals(of: mesh, in: torus)
    let ofGrid = try GradientNormals().normals(of: mesh, in: grid)
    #expect(exact.count == mesh.positions.count && ofField.count == exact.count && ofGrid.count == exact.count)
    #expect(zip(exact, ofField).allSatisfy { ($0 * $1).sum() > 1 - 1e-5 })
    #expect(zip(exact, ofGrid).allSatisfy { ($0 * $1).sum() > 0.995 })
    let faceNormals = mesh.vertexNormals()
    let gridError = zip(exact, ofGrid).reduce(0) { $0 + 1 - Double(($1.0 * $1.1).sum()) }
    let faceError = zip(exact, faceNormals).reduce(0) { $0 + 1 - Double(($1.0 * $1.1).sum()) }
    #expect(gridError < faceError)
    var negated = grid
    negated.values = grid.values.map { -$0 }
    let above = try GradientNormals(inside: .above).normals(of: mesh, in: negated)
    #expect(zip(above, ofGrid).allSatisfy { ($0 * $1).sum() > 1 - 1e-5 })
    let flat = ScalarGrid(shape: grid.shape, values: [Float](repeating: 0, count: grid.shape.count), frame: frame)
    #expect(try GradientNormals().normals(of: mesh, in: flat) == faceNormals)
  }

  @Test("dual contouring keeps edges and corners sharp", arguments: [false, true])
  func sharpEdges(hasHole: Bool) throws {
    let field = TurnedBox(hasHole: hasHole)
    var plan = SparseSurfaceExtraction(resolution: 64)
    let rough = try plan.surface(of: field).mesh
    let projected = try LevelProjection(level: 0, frame: plan.frame).projected(rough, onto: field)
    plan.method = .dualContouring
    let result = try plan.surface(of: field)
    expectSolid(result.mesh, "dual")
    #expect(MeshTopology(result.mesh).eulerNumber == (hasHole ? 0 : 2))
    let voxel: Float = 2 / 63
    let (before, between) = (Self.errors(rough, field, voxel: voxel), Self.errors(projected, field, voxel: voxel))
    let after = Self.errors(result.mesh, field, voxel: voxel)
    #expect(between.mean < before.mean && after.mean < before.mean / 2.5, "\(before), \(between), \(after)")
    #expect(after.largest < before.largest)
    if !hasHole { #expect(abs(result.mesh.signedVolume - 1.08) < abs(rough.signedVolume - 1.08) / 4) }
  }

  @Test("dual surfaces of smooth and random fields are closed and oriented, in mirrored frames and at borders too")
  func dualTopology() throws {
    for (name, field, euler) in [
      ("torus", FunctionField.union(SurfaceSparseTests.torus, SurfaceSparseTests.torus), 0),
      (
        "two balls",
        .union(SphereField(center: [0.4, 0, 0], radius: 0.3), SphereField(center: [-0.4, 0, 0], radius: 0.3)), 4
      ),
    ] {
      for mirror in [1.0, -1] {
        let frame = GridFrame(origin: [-mirror, -1, -1], spacing: [0.04 * mirror, 0.05, 0.03])
        var plan = SparseSurfaceExtraction(.signedDistance, shape: .init(51, 41, 67), frame: frame)
        plan.method = .dualContouring
        let mesh = try plan.surface(of: field).mesh
        expectSolid(mesh, name)
        #expect(MeshTopology(mesh).eulerNumber == euler)
      }
    }
    var plan = SparseSurfaceExtraction(SurfaceSparseTests.open(), resolution: 40)
    plan.method = .dualContouring
    let open = MeshTopology(try plan.surface(of: GyroidField(period: 0.9)).mesh)
    #expect(open.boundaryEdgeCount > 0 && open.nonManifoldEdgeCount == 0 && open.inconsistentEdgeCount == 0)
    plan.extraction.border = .closed(padding: 1)
    let closed = try plan.surface(of: GyroidField(period: 0.9)).mesh
    #expect(MeshTopology(closed).boundaryEdgeCount == 0 && closed.signedVolume > 0)
    plan.extraction.level = 5
    plan.extraction.border = .open
    #expect(try plan.surface(of: GyroidField(period: 0.9)).mesh == Mesh())
  }
}
