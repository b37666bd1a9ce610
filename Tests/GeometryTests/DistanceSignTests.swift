import CMeshQueries
import Foundation
import Geometry
import Randomness
import Testing

@Suite("Inside and outside of a mesh")
struct DistanceSignTests {
  static let sphere = SphereField(radius: 0.75)

  /// Every n-th face left out.
  private static func perforated(_ mesh: Mesh, every n: Int) -> Mesh {
    Mesh(positions: mesh.positions, faces: mesh.faces.enumerated().filter { $0.offset % n != 0 }.map(\.element))
  }

  private static func moved(_ mesh: Mesh, by offset: SIMD3<Float>) -> Mesh {
    Mesh(positions: mesh.positions.map { $0 + offset }, faces: mesh.faces)
  }

  private static func meshes() throws -> [(String, Mesh)] {
    let ball = try DistanceShapes.surface(sphere, side: 16)
    return [
      ("closed", ball),
      ("torus", try DistanceShapes.surface(TorusField(majorRadius: 0.6, minorRadius: 0.25), side: 20)),
      ("gyroid", try DistanceShapes.surface(GyroidField(period: 1.1), side: 20)),
      ("with holes", perforated(ball, every: 9)),
      ("half", Mesh(positions: ball.positions, faces: Array(ball.faces.prefix(ball.faces.count / 2)))),
      ("overlapping", .joined([moved(ball, by: [0.3, 0, 0]), moved(ball, by: [-0.3, 0, 0])])),
      ("doubled", .joined([ball, ball])),
    ]
  }

