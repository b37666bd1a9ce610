import Foundation
import Geometry
import Testing

@Suite("Voxel files")
struct VoxelFileTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/voxels")

  static func grid(_ sides: (Int, Int, Int), _ value: (Int, Int, Int) -> Int) -> [Float] {
    (0..<sides.0).flatMap { i in
      (0..<sides.1).flatMap { j in (0..<sides.2).map { k in Float(value(i, j, k)) } }
    }
  }

  static func code(_ i: Int, _ j: Int, _ k: Int) -> Int { 100 * i + 10 * j + k }

  @Test("a compressed grid of 3D ShapeNets is what MATLAB's indices say, voxel by voxel")
  func shapeNets() throws {
    let grid = try VoxelFile.read(Self.folder.appending(path: "instance30.mat"))
    #expect(grid.shape == .init(cube: 30) && grid.frame == .index)
    let expected = Self.grid((30, 30, 30)) { i, j, k in
      (i - 10) * (i - 10) + (j - 14) * (j - 14) * 2 + (k - 15) * (k - 15) * 3 < 150 ? 1 : 0
    }
    #expect(grid.values == expected)
  }

  @Test("arrays are found by name among variables of all kinds", arguments: ["several", "several7"])
  func several(name: String) throws {
    let url = Self.folder.appending(path: "\(name).mat")
    let expected = Self.grid((2, 3, 4), Self.code)
    for variable in ["code", "small"] {
      let grid = try VoxelFile.read(url, variable: variable)
      #expect(grid.values == expected && grid.shape == .init(2, 3, 4), "\(variable)")
    }
    #expect(try VoxelFile.read(url, variable: "mask").values == expected.map { Float(Int($0) % 2) })
    for variable in ["flat", "complexes", "cells", "none"] {
      let error = #expect(throws: MeshFileError.self) { try VoxelFile.read(url, variable: variable) }
      #expect(error?.description.contains("there are: code, mask, small") == true)
    }
    let error = #expect(throws: MeshFileError.self) { try VoxelFile.read(url) }
    #expect(error?.reason == "there are several arrays of three axes; choose one of: code, mask, small")
  }

  @Test("version 4 has no third axis: a cube laid flat is one again")
  func version4() throws {
    let grid = try VoxelFile.read(Self.folder.appending(path: "version4.mat"))
    #expect(grid.shape == .init(cube: 3) && grid.values == Self.grid((3, 3, 3), Self.code))
  }

  /// A file of version 5 with an array 2 x 1 x 2 in either byte order.
  static func handmade(
    isBig: Bool, type: UInt32 = 3, class kind: UInt32 = 6, sides: [UInt32] = [2, 1, 2], name: String = "a",
    values: [UInt8]? = nil
  ) -> Data {
    func word(_ value: UInt32) -> [UInt8] { isBig ? MATSamples.little(value).reversed() : MATSamples.little(value) }
    func part(_ type: UInt32, _ bytes: [UInt8]) -> [UInt8] {
      word(type) + word(UInt32(bytes.count)) + bytes + [UInt8](repeating: 0, count: (8 - bytes.count % 8) % 8)
    }
    let halves: [UInt8] = [1, 2, 300 & 0xFF, 0xFFFE].flatMap { (value: Int) -> [UInt8] in
      let pair = [UInt8(value & 0xFF), UInt8(value >> 8)]
      return isBig ? pair.reversed() : pair
    }
    let body =
      part(6, word(kind) + word(0)) + part(5, sides.flatMap(word)) + part(1, Array(name.utf8))
      + part(type, values ?? halves)
    let header: [UInt8] = Array(MATSamples.header.prefix(124))
    let mark: [UInt8] = isBig ? [1, 0, 0x4D, 0x49] : [0, 1, 0x49, 0x4D]
    return Data(header + mark + word(14) + word(UInt32(body.count)) + body)
  }

  @Test("both byte orders and values stored smaller than their class", arguments: [true, false])
  func byteOrders(isBig: Bool) throws {
    let grid = try VoxelFile.read(data: Self.handmade(isBig: isBig), format: .mat, name: "")
    #expect(grid.shape == .init(2, 1, 2) && grid.values == [1, 44, 2, -2])
  }

  @Test("whatever does not fit is refused before the library sees it")
  func refusedMAT() throws {
    func reason(_ data: Data) -> String {
      let error = #expect(throws: MeshFileError.self) { try VoxelFile.read(data: data, format: .mat, name: "x.mat") }
      #expect(error?.description.contains("\n") == false)
      return error?.reason ?? ""
    }
    #expect(reason(Self.handmade(isBig: false, sides: [2, 2, 2])).contains("do not fit"))
    #expect(reason(Self.handmade(isBig: false, sides: [0xFFFF_FFFF, 1, 1])).contains("do not fit"))
    #expect(reason(Self.handmade(isBig: false, sides: [0, 1, 1], values: [])).contains("do not fit"))
    #expect(reason(Self.handmade(isBig: false, sides: [65536, 65536, 1])).contains("do not fit"))
    #expect(reason(Self.handmade(isBig: false, type: 99)).contains("no known type"))
    #expect(reason(Self.handmade(isBig: false, class: 5)).contains("no numeric array"))
    #expect(reason(Self.handmade(isBig: false, sides: [2, 2])).contains("no numeric array"))
    #expect(reason(Self.handmade(isBig: false).dropLast(20)).contains("cut off"))
    #expect(reason(Data("MATLAB 7.3 MAT-file, Platform".utf8) + Data(count: 600)).contains("-v7"))
    #expect(reason(Data(count: 10)).contains("too short"))
    #expect(reason(Data("no such thing at all, but long enough to be looked at".utf8)).contains("no MATLAB file"))
    let nan = [Double.nan, 1, 2, 3].flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init) }
    #expect(reason(Self.handmade(isBig: false, type: 9, values: nan)).contains("NaN"))
    // A stream that says it holds four thousand million bytes.
    let bomb = MATSamples.compressed(
      MATSamples.little(14) + MATSamples.little(0xFFFF_FFF0) + [UInt8](repeating: 0, count: 64))
    #expect(!reason(Data(bomb)).isEmpty)
    var damaged = Data(try #require(FuzzSeeds.fixture("instance30")))
    damaged[damaged.count - 40] ^= 4
    #expect(reason(damaged).contains("broken"))
  }

  @Test("a mesh becomes a solid or its surface; the solid with its surface is both")
  func voxelizer() throws {
    let mesh = try MeshFileTests.sample()
    var voxelizer = MeshVoxelizer(side: 24)
    let (both, surface) = (try voxelizer.solid(of: mesh), try voxelizer.surface(of: mesh))
    voxelizer.includesSurface = false
    let inside = try voxelizer.solid(of: mesh)
    #expect(both.values == zip(inside.values, surface.values).map { max($0, $1) })
    #expect(surface.frame == both.frame && surface.values.contains(1) && inside.values != both.values)
    // The middle of the tube is inside and not on the surface.
    let hollow = zip(inside.values, surface.values).count { $0 == 1 && $1 == 0 }
    #expect(hollow > 50)
    var open = mesh
    open.faces.removeLast(open.faces.count / 2)
    let part = try voxelizer.surface(of: open)
    #expect(part.values.contains(1))
    #expect(throws: MeshError.self) { try MeshVoxelizer(side: 0).surface(of: mesh) }
  }

  @Test("binvox: order of axes, frame, and what is written is read back")
  func binvox() throws {
    // One voxel at x 1, y 2, z 3: y runs fastest, then z.
    let head = Array("#binvox 1\ndim 4 4 4\ntranslate 10 20 30\nscale 2\ndata\n".utf8)
    let index = UInt8(16 + 4 * 3 + 2)
    let data = Data(head + [0, index, 1, 1, 0, 63 - index])
    let grid = try VoxelFile.read(data: data, format: .binvox, name: "")
    #expect(grid.values == Self.grid((4, 4, 4)) { $0 == 1 && $1 == 2 && $2 == 3 ? 1 : 0 })
    #expect(grid.frame == GridFrame(origin: [10.25, 20.25, 30.25], spacing: [0.5, 0.5, 0.5]))

    let mesh = try MeshFileTests.sample()
    let solid = try MeshVoxelizer(side: 20).solid(of: mesh)
    let url = FileManager.default.temporaryDirectory.appending(path: "formcast-\(UUID().uuidString).binvox")
    defer { try? FileManager.default.removeItem(at: url) }
    try VoxelFile.write(solid, to: url)
    let back = try VoxelFile.read(url)
    #expect(back.values == solid.values && back.values.contains(1))
    let corner = back.frame.position(of: [19, 19, 19]) - solid.frame.position(of: [19, 19, 19])
    #expect((corner * corner).sum() < 1e-10)
    for path in ["a.mat", "a.vox", "no/such/folder.binvox"] {
      #expect(throws: MeshFileError.self) { try VoxelFile.write(solid, to: URL(filePath: "/tmp/\(path)")) }
    }
    let flat = ScalarGrid(shape: .init(2, 2, 1), values: [0, 1, 1, 0])
    #expect(throws: MeshFileError.self) { try VoxelFile.write(flat, to: url) }
  }

  @Test(
    "broken binvox files are refused",
    arguments: [
      ("#binvos 1\n", "begins with"), ("#binvox 1\ndim 4 4 4\n", "cut off"), ("#binvox 1\ndata\n\u{1}\u{1}", "sides"),
      ("#binvox 1\ndim 4 4 -4\ndata\n", "sides"), ("#binvox 1\ndim 4000 4000 4000\ndata\n\u{1}\u{7F}", "do not fit"),
      ("#binvox 1\ndim 1 1 2\nscale 0\ndata\n\u{1}\u{2}", "scale"),
      ("#binvox 1\ndim 1 1 2\ndata\n\u{1}\u{3}", "run of 3"),
      ("#binvox 1\ndim 1 1 2\ndata\n\u{1}\0", "run of 0"), ("#binvox 1\ndim 1 1 2\ndata\n\u{2}\u{2}", "value 2"),
      ("#binvox 1\ndim 1 1 2\ndata\n\u{1}\u{1}", "1 of 2"), ("#binvox 1\nhello\n", "does not belong"),
    ])
  func refusedBinvox(text: String, expected: String) {
    let error = #expect(throws: MeshFileError.self) {
      try VoxelFile.read(data: Data(text.utf8), format: .binvox, name: "x")
    }
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
  }
}
