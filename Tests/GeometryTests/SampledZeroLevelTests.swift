import Foundation
import Geometry
import Randomness
import Testing

struct SampledZeroLevelTests {
  private func samples(_ count: Int) -> (points: [SIMD3<Float>], distances: [Float]) {
    var generator = SeededGenerator(seed: 5)
    let points = (0..<count).map { _ -> SIMD3<Float> in
      let point = SIMD3<Float>(
        Float(generator.uniform(in: -1..<1)), Float(generator.uniform(in: -1..<1)), Float(generator.uniform(in: -1..<1))
      )
      let length = (point * point).sum().squareRoot()
      return point * ((0.6 + 0.03 * Float(generator.uniform(in: -1..<1))) / length)
    }
    return (points, points.map { ($0 * $0).sum().squareRoot() - 0.6 })
  }

  @Test("samples near a ball are moved onto it, with its normals, on any number of threads")
  func ball() throws {
    let samples = samples(20_000)
    let found = try SampledZeroLevel(of: samples.points, distances: samples.distances, count: 5000)
    #expect(found.points.count > 4900 && found.reach < 0.01)
    // The distance of a ball is linear up to 0.03^2 / 0.6 within the reach of the neighbours.
    for (point, normal) in zip(found.points, found.normals) {
      #expect(abs((point * point).sum().squareRoot() - 0.6) < 5e-4)
      #expect((point * normal).sum() / 0.6 > 0.99)
    }
    let single = try SampledZeroLevel(of: samples.points, distances: samples.distances, count: 5000, threadCount: 1)
    #expect(single == found)
  }

  @Test("samples of one side only have no surface")
  func oneSide() {
    let samples = samples(100)
    #expect(throws: SamplingError.self) {
      try SampledZeroLevel(of: samples.points, distances: samples.distances.map { Swift.abs($0) }, count: 50)
    }
  }

  @Test("clouds come from PLY, OBJ and text with their normals")
  func clouds() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "formcast-cloud-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func read(_ name: String, _ text: String) throws -> PointCloud {
      let url = folder.appending(path: name)
      try Data(text.utf8).write(to: url)
      return try PointCloudFile.read(url)
    }
    let head = "ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nproperty float y\nproperty float z\n"
    let normals = "property float nx\nproperty float ny\nproperty float nz\n"
    let whole = PointCloud(positions: [[1, 2, 3], [4, 5, 6]], normals: [[0, 0, 1], [0, 1, 0]])
    #expect(try read("a.ply", head + normals + "end_header\n1 2 3 0 0 1\n4 5 6 0 1 0\n") == whole)
    #expect(try read("b.ply", head + "end_header\n1 2 3\n4 5 6\n") == PointCloud(positions: whole.positions))
    #expect(try read("c.obj", "v 1 2 3\nvn 0 0 1\nv 4 5 6\nvn 0 1 0\n") == whole)
    #expect(try read("d.obj", "v 1 2 3\nvn 0 0 1\nv 4 5 6\n").normals == nil)
    #expect(try read("e.xyz", "# a cloud\n1 2 3 0 0 1\n\n4 5 6 0 1 0\n") == whole)
    for (name, text) in [
      ("f.xyz", "1 2 3\n4 5 6 0 1 0\n"), ("g.xyz", ""), ("h.xyz", "1 2\n"), ("i.xyz", "1 2 nan\n"),
      ("k.obj", "f 1 2 3\n"),
      ("l.ply", head + "end_header\n1 2 3\n"), ("m.txt", "1 2 3\n"),
    ] {
      #expect(throws: MeshFileError.self, "\(name)") { try read(name, text) }
    }
  }
}