  @Test("Winding numbers lie within their stated bound of the exact sum, for every tolerance")
  func bound() throws {
    for (name, mesh) in try Self.meshes() {
      let corners = mesh.faces.flatMap { face in
        (0..<3).flatMap { c in (0..<3).map { mesh.positions[Int(face[c])][$0] } }
      }
      let tree = try #require(mq_tree_create(corners, mesh.faces.count))
      defer { mq_tree_free(tree) }
      let points =
        DistanceShapes.points(160, in: 1.3, seed: 6) + (try DistanceShapes.nearPoints(mesh, 160, spread: 0.02, seed: 7))
      let flat = points.flatMap { [$0.x, $0.y, $0.z] }
      for tolerance: Float in [8e-3, 4e-4, 0] {
        var (numbers, errors) = ([Float](repeating: 0, count: points.count), [Float](repeating: 0, count: points.count))
        mq_winding_numbers(tree, flat, points.count, tolerance, &numbers, &errors)
        for (index, point) in points.enumerated() {
          let error = abs(Double(numbers[index]) - DistanceShapes.windingNumber(mesh, point))
          #expect(error <= Double(errors[index]) + 1e-4, "\(name) \(tolerance) \(point): \(error) > \(errors[index])")
        }
        if tolerance == 0 { #expect(errors.allSatisfy { $0 == 0 }) }
      }
    }
  }

  @Test("Signs are those of the exact winding number wherever it is clear")
  func exactSigns() throws {
    for (name, mesh) in try Self.meshes() {
      let field = try MeshDistanceField(mesh, sign: .winding)
      let points =
        DistanceShapes.points(2000, in: 1.3, seed: 6)
        + (try DistanceShapes.nearPoints(mesh, 1000, spread: 0.01, seed: 7))
      let distances = field.query(points).distances
      for (point, distance) in zip(points, distances) {
        let number = DistanceShapes.windingNumber(mesh, point)
        guard abs(number - 0.5) > 1e-3, abs(distance) > 1e-5 else { continue }
        #expect((distance < 0) == (number > 0.5), "\(name) \(point): \(distance), winding number \(number)")
      }
    }
  }

  @Test(
    "All four methods agree on a closed mesh", arguments: [SignMethod.winding, .visibility, .normal, .parity, .auto])
  func closed(method: SignMethod) throws {
    let field = try MeshDistanceField(DistanceShapes.surface(Self.sphere), sign: method)
    let points = DistanceShapes.points(4000, in: 1.2, seed: 11)
    for (point, distance) in zip(points, field.query(points).distances) {
      let exact = Self.sphere.sample(at: point).distance
      // The published vote of normals is right only away from the surface by more than the spacing of its cloud.
      if abs(exact) > (method == .normal ? 0.02 : 0.004) {
        #expect((distance < 0) == (exact < 0), "\(method) \(point)")
      }
    }
    #expect(field.sign.method == (method == .auto ? .winding : method))
    #expect(field.sign.ambiguousShare < 0.01)
  }

  @Test(
    "A box has no wrong sign farther than 1e-5 from its surface", arguments: [SignMethod.winding, .visibility, .parity])
  func nearBox(method: SignMethod) throws {
    let half = SIMD3<Float>(0.5, 0.3, 0.8)
    let mesh = DistanceShapes.box(half)
    let points = try DistanceShapes.nearPoints(mesh, 20_000, spread: 1e-4, seed: 12)
    let found = try MeshDistanceField(mesh, sign: method).query(points).distances
    for (point, distance) in zip(points, found) {
      let exact = BoxField(halfExtents: half).sample(at: point).distance
      if abs(exact) > 1e-5 { #expect((distance < 0) == (exact < 0), "\(point): \(distance), \(exact)") }
    }
  }

  @Test("Faces that look inward, or every which way, are turned; the decision says so")
  func orientation() throws {
    let ball = try DistanceShapes.surface(Self.sphere)
    var generator = SeededGenerator(seed: 1)
    let mixed = Mesh(
      positions: ball.positions,
      faces: ball.faces.map { generator.uniform() < 0.5 ? $0 : SIMD3($0.x, $0.z, $0.y) })
    for mesh in [ball.flipped(), mixed] {
      let field = try MeshDistanceField(mesh)
      #expect(field.query([.zero, [1, 0, 0]]).distances.map { $0 < 0 } == [true, false])
      #expect(field.sign.method == .winding)
      #expect(field.sign.reason.contains("faces turned"), "\(field.sign.reason)")
      #expect(field.mesh == mesh)
    }
  }

  @Test("Loose faces that look every which way are left to visibility")
  func soup() throws {
    let ball = try DistanceShapes.surface(Self.sphere)
    var generator = SeededGenerator(seed: 2)
    var loose = Mesh()
    for face in ball.faces {
      let corners = (0..<3).map { ball.positions[Int(face[$0])] }
      let center = (corners[0] + corners[1] + corners[2]) / 3
      let base = UInt32(loose.positions.count)
      // Drawn together a little, so that no corner is shared any more.
      loose.positions += corners.map { center + ($0 - center) * 0.99999 }
      loose.faces.append(generator.uniform() < 0.5 ? [base, base + 1, base + 2] : [base, base + 2, base + 1])
    }
    let field = try MeshDistanceField(loose)
    #expect(field.sign.method == .visibility)
    #expect(field.sign.reason.contains("undecided"), "\(field.sign.reason)")
    let points = DistanceShapes.points(1000, in: 1, seed: 3)
    let wrong = zip(points, field.query(points).distances).count { point, distance in
      let exact = Self.sphere.sample(at: point).distance
      return abs(exact) > 0.01 && (distance < 0) != (exact < 0)
    }
    #expect(wrong <= 5, "\(wrong)")
  }

  @Test("A hollow space is solid to cameras outside, empty to one inside and to winding numbers")
  func hollow() throws {
    let outer = try DistanceShapes.surface(Self.sphere)
    let inner = try DistanceShapes.surface(SphereField(radius: 0.4)).flipped()
    let shell = Mesh.joined([outer, inner])
    #expect(try MeshDistanceField(shell, sign: .visibility).query([.zero]).distances[0] < 0)
    #expect(try MeshDistanceField(shell, sign: .winding).query([.zero]).distances[0] > 0)
    var options = MeshDistanceField.Options(sign: .visibility)
    options.cameras = .at([[0.1, 0, 0]])
    let found = try MeshDistanceField(shell, options: options).query([.zero, [0.55, 0, 0], [2, 0, 0]]).distances
    #expect(found.map { $0 < 0 } == [false, true, false])
  }

  @Test("Ambiguous points are counted where a surface is open, not where it is closed")
  func ambiguity() throws {
    let ball = try DistanceShapes.surface(Self.sphere, side: 16)
    let half = Mesh(positions: ball.positions, faces: Array(ball.faces.prefix(ball.faces.count / 2)))
    let points = DistanceShapes.points(2000, in: 0.9, seed: 13)
    #expect(try MeshDistanceField(ball, sign: .winding).query(points).ambiguousCount == 0)
    #expect(try MeshDistanceField(half, sign: .winding).query(points).ambiguousCount > 200)
  }

  @Test("Cameras stand where the published set has them")
  func cameras() throws {
    // A ball seen by one camera from above: what lies behind it is outside all the same, but not seen.
    let ball = try DistanceShapes.surface(SphereField(radius: 0.5))
    var options = MeshDistanceField.Options(sign: .visibility)
    options.cameras = .at([[0, 0, 3]])
    let found = try MeshDistanceField(ball, options: options).query([[0, 0, 0.6], [0, 0, 0], [0, 0, 0.3]]).distances
    #expect(found.map { $0 < 0 } == [false, true, true])
  }
}
