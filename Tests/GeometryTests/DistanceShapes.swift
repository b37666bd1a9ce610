import Foundation
import Geometry
import Randomness

/// Meshes for tests of signed distances, and the plain sums that everything is held against.
enum DistanceShapes {
  /// The box from -half to half, two faces a side.
  static func box(_ half: SIMD3<Float>, center: SIMD3<Float> = .zero) -> Mesh {
    let corners: [SIMD3<Float>] = (0..<8).map { index in
      let sign = SIMD3<Float>(index & 4 != 0 ? 1 : -1, index & 2 != 0 ? 1 : -1, index & 1 != 0 ? 1 : -1)
      return center + sign * half
    }
    let quads: [[UInt32]] = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    return Mesh(positions: corners, faces: quads.flatMap { [SIMD3($0[0], $0[1], $0[2]), SIMD3($0[0], $0[2], $0[3])] })
  }

  /// The surface of a field, sampled on [-1, 1]^3.
  static func surface(_ field: some ScalarField, side: Int = 24) throws -> Mesh {
    try SurfaceExtraction.signedDistance.mesh(
      of: ScalarGrid(sampling: field, shape: .init(cube: side), frame: .unitCube(count: side)))
  }

  /// Triangles anywhere, some of them slivers and some without area.
  static func soup(faces: Int, seed: UInt64) -> Mesh {
    var generator = SeededGenerator(seed: seed)
    var mesh = Mesh()
    for index in 0..<faces {
      let corner = point(&generator, in: 1)
      let first = point(&generator, in: 0.4)
      let sliver = first * 0.7 + point(&generator, in: 1e-5)
      let second: SIMD3<Float> = index % 5 == 0 ? sliver : index % 7 == 0 ? first * 0.5 : point(&generator, in: 0.4)
      let base = UInt32(mesh.positions.count)
      mesh.positions += [corner, corner + first, corner + second]
      mesh.faces.append(SIMD3(base, base + 1, base + 2))
    }
    return mesh
  }

  static func point(_ generator: inout SeededGenerator, in half: Double) -> SIMD3<Float> {
    let x = generator.uniform(in: -half..<half)
    let y = generator.uniform(in: -half..<half)
    return SIMD3(Float(x), Float(y), Float(generator.uniform(in: -half..<half)))
  }

  /// Points in a cube.
  static func points(_ count: Int, in half: Double, seed: UInt64) -> [SIMD3<Float>] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in point(&generator, in: half) }
  }

  /// Points of the surface moved by up to `spread` along every axis.
  static func nearPoints(_ mesh: Mesh, _ count: Int, spread: Double, seed: UInt64) throws -> [SIMD3<Float>] {
    var generator = SeededGenerator(seed: seed)
    return try SurfaceSampler(mesh).points(count: count, seed: seed).map { $0.position + point(&generator, in: spread) }
  }

  /// The distance to the nearest face, over all faces, in double precision.
  static func distance(_ mesh: Mesh, _ point: SIMD3<Float>) -> Double {
    mesh.faces.reduce(.infinity) { least, face in
      let corners = (0..<3).map { SIMD3<Double>(mesh.positions[Int(face[$0])]) - SIMD3<Double>(point) }
      return min(least, distanceFromOrigin(corners))
    }
  }

  /// By the plane where the origin lies over the face, else by its edges.
  private static func distanceFromOrigin(_ corners: [SIMD3<Double>]) -> Double {
    let normal = crossed(corners[1] - corners[0], corners[2] - corners[0])
    var isOver = dot(normal, normal) > 0
    var least = Double.infinity
    for k in 0..<3 {
      let (a, b) = (corners[k], corners[(k + 1) % 3])
      let edge = b - a
      if dot(crossed(normal, edge), -a) < 0 { isOver = false }
      let along = dot(edge, edge) > 0 ? max(0, min(1, -dot(a, edge) / dot(edge, edge))) : 0
      least = min(least, length(a + along * edge))
    }
    return isOver ? abs(dot(normal, corners[0])) / length(normal) : least
  }

  /// The generalized winding number, face by face in double precision.
  static func windingNumber(_ mesh: Mesh, _ point: SIMD3<Float>) -> Double {
    mesh.faces.reduce(0) { sum, face in
      let c = (0..<3).map { SIMD3<Double>(mesh.positions[Int(face[$0])]) - SIMD3<Double>(point) }
      let l = c.map(length)
      let bottom = l[0] * l[1] * l[2] + dot(c[0], c[1]) * l[2] + dot(c[1], c[2]) * l[0] + dot(c[2], c[0]) * l[1]
      return sum + atan2(dot(c[0], crossed(c[1], c[2])), bottom) / (2 * .pi)
    }
  }

  static func dot(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double { (a * b).sum() }
  static func length(_ a: SIMD3<Double>) -> Double { dot(a, a).squareRoot() }
  static func crossed(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
  }
}
