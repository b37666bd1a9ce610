import Foundation
import Geometry
import Testing

@Suite("Mesh files: broken and hostile")
struct MeshFileHostileTests {
  static let readable = MeshFormat.allCases

  /// Reads the bytes; whatever comes out must be usable or a one-line error.
  static func tryReading(_ data: Data, _ format: MeshFormat) -> Bool {
    do {
      try Mesh(data: data, format: format, name: "hostile").validate()
      return true
    } catch let error as MeshFileError {
      #expect(!error.description.contains("\n"))
      return false
    } catch {
      Issue.record("\(format): \(error)")
      return false
    }
  }

  @Test("files that are cut off anywhere are errors, or meshes without their end", arguments: readable)
  func truncated(format: MeshFormat) throws {
    let mesh = MeshTests.tetrahedron
    for encoding in [MeshEncoding.binary, .ascii] {
      let data = try mesh.data(format: format, encoding: encoding)
      for length in 0..<(data.count - 2) {
        let isRead = Self.tryReading(data.prefix(length), format)
        // A shorter text is complete where the format does not say how much follows, or when only the rest of the
        // name in "endsolid formcast" or the last digits are missing.
        let spare = encoding == .binary ? 0 : format == .stl ? 12 : 4
        if format != .obj && length < data.count - spare { #expect(!isRead, "\(encoding) \(length)") }
      }
    }
  }

  @Test("changed bytes never crash", arguments: readable)
  func corrupted(format: MeshFormat) throws {
    var random = SplitMix(state: 77)
    for encoding in [MeshEncoding.binary, .ascii] {
      let data = try MeshTests.tetrahedron.data(format: format, encoding: encoding)
      for _ in 0..<3000 {
        var changed = data
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          changed[Int.random(in: 0..<data.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        _ = Self.tryReading(changed, format)
      }
    }
  }

  struct Broken: Sendable {
    var format: MeshFormat, text: String, expected: String

    init(_ format: MeshFormat, _ text: String, _ expected: String) {
      (self.format, self.text, self.expected) = (format, text, expected)
    }
  }

  static let plyHeader = "ply\nformat ascii 1.0\n"
  static let plyVertices = "element vertex 3\nproperty float x\nproperty float y\nproperty float z\n"

  @Test(
    "absurd counts, indices and numbers are refused, with the place",
    arguments: [
      Broken(.off, "OFF\n999999999999 1 0\n0 0 0\n", "line 2"),
      Broken(.off, "OFF\n-1 1 0\n0 0 0\n", "line 2"),
      Broken(.off, "OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 3\n", "line 6: vertex 3 of 3"),
      Broken(.off, "OFF\n3 1 0\n0 0 0\n1 0 nan\n0 1 0\n3 0 1 2\n", "line 4"),
      Broken(.off, "OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n4000000000 0 1 2\n", "line 6"),
      Broken(.off, "OFF BINARY\n", "only text"),
      Broken(.off, "PLY\n", "begins with"),
      Broken(.off, "", "empty"),
      Broken(.obj, "", "no vertex"),
      Broken(.obj, "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 4\n", "line 4 names vertex 4 of 3"),
      Broken(.obj, "v 0 0 0\nf 0 1 1\n", "line 2"),
      Broken(.obj, "v 0 0 0\nf -2 1 1\n", "line 2: vertex -2"),
      Broken(.obj, "v 0 0 0\nf -9223372036854775808 1 1\n", "line 2"),
      Broken(.obj, "v 0 0 0\nf 9223372036854775807 1 1\n", "line 2"),
      Broken(.obj, "v 0 0 0\nf 1 1\n", "line 2: a face has fewer"),
      Broken(.obj, "v 0 0\n", "line 1: coordinate is missing"),
      Broken(.obj, "v 0 0 1e999\n", "line 1: coordinate 1e999 is not finite"),
      Broken(.obj, "v 0 0 zero\n", "line 1: coordinate \"zero\""),
      Broken(
        .stl, "solid x\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nendloop\nendfacet\n", "line 7"),
      Broken(.stl, "solid x\nvertex 0 0 0\n", "cut off"),
      Broken(.stl, "solid x\nhello\nendsolid\n", "line 2"),
      Broken(.stl, "short", "too few"),
      Broken(.ply, "plx\n", "begins with"),
      Broken(.ply, "ply\nformat ascii 1.0\nelement vertex 99999999999\nproperty float x\nend_header\n", "do not fit"),
      Broken(.ply, "ply\nformat odd 1.0\nend_header\n", "line 2"),
      Broken(.ply, "ply\nend_header\n", "line 2: the format"),
      Broken(.ply, "ply\nformat ascii 1.0\nproperty float x\nend_header\n", "line 3"),
      Broken(.ply, "ply\nformat ascii 1.0\nelement vertex 1\nproperty half x\nend_header\n", "line 4"),
      Broken(.ply, plyHeader + "element vertex -4\nend_header\n", "line 3"),
      Broken(.ply, plyHeader + plyVertices + "end_header\n0.0 0.0 0.0\n1 0 0\n0.0 1.0\n", "line 10"),
      Broken(
        .ply,
        plyHeader + plyVertices + "element face 1\nproperty list uchar int vertex_indices\nend_header\n"
          + "0 0 0\n1 0 0\n0 1 0\n3 0 1 7\n", "vertex 7 of 3"),
      Broken(
        .ply,
        plyHeader + plyVertices + "element face 1\nproperty list uchar int vertex_indices\nend_header\n"
          + "0 0 0\n1 0 0\n0 1 0\n2 0 1\n", "corners"),
      Broken(
        .ply,
        plyHeader + plyVertices + "element face 1\nproperty list uchar int vertex_indices\nend_header\n"
          + "0 0 0\n1 0 0\n0 1 0\n1e18 0 1 2\n", "does not fit"),
    ])
  func refused(broken: Broken) {
    let error = #expect(throws: MeshFileError.self) {
      try Mesh(data: Data(broken.text.utf8), format: broken.format, name: "b.\(broken.format.rawValue)")
    }
    let description = error?.description ?? ""
    #expect(description.contains(broken.expected), "\(description)")
    #expect(description.hasPrefix("b.\(broken.format.rawValue): "))
  }

  @Test("a binary STL that announces four thousand million faces allocates nothing")
  func absurdSTL() {
    var data = Data(repeating: 0x20, count: 80)
    data.append(contentsOf: [0xFF, 0xFF, 0xFF, 0xFF])
    data.append(Data(repeating: 0, count: 200))
    #expect(throws: MeshFileError.self) { try Mesh(data: data, format: .stl, name: "big.stl") }
  }
}
