import Foundation
import Geometry
import Testing
import Volumes

@Suite(.serialized)
struct SdfCommandTests {
  /// A box of sides 2, 4 and 6 from the origin.
  private static let box = """
    v 0 0 0
    v 2 0 0
    v 0 4 0
    v 2 4 0
    v 0 0 6
    v 2 0 6
    v 0 4 6
    v 2 4 6
    f 1 3 4 2
    f 5 6 8 7
    f 1 2 6 5
    f 3 7 8 4
    f 1 5 7 3
    f 2 4 8 6

    """

  private static let exact = BoxField(center: [1, 2, 3], halfExtents: [1, 2, 3])

  private func box(_ folder: TemporaryFolder, _ name: String = "box.obj") throws -> String {
    let file = URL(fileURLWithPath: folder.file(name))
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    return try folder.write(Array(Self.box.utf8), name)
  }

  private func rows(_ array: NpyArray) -> [SIMD3<Float>] {
    let values = array.floats()
    return (0..<values.count / 3).map { SIMD3(values[3 * $0], values[3 * $0 + 1], values[3 * $0 + 2]) }
  }

  @Test(
    "sample writes points, distances, the way back and a report",
    arguments: ["deepsdf", "deepsdf-code", "mesh-to-sdf", "uniform", "shapegan"])
  func sample(preset: String) throws {
    let folder = try TemporaryFolder()
    let mesh = try box(folder)
    let line = ["sdf", "sample", mesh, "--out", folder.file("out"), "--points", "300", "--preset", preset, "--json"]
    let told = try CommandRunner.succeed(line).object()
    let samples = try #require(told["samples"] as? [[String: Any]])
    #expect(samples.count == 1 && samples[0]["points"] as? Int == 300 && samples[0]["accepted"] as? Bool == true)
    let archive = try NpzArchive(folder.file("out/box.npz"))
    let keys = ["points", "sdf"] + (preset == "shapegan" ? ["surface_points", "surface_sdf"] : [])
    #expect(archive.names == keys + ["transform", "report"])
    let transform = try archive.array("transform")
    #expect(transform.shape == [4, 4] && transform.scalarType == .float64)
    let matrix = transform.doubles()
    let size = matrix[0]
    #expect(matrix == [size, 0, 0, 1, 0, size, 0, 2, 0, 0, size, 3, 0, 0, 0, 1])
    #expect(abs(size - 14.0.squareRoot() * (preset.hasPrefix("deepsdf") ? 1.03 : 1)) < 1e-12)
    for (points, distances) in [("points", "sdf"), ("surface_points", "surface_sdf")] where keys.contains(points) {
      let (places, sdf) = (try archive.array(points), try archive.array(distances))
      #expect(places.shape == [300, 3] && places.scalarType == .float32)
      #expect(sdf.shape == [300] && sdf.scalarType == .float32)
      for (point, distance) in zip(rows(places), sdf.floats()) {
        let exact = Self.exact.sample(at: point * Float(size) + [1, 2, 3]).distance
        #expect(abs(distance * Float(size) - exact) < 3e-6)
      }
    }
    let report = try JSONSerialization.jsonObject(with: Data(try archive.text("report").utf8)) as? [String: Any]
    #expect((report?["sign"] as? [String: Any])?["method"] is String)
    #expect((report?["plan"] as? [String: Any])?["name"] as? String == preset)
  }

  @Test("equal seeds give equal bytes, other seeds others; options change the plan")
  func seeds() throws {
    let folder = try TemporaryFolder()
    let mesh = try box(folder)
    func bytes(_ out: String, _ options: [String]) throws -> Data {
      _ = try CommandRunner.succeed(
        ["sdf", "sample", mesh, "--out", folder.file(out), "--points", "100", "--quiet"] + options)
      return try Data(contentsOf: URL(fileURLWithPath: folder.file("\(out)/box.npz")))
    }
    let first = try bytes("a", [])
    #expect(try bytes("b", ["--seed", "1"]) == first)
    #expect(try bytes("c", ["--seed", "2"]) != first)
    _ = try bytes(
      "d",
      ["--near", "0.5", "--sigma", "0", "--region", "cube", "--radius", "2", "--margin", "1", "--normalize", "cube"])
    let archive = try NpzArchive(folder.file("d/box.npz"))
    let distances = try archive.array("sdf").floats()
    #expect(distances.prefix(50).allSatisfy { abs($0) < 1e-6 } && distances.suffix(50).contains { $0 > 1 })
    #expect(try archive.array("transform").doubles()[0] == 3)
    let unit = try bytes("e", ["--normalize", "none"])
    #expect(unit != first)
    let own = try NpzArchive(folder.file("e/box.npz"))
    #expect(try own.array("transform").doubles() == [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1])
  }

