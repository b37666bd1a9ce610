import Foundation
import Geometry
import Testing

@Suite("Mesh files")
struct MeshFileTests {
  static func sample() throws -> Mesh {
    try SurfaceExtraction.signedDistance.mesh(
      of: ScalarGrid(
        sampling: TorusField(majorRadius: 0.5, minorRadius: 0.25), shape: .init(cube: 14), frame: .unitCube(count: 14)))
  }

  static func read(_ text: String, _ format: MeshFormat) throws -> Mesh {
    try Mesh(data: Data(text.utf8), format: format, name: "test.\(format.rawValue)")
  }

  @Test("what is written is read back bit for bit, binary and text", arguments: MeshFormat.allCases)
  func roundTrip(format: MeshFormat) throws {
    let mesh = try Self.sample()
    for encoding in [MeshEncoding.binary, .ascii] {
      let data = try mesh.data(format: format, encoding: encoding)
      #expect(try mesh.data(format: format, encoding: encoding) == data)
      let back = try Mesh(data: data, format: format, name: "round trip")
      if format == .stl {
        // Triangles know no shared vertices: the order of first use is what welding gives back.
        let isWelded = back == mesh.welded()
        #expect(isWelded)
        #expect(MeshTopology(back).isClosed && back.faces.count == mesh.faces.count)
      } else {
        let isEqual = back == mesh
        #expect(isEqual)
      }
      let empty = try Mesh(
        data: Mesh(positions: [.zero]).data(format: format, encoding: encoding), format: format, name: "")
      #expect(empty.faces.isEmpty)
    }
  }

