import Experiments
import Foundation
import Geometry
import Synchronization
import Testing
import Volumes

@Suite("Shapes: preparation of a folder")
struct ShapePreparationTests {
  private static let paths = ["a/0.obj", "a/1.stl", "a/2.ply", "b/3.off", "b/4.obj", "5.obj"]
  private static let broken = [
    "b/empty.obj": "# nothing\n", "b/cut.stl": "solid", "b/point.obj": "v 1 1 1\nv 1 1 1\nv 1 1 1\nf 1 2 3\n",
  ]

  @Test("every shape has its voxels and point sets, bad ones are listed and stop nothing")
  func files() throws {
    let fixtures = try ShapeFixtures(Self.paths, broken: Self.broken)
    let summary = try fixtures.preparation()()
    #expect(summary.prepared == 6 && summary.bad == 3 && summary.rejected == 0 && summary.remaining == 0)
    let records = try fixtures.manifest(of: "out")
    #expect(records.map(\.id) == ["5", "a/0", "a/1", "a/2", "b/3", "b/4", "b/cut", "b/empty", "b/point"])
    let contents = try fixtures.contents(of: "out")
    #expect(contents.count == 6 * 4 + 1)
    for record in records where record.outcome == .prepared {
      #expect(
        Set(record.files.keys)
          == Set(
            ["voxels_4", "voxels_8"].map { "\($0)/\(record.id).npy" }
              + ["shapegan", "mesh-to-sdf"].map { "\($0)/\(record.id).npz" }))
      #expect(record.files.allSatisfy { contents[$0.key]?.count == $0.value })
      #expect(record.seconds > 0 && record.report?.faces == 8)
    }
    let list = try String(contentsOf: fixtures.file("out/bad.csv"), encoding: .utf8).split(separator: "\n")
    #expect(list.count == 4 && list[0] == "id,source,outcome,reason")
    #expect(list[1].hasPrefix("b/cut,b/cut.stl,bad,") && list[2].contains("b/empty.obj"))
    let page = try String(contentsOf: fixtures.file("out/index.html"), encoding: .utf8)
    for text in ["b/empty", "Categories", "<img", "Rejected and bad meshes"] { #expect(page.contains(text), "\(text)") }
  }

