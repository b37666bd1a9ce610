import Geometry
import Testing

@Suite("Surface sampler")
struct MetricsSamplerTests {
  /// Four triangles of area 0.5, 1, 2 and 0 at different heights.
  private static let steps = Mesh(
    positions: [
      [0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [2, 0, 1], [0, 1, 1], [0, 0, 2], [2, 0, 2], [0, 2, 2], [3, 0, 2],
    ],
    faces: [[0, 1, 2], [3, 4, 5], [6, 7, 7], [6, 7, 8]])

  @Test("faces get points by their area, spread evenly over each")
  func areas() throws {
    let sampler = try SurfaceSampler(Self.steps)
    #expect(abs(sampler.area - 3.5) < 1e-12)
    let samples = sampler.points(count: 70_000, seed: 3)
    let expected = [10_000.0, 20_000, 0, 40_000]
    for (face, count) in expected.enumerated() {
      let found = samples.filter { $0.face == face }
      // Four standard deviations of a binomial count.
      #expect(abs(Double(found.count) - count) <= 4 * (count * (1 - count / 70_000)).squareRoot())
      guard count > 0 else { continue }
      let corners = Self.steps.faces[face]
      let middle = (0..<3).reduce(SIMD3<Float>.zero) { $0 + Self.steps.positions[Int(corners[$1])] } / 3
      let mean = found.reduce(SIMD3<Float>.zero) { $0 + $1.position } / Float(found.count)
      #expect(((mean - middle) * (mean - middle)).sum() < 4e-4, "the mean of face \(face) is its centroid")
      #expect(found.allSatisfy { $0.normal == [0, 0, 1] && $0.position.min() >= 0 })
      // A quarter of the points lies in the corner triangle of half the side.
      let side = Self.steps.positions[Int(corners.y)].x, height = Self.steps.positions[Int(corners.z)].y
      let near = found.count { $0.position.x / side + $0.position.y / height < 0.5 }
      #expect(abs(Double(near) / Double(found.count) - 0.25) < 0.02)
    }
  }

  @Test("a point depends on its number and the seed alone")
  func determinism() throws {
    let sampler = try SurfaceSampler(RenderShapes.sphere(rings: 12))
    let samples = sampler.points(count: 20_000, seed: 9)
    #expect(samples == sampler.points(count: 20_000, seed: 9, threadCount: 1))
    #expect(samples == sampler.points(count: 20_000, seed: 9, threadCount: 3))
    #expect(Array(samples.prefix(5000)) == sampler.points(count: 5000, seed: 9))
    #expect(samples != sampler.points(count: 20_000, seed: 10))
    #expect(Set(samples.map(\.position.x)).count > 19_000)
    #expect(sampler.points(count: 0, seed: 9).isEmpty)
  }

  @Test("meshes without area are errors")
  func errors() {
    #expect(throws: MeshError.noFaces) { try SurfaceSampler(Mesh(positions: [.zero])) }
    #expect(throws: SurfaceSamplingError.self) {
      try SurfaceSampler(Mesh(positions: [.zero, .one], faces: [[0, 1, 1]]))
    }
    #expect(throws: MeshError.self) { try SurfaceSampler(Mesh(positions: [.zero], faces: [[0, 1, 2]])) }
    #expect(throws: MeshError.self) {
      try SurfaceSampler(Mesh(positions: [.zero, .one, [.nan, 0, 0]], faces: [[0, 1, 2]]))
    }
  }
}
