import Foundation
import Geometry

/// Small whole files of every kind, from which damaged ones are made.
enum FuzzSeeds {
  static let targets: [FuzzTests.Target] = [
    .mesh("obj", .obj, [text(.obj), Array(obj.utf8)]),
    .mesh("off", .off, [text(.off), Array(off.utf8)]),
    .mesh("coff", .off, [Array(coff.utf8), Array("4 1 0\n0 0 0\n2 0 0\n2 2 0\n0 2 0\n4 0 1 2 3\n".utf8)]),
    .mesh("ply text", .ply, [bytes(.ply, .ascii), Array((plyHeader("ascii") + plyText).utf8)]),
    .mesh("ply little endian", .ply, [bytes(.ply, .binary), plyBinary(isBig: false)]),
    .mesh("ply big endian", .ply, [plyBinary(isBig: true)]),
    .mesh("stl text", .stl, [bytes(.stl, .ascii), Array((stl + stl.replacing("part", with: "second")).utf8)]),
    .mesh("stl binary", .stl, [bytes(.stl, .binary), Array("solid".utf8) + bytes(.stl, .binary).dropFirst(5)]),
    .mesh("glb", .glb, [bytes(.glb, .binary), GLTFSamples.binary]),
    .mesh("gltf", .gltf, [bytes(.gltf, .ascii), Array(GLTFSamples.scene.utf8)]),
    .voxels(.binvox, [binvox]),
    .voxels(.mat, ["several", "several7", "version4", "instance30"].compactMap(fixture)),
    compressed,
  ]

  static func fixture(_ name: String) -> [UInt8]? {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let data = try? Data(contentsOf: folder.appending(path: "Fixtures/voxels/\(name).mat"))
    return data.map { [UInt8]($0) }
  }

  private static func bytes(_ format: MeshFormat, _ encoding: MeshEncoding) -> [UInt8] {
    (try? MeshTests.tetrahedron.data(format: format, encoding: encoding)).map { [UInt8]($0) } ?? []
  }

  private static func text(_ format: MeshFormat) -> [UInt8] { bytes(format, .ascii) }

  static let obj = """
    # a comment
    o one
    v 0 0 0
    v 4.0 0 0
    v 4 4 0
    v 2 1e0 0
    v 0 4 -0.25
    f 1/1/1 2//3 3/2 4 5
    g a b
    o two
    v 7 7 7
    f -4 -3 \\
      -1
    """
  static let off = "OFF\n# five\n5 2 0\n0 0 0\n4 0 0 # a\n4 4 0\n2 1 0\n\n0 4 0\n5 0 1 2 3 4 255 0 0\n3 0 1 2\n"
  static let coff = "COFF 3 1 3\n0 0 0 255 0 0 255\n1 0 0 0.5 0.5 0.5 1\n0 1 0 1 2 3 4\n3 0 1 2 9 9 9 9\n"
  static let stl = """
    solid part
    facet normal 0 0 1
      outer loop
        vertex 0 0 0
        vertex 1.5 0 0
        vertex 0 1e0 0
      endloop
    endfacet
    endsolid part

    """
  static let binvox: [UInt8] =
    Array("#binvox 1\ndim 4 4 4\ntranslate -1 0.5 2\nscale 2.0\ndata\n".utf8) + [0, 10, 1, 20, 0, 4, 1, 30]

  static func plyHeader(_ format: String) -> String {
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
    element tristrips 1
    property list int int vertex_indices
    end_header

    """
  }

  static let plyText = "2 7 8 -3\n9 0 0 0\n9 1.5 0 0\n9 1 1 0\n9 0 1 2\n0 4 0 1 2 3\n7 0 1 2 -1 1 2 3\n"

  static func plyBinary(isBig: Bool) -> [UInt8] {
    var bytes = Array(plyHeader(isBig ? "binary_big_endian" : "binary_little_endian").utf8)
    func put(_ value: some FixedWidthInteger) {
      withUnsafeBytes(of: isBig ? value.bigEndian : value.littleEndian) { bytes += Array($0) }
    }
    put(UInt8(2))
    put(Int32(7))
    put(Int32(8))
    put(Int16(-3))
    for position in [[0, 0, 0], [1.5, 0, 0], [1, 1, 0], [0, 1, 2]] {
      put(UInt8(9))
      put(position[0].bitPattern)
      put(Float(position[1]).bitPattern)
      put(Int16(position[2]))
    }
    put(UInt8(0))
    put(UInt32(4))
    for index in 0..<4 { put(UInt16(index)) }
    put(Int32(7))
    for index in [0, 1, 2, -1, 1, 2, 3] { put(Int32(index)) }
    return bytes
  }

  /// Uncompressed files of version 5 whose variables are wrapped in whole streams after they were damaged, so that the
  /// damage is not found by a checksum.
  private static let compressed: FuzzTests.Target = {
    let element = fixture("several").map { Array($0.dropFirst(128)) } ?? []
    return FuzzTests.Target(name: "mat within streams", seeds: [element]) { data in
      let file = MATSamples.compressed([UInt8](data))
      return try VoxelFile.read(data: Data(file), format: .mat, name: "damaged", variable: "code").values.count
    }
  }()
}

/// MATLAB files made by hand.
enum MATSamples {
  static let header = Array("MATLAB 5.0 MAT-file".utf8) + [UInt8](repeating: 0x20, count: 105) + [0, 1, 0x49, 0x4D]

  /// A file of version 7: every element in a stream of its own, stored, not compressed.
  static func compressed(_ elements: [UInt8]) -> [UInt8] {
    var file = header
    var offset = 0
    while offset < elements.count {
      let length = offset + 8 <= elements.count ? Int(word(elements, offset + 4)) : .max
      let end = length <= elements.count - offset - 8 ? offset + 8 + length : elements.count
      let stream = stored(Array(elements[offset..<end]))
      file += little(15) + little(UInt32(stream.count)) + stream
      offset = end
    }
    return file
  }

  static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
  }

  static func little(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

  /// A stream of zlib with one stored block.
  static func stored(_ bytes: [UInt8]) -> [UInt8] {
    let content = bytes.prefix(65535)
    let length = UInt16(content.count)
    var (low, high) = (UInt32(1), UInt32(0))
    for byte in content {
      low = (low + UInt32(byte)) % 65521
      high = (high + low) % 65521
    }
    let lengths = [UInt8(length & 0xFF), UInt8(length >> 8), UInt8(~length & 0xFF), UInt8(~length >> 8)]
    return [0x78, 0x01, 0x01] + lengths + content + little((high << 16 | low).byteSwapped)
  }
}