  @Test("meshes of one name go into folders like theirs, bad ones stop nothing")
  func names() throws {
    let folder = try TemporaryFolder()
    let meshes = [try box(folder, "x/m.obj"), try box(folder, "y/m.obj")]
    let line = ["sdf", "sample", "--out", folder.file("out"), "--points", "50", "--quiet"]
    _ = try CommandRunner.succeed(line + meshes)
    #expect(try folder.contents.filter { $0.hasSuffix(".npz") } == ["out/x/m.npz", "out/y/m.npz"])
    #expect(try CommandRunner.run(line + meshes).status == 1, "there are samples already")
    _ = try CommandRunner.succeed(line + meshes + ["--force"])
    let empty = try folder.write(Array("# none\n".utf8), "empty.obj")
    let mixed = ["sdf", "sample", "--out", folder.file("mixed"), "--points", "50", "--quiet", empty, meshes[0]]
    let outcome = try CommandRunner.run(mixed)
    #expect(outcome.status == 1 && outcome.errors.contains("empty.obj") && outcome.errors.contains("1 of 2"))
    #expect(try folder.contents.filter { $0.hasPrefix("mixed/") } == ["mixed/m.npz"])
  }

  @Test("grid is in mesh units with its frame beside it, or in the unit cube")
  func grid() throws {
    let folder = try TemporaryFolder()
    let line = ["sdf", "grid", try box(folder), "--resolution", "9", "--json"]
    let told = try CommandRunner.succeed(line + ["--out", folder.file("g.npy")]).object()
    let grid = try NpyFile.read(folder.file("g.npy"))
    #expect(grid.shape == [9, 9, 9] && grid.scalarType == .float32)
    let origin = try #require(told["origin"] as? [Double]), spacing = try #require(told["spacing"] as? [Double])
    // The longest side is 6, with a twentieth of it more on each side.
    #expect(zip(origin, [-2.3, -1.3, -0.3]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(spacing.allSatisfy { abs($0 - 6.6 / 8) < 1e-12 })
    for (index, value) in grid.floats().enumerated() {
      let place = SIMD3(Double(index / 81), Double(index / 9 % 9), Double(index % 9))
      let point = SIMD3(origin[0], origin[1], origin[2]) + place * spacing[0]
      #expect(abs(value - Self.exact.sample(at: SIMD3<Float>(point)).distance) < 3e-6)
    }
    let beside = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: folder.file("g.json"))))
    #expect((beside as? [String: Any])?["origin"] as? [Double] == origin)
    let unit = ["--normalize", "cube", "--clip", "0.1", "--pad", "--out", folder.file("u.npy")]
    let cube = try CommandRunner.succeed(line + unit).object()
    #expect(cube["origin"] as? [Double] == [-1.25, -1.25, -1.25])
    #expect((cube["transform"] as? [[Double]])?[2] == [0, 0, 3, 3])
    let clipped = try NpyFile.read(folder.file("u.npy"))
    #expect(clipped.shape == [11, 11, 11])
    let values = clipped.floats()
    #expect(values[0] == 1 && values.min() == -0.1 && values.contains(0.1))
    #expect(abs(values[(5 * 11 + 5) * 11 + 5] + 0.1) < 1e-7, "the middle is inside")
    let given = ["--box", "-1,0,0,3,4,6", "--out", folder.file("b.npy"), "--sign", "parity"]
    let boxed = try CommandRunner.succeed(line + given).object()
    #expect(boxed["origin"] as? [Double] == [-1, 0, 0] && boxed["spacing"] as? [Double] == [0.5, 0.5, 0.75])
    #expect(boxed["sign"] as? String == "parity")
  }

  @Test("query answers points of any leading shape")
  func query() throws {
    let folder = try TemporaryFolder()
    let mesh = try box(folder)
    let points: [Double] = [1, 2, 2.5, 4, 2, 3, 1, 2, -2, 1, 3.5, 3]
    try NpyFile.write(NpyArray(shape: [2, 2, 3], points), to: folder.file("p.npy"))
    let told = try CommandRunner.succeed([
      "sdf", "query", mesh, "--points", folder.file("p.npy"), "--out", folder.file("d.npy"), "--closest",
      folder.file("c.npy"), "--gradients", folder.file("g.npy"), "--json",
    ]).object()
    #expect(told["points"] as? Int == 4 && told["inside"] as? Int == 2)
    let distances = try NpyFile.read(folder.file("d.npy"))
    #expect(distances.shape == [2, 2] && distances.scalarType == .float32)
    #expect(zip(distances.floats(), [-1, 2, 2, -0.5]).allSatisfy { abs($0 - $1) < 1e-6 })
    let closest = rows(try NpyFile.read(folder.file("c.npy"))), gradients = rows(try NpyFile.read(folder.file("g.npy")))
    let near: [SIMD3<Float>] = [[2, 2, 3], [1, 2, 0], [1, 4, 3]],
      up: [SIMD3<Float>] = [[1, 0, 0], [0, 0, -1], [0, 1, 0]]
    for (index, row) in [1, 2, 3].enumerated() {
      #expect((closest[row] - near[index]).indices.allSatisfy { abs((closest[row] - near[index])[$0]) < 1e-6 })
      #expect((0..<3).allSatisfy { abs((gradients[row] - up[index])[$0]) < 1e-6 })
    }
    try NpyFile.write(NpyArray(shape: [1, 3], [Float(0), 0, 0]), to: folder.file("o.npy"))
    _ = try CommandRunner.succeed([
      "sdf", "query", mesh, "--points", folder.file("o.npy"), "--out", folder.file("n.npy"), "--normalize", "cube",
      "--quiet",
    ])
    #expect(abs(try NpyFile.read(folder.file("n.npy")).floats()[0] + 1.0 / 3) < 1e-6)
  }

  @Test("check says what is wrong with a mesh")
  func check() throws {
    let folder = try TemporaryFolder()
    let sheet = try folder.write(Array("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n".utf8), "sheet.obj")
    let line = ["sdf", "check", try box(folder), sheet, "--points", "400", "--json"]
    let outcome = try CommandRunner.succeed(line)
    let meshes = try #require(try outcome.object()["meshes"] as? [[String: Any]])
    #expect(meshes.map { $0["closed"] as? Bool } == [true, false])
    #expect(meshes.map { $0["accepted"] as? Bool } == [true, false])
    #expect(meshes[0]["duplicates"] as? Int == 0 && meshes[0]["oriented"] as? Bool == true)
    let report = meshes[0]["report"] as? [String: Any]
    #expect(report?["volume"] as? Double == 48 && (meshes[0]["windingMargin"] as? Double ?? 0) > 0.9)
    #expect(outcome.output.contains("winding margin") && outcome.output.contains("sheet.obj"))
  }

  @Test("prepare makes a data set, goes on with it and refuses other settings")
  func prepare() throws {
    let folder = try TemporaryFolder()
    for name in ["in/a/1.obj", "in/b/2.obj"] { _ = try box(folder, name) }
    _ = try folder.write(Array("# none\n".utf8), "in/b/empty.obj")
    let line = [
      "sdf", "prepare", folder.file("in"), "--out", folder.file("out"), "--voxels", "4,8", "--points", "100",
      "--preset",
      "deepsdf,uniform", "--json",
    ]
    let told = try CommandRunner.succeed(line).object()
    #expect(told["prepared"] as? Int == 2 && told["bad"] as? Int == 1)
    for name in ["voxels_4/a/1.npy", "voxels_8/b/2.npy", "deepsdf/a/1.npz", "uniform/b/2.npz", "index.html", "bad.csv"]
    {
      #expect(FileManager.default.fileExists(atPath: folder.file("out/\(name)")), "\(name)")
    }
    #expect(try CommandRunner.run(line).errors.contains("--resume"))
    #expect(try CommandRunner.succeed(line + ["--resume"]).object()["skipped"] as? Int == 3)
    let other = try CommandRunner.run(line + ["--resume", "--seed", "5"])
    #expect(other.status == 1 && other.errors.contains("other settings (seed)"))
  }
}