  @Test("voxels lie in the unit cube, points in the unit sphere, and both come back to mesh units")
  func frames() throws {
    let fixtures = try ShapeFixtures(Self.paths)
    _ = try fixtures.preparation()()
    let record = try #require(try fixtures.manifest(of: "out").first { $0.id == "b/4" })
    // The fifth octahedron: heights of 2 along z, shifted by 40.
    #expect(record.voxelTransform == UnitFrame(center: [40, 40, 40], unitLength: 2))
    #expect(record.sampleTransforms?["shapegan"] == UnitFrame(center: [40, 40, 40], unitLength: 2))
    let grid = try NpyFile.read(fixtures.file("out/voxels_8/b/4.npy").path)
    #expect(grid.shape == [8, 8, 8] && grid.scalarType == .float32)
    let mesh = try Mesh(contentsOf: fixtures.file("meshes/b/4.obj"))
    let field = try MeshDistanceField(mesh)
    let (corner, cube) = (GridFrame.unitCube(count: 8), UnitFrame(center: [40, 40, 40], unitLength: 2))
    var points: [SIMD3<Float>] = []
    for index in 0..<512 {
      let place = SIMD3<Double>(Double(index / 64), Double(index / 8 % 8), Double(index % 8))
      points.append(SIMD3<Float>(cube.outer(corner.position(of: place))))
    }
    // Coordinates near 40 have steps of 4e-6.
    for (stored, exact) in zip(grid.floats(), field.query(points).distances) { #expect(abs(2 * stored - exact) < 2e-5) }
    let archive = try NpzArchive(fixtures.file("out/shapegan/b/4.npz").path)
    #expect(archive.names == ["points", "sdf", "surface_points", "surface_sdf", "transform", "report"])
    let (samples, sdf) = (try archive.array("points"), try archive.array("sdf"))
    #expect(samples.shape == [200, 3] && samples.scalarType == .float32 && sdf.shape == [200])
    #expect(try archive.array("transform").doubles() == [2, 0, 0, 40, 0, 2, 0, 40, 0, 0, 2, 40, 0, 0, 0, 1])
    #expect(samples.points?.allSatisfy { ($0 * $0).sum() <= 1.000001 } == true)
    let report = try JSONDecoder().decode(SampleReport.self, from: Data(try archive.text("report").utf8))
    #expect(report.plan == fixtures.preparationPlan && report.sign == record.report?.sign)
  }

  @Test("any number of threads and any order give the same bytes")
  func threads() throws {
    let fixtures = try ShapeFixtures(Self.paths, broken: Self.broken)
    var preparation = try fixtures.preparation("one")
    preparation.threadCount = 1
    _ = try preparation()
    preparation.out = fixtures.file("many")
    preparation.threadCount = 4
    _ = try preparation()
    #expect(try fixtures.contents(of: "one") == fixtures.contents(of: "many"))
  }

  @Test("what is interrupted goes on and comes to the same bytes; what is done is skipped")
  func resume() throws {
    let fixtures = try ShapeFixtures(Self.paths, broken: Self.broken)
    _ = try fixtures.preparation("whole")()
    var preparation = try fixtures.preparation("parts")
    preparation.threadCount = 1
    let count = Mutex(0)
    let first = try preparation(isStopped: { count.withLock { $0 >= 3 } }) { done in count.withLock { $0 = done } }
    #expect(first.remaining == 6 && first.page == nil)
    // A line that was cut off, and a file that a killed process left behind.
    let manifest = try FileHandle(forWritingTo: fixtures.file("parts/manifest.jsonl"))
    try manifest.seekToEnd()
    try manifest.write(contentsOf: Data("{\"id\":\"a".utf8))
    try manifest.close()
    try Data([1]).write(to: fixtures.file("parts/voxels_4/.x.npy.1-1.part"))
    #expect(throws: ExperimentError.self) { try preparation() }
    preparation.resumes = true
    preparation.threadCount = 2
    let second = try preparation()
    #expect(second.skipped == 3 && second.remaining == 0 && second.prepared == 6 && second.bad == 3)
    #expect(try fixtures.contents(of: "parts") == fixtures.contents(of: "whole"))
    #expect(!FileManager.default.fileExists(atPath: fixtures.file("parts/voxels_4/.x.npy.1-1.part").path))
    #expect(try preparation().skipped == 9)
    try FileManager.default.removeItem(at: fixtures.file("parts/shapegan/a/1.npz"))
    #expect(try preparation().skipped == 8, "a lost file is made again")
    #expect(try fixtures.contents(of: "parts") == fixtures.contents(of: "whole"))
  }

  @Test("other settings need another folder, and foreign folders are left alone")
  func settings() throws {
    let fixtures = try ShapeFixtures(["a.obj"])
    var preparation = try fixtures.preparation()
    _ = try preparation()
    let before = try fixtures.contents(of: "out")
    preparation.resumes = true
    preparation.settings.voxels = [4]
    preparation.settings.seed = 9
    #expect {
      _ = try preparation()
    } throws: {
      "\($0)".contains("other settings (seed, voxels)")
    }
    #expect(try fixtures.contents(of: "out") == before)
    preparation.out = fixtures.file("meshes")
    #expect(throws: ExperimentError.self) { try preparation() }
    preparation.settings.voxels = [1]
    #expect(throws: ExperimentError.self) { try preparation() }
  }

  @Test("meshes that a test objects to are listed, and written or not")
  func rejection() throws {
    let sheet = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"
    let fixtures = try ShapeFixtures(["a.obj"], broken: ["sheet.obj": sheet])
    var preparation = try fixtures.preparation("kept")
    #expect(try preparation().rejected == 1)
    let record = try #require(try fixtures.manifest(of: "kept").last)
    #expect(record.outcome == .rejected && record.files.count == 4)
    #expect(record.reason?.contains("inside") == true)
    preparation.out = fixtures.file("dropped")
    preparation.settings.dropsRejected = true
    #expect(try preparation().rejected == 1)
    #expect(try fixtures.contents(of: "dropped").count == 4 + 1)
  }

  @Test("a shape's samples do not depend on what else is in the folder")
  func independence() throws {
    let (few, many) = (try ShapeFixtures(["a/0.obj"]), try ShapeFixtures(["a/0.obj", "a/9.obj"]))
    _ = try few.preparation()()
    _ = try many.preparation()()
    let (one, other) = (try few.contents(of: "out"), try many.contents(of: "out"))
    #expect(one["shapegan/a/0.npz"] == other["shapegan/a/0.npz"] && one["shapegan/a/0.npz"] != nil)
    #expect(ShapeSeed.seed(1, for: "a") != ShapeSeed.seed(1, for: "b"))
    #expect(ShapeSeed.seed(1, for: "a") != ShapeSeed.seed(2, for: "a"))
  }
}

extension ShapeFixtures {
  fileprivate var preparationPlan: SamplePlan { Self.settings.plans[0] }
}
