import Foundation
import Geometry
import Testing

@Suite("Mesh files: glTF, objects, polygons")
struct MeshFileSceneTests {
  static func scene(_ text: String, _ format: MeshFormat = .gltf) throws -> MeshScene {
    try MeshScene(data: Data(text.utf8), format: format, name: "test.\(format.rawValue)")
  }

  static func temporaryFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "formcast-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  @Test("glTF: nodes move, turn and mirror their meshes; strips, fans, quantized and sparse positions; text and binary")
  func gltf() throws {
    let scene = try Self.scene(GLTFSamples.scene)
    let binary = try MeshScene(data: Data(GLTFSamples.binary), format: .glb, name: "")
    #expect(scene == binary)
    #expect(scene.objects.map(\.name) == ["mirror", "quantized", "strips"])
    let mirror = scene.objects[0].mesh
    #expect(mirror.positions == [[1, 2, 3], [-1, 2, 3], [-1, 3, 3], [1, 3, 3], [0, 2.5, 4]])
    // Turned round by the mirror, it still looks outward.
    #expect(mirror.faces.first == [0, 1, 2] && mirror.faces.count == 6)
    #expect(abs(mirror.signedVolume - 2.0 / 3) < 1e-6 && MeshTopology(mirror).isClosed)
    let quantized = scene.objects[1].mesh
    let expected: [SIMD3<Float>] = [[1, 2, 3], [1, 3, 3], [2, 2, 3]]
    for (position, expected) in zip(quantized.positions, expected) {
      #expect(((position - expected) * (position - expected)).sum() < 1e-10)
    }
    #expect(quantized.faces == [[0, 1, 2]])
    let strips = scene.objects[2].mesh
    // A strip and a fan of 0 1 3 2 on one list of vertices, of which the fifth is replaced and in no face, then those of
    // another list, shared with the first mesh.
    #expect(strips.faces.prefix(4) == [[0, 1, 3], [3, 1, 2], [0, 1, 3], [0, 3, 2]])
    #expect(strips.positions.count == 10 && strips.faces.count == 10)
    #expect(strips.positions[4] == [10.5, 0.5, 2] && strips.positions[9] == [10.5, 0.5, 1])
    let joined = try Mesh(data: Data(GLTFSamples.binary), format: .glb, name: "")
    #expect(joined == scene.joined && joined.faces.count == 17)
  }

  @Test("glTF: buffers lie beside the document or below, and nowhere else")
  func buffers() throws {
    let folder = try Self.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let inner = folder.appending(path: "inner")
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
    for place in ["outer.bin", "inner/a b.bin"] {
      try Data(GLTFSamples.buffer).write(to: folder.appending(path: place))
    }
    try FileManager.default.createSymbolicLink(
      at: inner.appending(path: "link.bin"), withDestinationURL: folder.appending(path: "outer.bin"))
    let expected = try Self.scene(GLTFSamples.scene)
    let url = inner.appending(path: "scene.gltf")
    func read(_ uri: String) throws -> MeshScene {
      try Data(GLTFSamples.document(uri: uri).utf8).write(to: url)
      return try MeshScene(contentsOf: url)
    }
    #expect(try read("a%20b.bin") == expected)
    let outer = folder.appending(path: "outer.bin").path
    let elsewhere = [
      "../outer.bin", "x/../../outer.bin", "%2e%2e/outer.bin", outer, "file://" + outer, "link.bin", "..\\\\outer.bin",
    ]
    for uri in elsewhere + ["http://example.org/a.bin", "none.bin", "", "a\\u0000b", "."] {
      let error = #expect(throws: MeshFileError.self, "\(uri)") { try read(uri) }
      #expect(error?.description.contains("\n") == false)
    }
    let loose = #expect(throws: MeshFileError.self) { try Self.scene(GLTFSamples.document(uri: "a%20b.bin")) }
    #expect(loose?.description.contains("not at hand") == true)
  }

  static let asset = #""asset":{"version":"2.0"}"#