  @Test("files are chosen by extension, replaced whole, and leave nothing beside them")
  func files() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("formcast-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let mesh = try Self.sample()
    for name in ["a.stl", "a.OBJ", "a.ply", "a.off", "a.glb", "a.gltf"] {
      let url = folder.appendingPathComponent(name)
      try mesh.write(to: url)
      try mesh.write(to: url)
      #expect(try Mesh(contentsOf: url).faces.count == mesh.faces.count)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 6)
    let glb = folder.appendingPathComponent("b.glb")
    #expect(throws: MeshFileError.self) { try mesh.write(to: glb, encoding: .ascii) }
    for path in ["a.fbx", "missing.ply", "none", "a.ply/x.ply"] {
      let error = #expect(throws: MeshFileError.self) { try Mesh(contentsOf: folder.appendingPathComponent(path)) }
      #expect(error?.description.contains(path) == true && error?.description.contains("\n") == false)
    }
    #expect(throws: MeshFileError.self) { try mesh.write(to: folder.appendingPathComponent("no/such/folder.stl")) }
  }

  @Test("GLB has the chunks, lengths and bounds that glTF 2.0 asks for")
  func glb() throws {
    let mesh = try Self.sample()
    let bytes = [UInt8](try mesh.data(format: .glb))
    func word(_ offset: Int) -> Int {
      (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }
    #expect(Array(bytes[0..<4]) == Array("glTF".utf8) && word(4) == 2 && word(8) == bytes.count)
    let length = word(12)
    #expect(length % 4 == 0 && word(16) == 0x4E4F_534A && word(20 + length + 4) == 0x004E_4942)
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(bytes[20..<(20 + length)])) as? [String: Any])
    let accessors = try #require(json["accessors"] as? [[String: Any]])
    let low = try #require(accessors[0]["min"] as? [Double])
    let bounds = try #require(mesh.bounds)
    #expect(low.map { Float($0) } == (0..<3).map { bounds.lower[$0] })
    #expect(
      accessors.map { $0["count"] as? Int } == [mesh.positions.count, mesh.positions.count, 3 * mesh.faces.count])
    #expect(word(20 + length) == 24 * mesh.positions.count + 12 * mesh.faces.count)
    #expect(word(20 + length) + 28 + length == bytes.count)
    let empty = [UInt8](try Mesh().data(format: .glb))
    #expect(String(decoding: empty, as: UTF8.self).contains("\"scenes\":[{}]"))
  }

  @Test("OBJ: polygons, textures, normals, negative numbers, continued lines and faces before vertices")
  func objDialects() throws {
    let mesh = try Self.read(
      """
      # a comment
      mtllib x.mtl
      f 1/1/1 2//3 3/2 4
      v 0 0 0 1 0.5 0.5
      v 1.0 0 0
      v 1 1e0 0
      v 0 1 -0.25
      vt 0 0
      usemtl m
      f -4 -3 \\
        -2
      """, .obj)
    #expect(mesh.positions == [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, -0.25]])
    #expect(mesh.faces == [[0, 1, 2], [0, 2, 3], [0, 1, 2]])
    #expect(try Self.read("v 0 0 0\r\nv 1 0 0\r\nv 0 1 0\r\nf 1 2 3\r\n", .obj).faces == [[0, 1, 2]])
  }

  @Test("OFF: glued counts, comments, colours, polygons")
  func offDialects() throws {
    let body = "0 0 0\n\n1 0 0 # corner\n1 1 0\n0 1 0\n4 0 1 2 3 255 0 0\n"
    for header in ["OFF\n4 1 0\n", "OFF4 1 0\n", "OFF 4 1 0\n", "# hello\nCOFF\n# more\n4 1 4\n"] {
      let mesh = try Self.read(header + body, .off)
      #expect(mesh.positions.count == 4 && mesh.faces == [[0, 1, 2], [0, 2, 3]])
    }
  }

  @Test("PLY: both byte orders, other elements and properties, any number type")
  func plyDialects() throws {
    let header = { (format: String) in
      """
      ply
      format \(format) 1.0
      comment made by hand
      element camera 1
      property list uchar int things
      property short id
      element vertex 4
      property uchar red
      property double x
      property float y
      property short z
      element face 1
      property uchar flags
      property list uint ushort vertex_index
      end_header

      """
    }
    let text = header("ascii") + "2 7 8 -3\n9 0 0 0\n9 1.5 0 0\n9 1 1 0\n9 0 1 2\n0 4 0 1 2 3\n"
    let expected = try Self.read(text, .ply)
    #expect(expected.positions == [[0, 0, 0], [1.5, 0, 0], [1, 1, 0], [0, 1, 2]])
    #expect(expected.faces == [[0, 1, 2], [0, 2, 3]])
    for isBig in [true, false] {
      var data = Data(header(isBig ? "binary_big_endian" : "binary_little_endian").utf8)
      func put(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: isBig ? value.bigEndian : value.littleEndian) { data.append(contentsOf: $0) }
      }
      put(UInt8(2))
      put(Int32(7))
      put(Int32(8))
      put(Int16(-3))
      for position in expected.positions {
        put(UInt8(9))
        put(Double(position.x).bitPattern)
        put(position.y.bitPattern)
        put(Int16(position.z))
      }
      put(UInt8(0))
      put(UInt32(4))
      for index in 0..<4 { put(UInt16(index)) }
      #expect(try Mesh(data: data, format: .ply, name: "hand.ply") == expected)
    }
  }

  @Test("STL: a binary file that begins with solid, trailing bytes, text in capitals")
  func stlDialects() throws {
    let mesh = try Self.sample()
    var data = try mesh.data(format: .stl)
    data.replaceSubrange(0..<5, with: Data("solid".utf8))
    let welded = mesh.welded()
    let fromSolid = try Mesh(data: data, format: .stl, name: "") == welded
    #expect(fromSolid)
    var longer = try mesh.data(format: .stl)
    longer.append(contentsOf: [1, 2, 3])
    let fromLonger = try Mesh(data: longer, format: .stl, name: "") == welded
    #expect(fromLonger)
    let text = String(decoding: try mesh.data(format: .stl, encoding: .ascii), as: UTF8.self)
    let fromCapitals = try Self.read(text.uppercased().replacing("\n", with: "\r\n"), .stl) == welded
    #expect(fromCapitals)
  }
}