  @Test(
    "glTF that is broken, hostile or compressed is refused",
    arguments: [
      ("{", "broken"), ("[]", "not that of glTF"), (#"{"asset":{"version":"1.0"}}"#, "convert it to glTF 2.0"),
      (String(repeating: "[", count: 100_000), "deeper than 64"),
      (#"{"asset":{"version":"2.0"},"x":"# + String(repeating: "{\"a\":", count: 5000), "deeper than 64"),
      (#"{"asset":{"version":"2.0"},"extensionsRequired":["KHR_draco_mesh_compression"]}"#, "without compression"),
      (#"{"asset":{"version":"2.0"},"extensionsRequired":["EXT_meshopt_compression"]}"#, "without compression"),
      (#"{"asset":{"version":"2.0"},"extensionsRequired":["KHR_new"]}"#, "KHR_new"),
      (#"{"asset":{"version":"2.0"},"scene":3,"scenes":[{}]}"#, "scene 3"),
      (#"{"asset":{"version":"2.0"},"scenes":[{"nodes":[0]}],"nodes":[{"children":[0]}]}"#, "ancestor"),
      (#"{"asset":{"version":"2.0"},"scenes":[{"nodes":[0,1]}],"nodes":[{"children":[1]},{}]}"#, "two parents"),
      (#"{"asset":{"version":"2.0"},"scenes":[{"nodes":[-1]}],"nodes":[{}]}"#, "node -1"),
      (#"{"asset":{"version":"2.0"},"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0}]}"#, "mesh 0"),
      (#"{"asset":{"version":"2.0"},"scenes":[{"nodes":[0]}],"nodes":[{"scale":[1,2]}]}"#, "size are broken"),
      (#"{"asset":{"version":"2.0"},"scenes":[{"nodes":[0]}],"nodes":[{"rotation":[0,0,0,0]}]}"#, "size are broken"),
      (#"{"asset":{"version":"2.0"},"scenes":[{"nodes":[0]}],"nodes":[{"matrix":[1e300]}]}"#, "size are broken"),
      (#"{"asset":{"version":"2.0"},"buffers":[{"byteLength":9,"uri":"data:;base64,AAAA"}]}"#, "there are 3"),
      (#"{"asset":{"version":"2.0"},"buffers":[{"byteLength":9,"uri":"data:text,AAAA"}]}"#, "not base64"),
      (#"{"asset":{"version":"2.0"},"buffers":[{"byteLength":9}]}"#, "does not hold"),
    ])
  func refused(text: String, expected: String) {
    let error = #expect(throws: MeshFileError.self) { try Self.scene(text) }
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("\n") == false)
  }

  @Test(
    "glTF accessors that reach beyond their bytes are refused",
    arguments: [
      ("\"count\":5,", "\"count\":6,", "do not fit"), ("\"count\":5,", "\"count\":99999999999,", "do not fit"),
      ("\"count\":5,", "\"count\":-1,", "do not fit"), ("\"byteLength\":60", "\"byteLength\":600", "beyond its buffer"),
      ("\"byteOffset\":60", "\"byteOffset\":9223372036854775807", "beyond its buffer"),
      ("\"byteOffset\":60", "\"byteOffset\":-4", "beyond its buffer"),
      ("\"byteStride\":4", "\"byteStride\":0", "do not fit"),
      ("\"count\":18", "\"count\":17", "whole number of triangles"),
      ("\"indices\":1", "\"indices\":9", "does not exist"),
      ("\"POSITION\":0", "\"POSITION\":1", "three floats"),
      ("\"count\":5,\"type\":\"VEC3\"}", "\"count\":4,\"type\":\"VEC3\"}", "vertex 4 of 4"),
      (
        "\"bufferView\":0,\"componentType\":5126,\"count\":5,\"type\":\"VEC3\"}",
        "\"componentType\":5126,\"count\":5,\"type\":\"VEC3\"}", "no data"
      ),
      (
        "{\"buffer\":0,\"byteLength\":60}",
        "{\"buffer\":0,\"byteLength\":60,\"extensions\":{\"EXT_meshopt_compression\":{}}}", "without compression"
      ),
      ("\"sparse\":{\"count\":1", "\"sparse\":{\"count\":6", "are replaced"),
    ])
  func refusedAccessors(part: String, replacement: String, expected: String) {
    let text = GLTFSamples.scene.replacing(part, with: replacement)
    #expect(text != GLTFSamples.scene)
    let error = #expect(throws: MeshFileError.self) { try Self.scene(text) }
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
  }

  @Test("glTF that repeats a mesh for ever is refused, one that repeats it often is not")
  func repeated() throws {
    func document(_ count: Int) -> String {
      let nodes = (0..<count).map { _ in #"{"mesh":0}"# }.joined(separator: ",")
      let roots = (0..<count).map(String.init).joined(separator: ",")
      return GLTFSamples.scene.replacing(GLTFSamples.nodes, with: "[\(nodes)]").replacing("[0,3]", with: "[\(roots)]")
    }
    #expect(try Self.scene(document(100)).objects.count == 100)
    // A large mesh of few bytes: many corners of one view, repeated by thousands of small nodes.
    let many = document(2000).replacing(
      #"{"attributes":{"POSITION":0},"indices":1}"#,
      with: (0..<300).map { _ in #"{"attributes":{"POSITION":0},"indices":1}"# }.joined(separator: ","))
    let error = #expect(throws: MeshFileError.self) { try Self.scene(many) }
    #expect(error?.description.contains("repeats") == true, "\(error?.description ?? "")")
  }

  @Test("OBJ objects, or groups where there are no objects, are told apart with their own vertices")
  func objects() throws {
    let body = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\n"
    let scene = try Self.scene(body + "o a b\nf 1 2 3\no second\nf 2 3 4\ng x\no a b\nf 1 3 4\n", .obj)
    #expect(scene.objects.map(\.name) == ["a b", "second"])
    #expect(scene.objects[0].mesh.faces == [[0, 1, 2], [0, 2, 3]])
    #expect(scene.objects[1].mesh == Mesh(positions: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], faces: [[0, 1, 2]]))
    let groups = try Self.scene(body + "f 1 2 3\ng x\nf 2 3 4\n", .obj)
    #expect(groups.objects.map(\.name) == ["", "x"])
    let plain = try Self.scene(body + "f 1 2 3\n", .obj)
    #expect(plain.objects.count == 1 && plain.objects[0].mesh.positions.count == 4)
    let solids = try Self.scene(FuzzSeeds.stl + FuzzSeeds.stl.replacing("solid part", with: "solid other one"), .stl)
    #expect(solids.objects.map(\.name) == ["part", "other one"])
    #expect(try MeshFileTests.read(FuzzSeeds.stl + FuzzSeeds.stl, .stl).faces.count == 2)
  }

  /// Twice the area of a list of triangles in the plane z = 0, and whether none is turned over.
  static func cover(_ mesh: Mesh) -> (area: Double, isSound: Bool) {
    let areas = mesh.faces.map { face in
      let (a, b, c) = (mesh.positions[Int(face.x)], mesh.positions[Int(face.y)], mesh.positions[Int(face.z)])
      return Double((b - a).x * (c - a).y - (b - a).y * (c - a).x)
    }
    return (areas.reduce(0, +), areas.allSatisfy { $0 >= 0 } || areas.allSatisfy { $0 <= 0 })
  }

  @Test("polygons that are not convex are covered exactly, whatever corner they begin with")
  func concave() throws {
    // An arrow, a comb, a spiral, a quadrilateral with a dent, one with corners in a line, a frame cut open.
    let shapes: [[(Int, Int)]] = [
      [(0, 0), (4, 0), (4, 4), (2, 1), (0, 4)],
      [(0, 0), (7, 0), (7, 5), (6, 5), (6, 1), (5, 1), (5, 5), (4, 5), (4, 1), (3, 1), (3, 5), (0, 5)],
      [(0, 0), (9, 0), (9, 9), (2, 9), (2, 4), (5, 4), (5, 6), (4, 6), (4, 7), (7, 7), (7, 2), (0, 2)],
      [(0, 0), (4, 1), (0, 2), (1, 1)],
      [(0, 0), (2, 0), (4, 0), (4, 4), (2, 4), (2, 2), (0, 2)],
      [(0, 0), (6, 0), (6, 6), (0, 6), (0, 0), (2, 2), (2, 4), (4, 4), (4, 2), (2, 2)],
    ]
    for shape in shapes {
      let area = zip(shape, shape.dropFirst() + shape.prefix(1)).reduce(0.0) { sum, side in
        sum + Double(side.0.0 * side.1.1 - side.0.1 * side.1.0)
      }
      for shift in shape.indices {
        for isTurned in [false, true] {
          let corners = Array(shape[shift...] + shape[..<shift])
          let lines = (isTurned ? corners.reversed() : corners).map { "v \($0.0) \($0.1) 0" }
          let mesh = try MeshFileTests.read(
            lines.joined(separator: "\n") + "\nf " + (1...shape.count).map(String.init).joined(separator: " ") + "\n",
            .obj)
          let cover = Self.cover(mesh)
          #expect(mesh.faces.count == shape.count - 2)
          #expect(cover.isSound && cover.area == (isTurned ? -area : area), "\(shape) from \(shift): \(cover)")
          #expect(Set(mesh.faces.flatMap { [$0.x, $0.y, $0.z] }).count == shape.count)
        }
      }
    }
  }

  @Test("a random star of many corners is covered exactly in any plane; a polygon that crosses itself stays a fan")
  func stars() throws {
    var random = SplitMix(state: 6)
    for count in [50, 700] {
      var text = ""
      var area = 0.0
      let ring = (0..<count).map { corner -> (Double, Double) in
        let (angle, radius) = (
          2 * Double.pi * Double(corner) / Double(count), Double.random(in: 0.2...1, using: &random)
        )
        return (radius * cos(angle), radius * sin(angle))
      }
      for (corner, place) in ring.enumerated() {
        text += "v \(place.0) \(place.0 * 3) \(place.1)\n"
        let next = ring[(corner + 1) % count]
        area += (place.0 * next.1 - place.1 * next.0) / 2
      }
      let mesh = try MeshFileTests.read(text + "f " + (1...count).map(String.init).joined(separator: " "), .obj)
      #expect(abs(mesh.area - area * Double(10).squareRoot()) < 1e-4 * area)
      let topology = MeshTopology(mesh)
      #expect(topology.boundaryEdgeCount == count && topology.eulerNumber == 1 && topology.isConsistentlyOriented)
    }
    let bow = try MeshFileTests.read("v 0 0 0\nv 2 2 0\nv 2 0 0\nv 0 2 0\nf 1 2 3 4\n", .obj)
    #expect(bow.faces == [[0, 1, 2], [0, 2, 3]])
  }

  @Test("a polygon of fifty thousand corners ends in time")
  func hugePolygon() throws {
    var text = "OFF\n50000 1 0\n"
    for corner in 0..<50000 { text += "\(corner / 2 * 2 + (corner % 2) * 40001 % 5) \(corner % 2 * (corner % 7)) 0\n" }
    text += "50000 " + (0..<50000).map(String.init).joined(separator: " ") + "\n"
    let start = ContinuousClock.now
    #expect(try MeshFileTests.read(text, .off).faces.count == 49998)
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test("text files with returns only, byte order marks and missing keywords; strips of PLY")
  func dialects() throws {
    let obj = "v 0 0 0\rv 1 0 0\rv 0 1 0\rf 1 2 3\r"
    #expect(try MeshFileTests.read(obj, .obj).faces == [[0, 1, 2]])
    #expect(try MeshFileTests.read("\u{FEFF}v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3", .obj).positions.count == 3)
    let body = "0 0 0\n1 0 0\n1 1 0\n0 1 0\n4 0 1 2 3\n"
    for header in ["4 1 0\n", "CNOFF 4 1\n", "STCNOFF\n4 1 0\n", "NOFF # normals\n\n# none\n4 1 0\n"] {
      #expect(try MeshFileTests.read(header + body, .off).faces == [[0, 1, 2], [0, 2, 3]])
    }
    for header in ["4OFF\n", "nOFF\n3\n"] {
      let error = #expect(throws: MeshFileError.self) { try MeshFileTests.read(header + "4 1 0\n" + body, .off) }
      #expect(error?.description.contains("three coordinates") == true)
    }
    let strips = try MeshFileTests.read(FuzzSeeds.plyHeader("ascii") + FuzzSeeds.plyText, .ply)
    #expect(strips.faces == [[0, 1, 2], [0, 2, 3], [0, 1, 2], [1, 2, 3]])
    for isBig in [false, true] {
      #expect(try Mesh(data: Data(FuzzSeeds.plyBinary(isBig: isBig)), format: .ply, name: "") == strips)
    }
  }

  @Test("folders, pipes and devices are no mesh files")
  func notFiles() throws {
    let folder = try Self.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let pipe = folder.appending(path: "pipe.obj")
    #expect(mkfifo(pipe.path, 0o600) == 0)
    let device = folder.appending(path: "zero.stl")
    try FileManager.default.createSymbolicLink(at: device, withDestinationURL: URL(filePath: "/dev/zero"))
    for url in [pipe, device, folder.appending(path: "../\(folder.lastPathComponent).ply")] {
      #expect(throws: MeshFileError.self) { try Mesh(contentsOf: url) }
    }
  }
}
