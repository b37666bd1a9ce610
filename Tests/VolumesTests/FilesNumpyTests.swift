import Foundation
import Testing
import Volumes

@Suite struct FilesNumpyTests {
  /// The rule of the script that wrote the fixtures.
  private func expected(_ code: String) -> [Double] {
    (0..<60).map { index in
      let value = 7 * index % 101
      switch code.first {
      case "i", "f": return Double(value - 50)
      case "b": return Double(value % 2)
      default: return Double(value)
      }
    }
  }

  @Test func everyTypeByteOrderAndLayoutIsRead() throws {
    let archive = try NpzArchive(Fixtures.file("types.npz"))
    #expect(archive.names.count == 48)
    for name in archive.names {
      let array = try archive.array(name)
      let expected = expected(name)
      #expect(array.shape == [3, 4, 5], "\(name)")
      #expect(array.scalarType.rawValue == String(name.prefix(2)))
      #expect(array.doubles() == expected, "\(name)")
      #expect(array.floats() == expected.map { Float($0) }, "\(name)")
      #expect(array.int64s() == expected.map { Int64($0) }, "\(name)")
      #expect(array.bytes() == (expected.contains { $0 < 0 } ? nil : expected.map { UInt8($0) }), "\(name)")
    }
  }

  @Test(arguments: 1...3) func headerVersionsAreRead(version: Int) throws {
    let array = try NpyFile.read(Fixtures.file("version\(version).npy"))
    #expect(array.scalarType == .int16)
    #expect(array.doubles() == expected("i2"))
  }

  @Test func scalarsVectorsAndEmptyArraysAreRead() throws {
    let scalar = try NpyFile.read(Fixtures.file("scalar.npy"))
    #expect(scalar.shape == [] && scalar.doubles() == [2.5] && scalar.int64s() == nil)
    let empty = try NpyFile.read(Fixtures.file("empty.npy"))
    #expect(empty.shape == [0, 3] && empty.floats() == [])
    let vector = try NpyFile.read(Fixtures.file("vector.npy"))
    #expect(vector.shape == [5] && vector.int64s() == [0, 1, 2, 3, 4])
    let big = try NpyFile.read(Fixtures.file("big_fortran.npy"))
    #expect(big.doubles() == expected("f4"))
  }

  @Test func halvesAreExact() throws {
    let floats = try NpyFile.read(Fixtures.file("halves.npy")).floats()
    let expected: [Float] = [0, 0, 1, 65504, 5.9604645e-08, 6.097555e-05, .infinity, -.infinity, 0.3330078]
    #expect(floats == expected)
    #expect(floats[1].sign == .minus)
  }

  @Test func writtenArraysAreReadAgainAndAlignedTo64Bytes() throws {
    let folder = try VanishingFolder()
    for (index, shape) in [[], [7], [2, 3], [1, 2, 3, 4, 5], [0, 4], [1000, 1]].enumerated() {
      let count = shape.reduce(1, *)
      let arrays = [
        NpyArray(shape: shape, (0..<count).map { Float($0) - 0.5 }),
        NpyArray(shape: shape, (0..<count).map { UInt8($0 & 255) }),
        NpyArray(shape: shape, (0..<count).map { Int64($0) << 40 }),
        NpyArray(shape: shape, (0..<count).map { Double($0) / 3 }),
      ]
      for array in arrays {
        let path = folder.file("a\(index).npy")
        try NpyFile.write(array, to: path)
        #expect(try NpyFile.read(path) == array)
        #expect(try (Fixtures.bytes(path).count - array.data.count) % 64 == 0)
      }
    }
    #expect(try folder.contents.allSatisfy { $0.hasSuffix(".npy") })
  }

  @Test func archivesRoundTripStoredAndDeflated() throws {
    let folder = try VanishingFolder()
    let arrays: [(name: String, array: NpyArray)] = [
      ("frames", NpyArray(shape: [3, 4], (0..<12).map { Float($0) })), ("größe", NpyArray(shape: [], [Int64(5)])),
      ("empty", NpyArray(shape: [0], [Float]())),
    ]
    for compressed in [true, false] {
      let path = folder.file("a.npz")
      try NpzArchive.write(arrays, to: path, compressed: compressed)
      let first = try Fixtures.bytes(path)
      let archive = try NpzArchive(path)
      #expect(archive.names == arrays.map(\.name))
      for (name, array) in arrays { #expect(try archive.array(name) == array) }
      try NpzArchive.write(arrays, to: path, compressed: compressed)
      #expect(try Fixtures.bytes(path) == first)
    }
    #expect(try folder.contents == ["a.npz"])
  }

  @Test(arguments: ["stored", "zip64"]) func archivesOfNumpyAreRead(name: String) throws {
    let archive = try NpzArchive(Fixtures.file("\(name).npz"))
    let expected = try NpyFile.read(Fixtures.file("series.npy"))
    #expect(try archive.array("frames") == expected)
    #expect(try archive.header(of: "frames").shape == [6, 4, 5, 3])
    let error = #expect(throws: VolumeError.self) { try archive.array("nothing") }
    #expect(error?.description.contains("frames") == true)
  }

  @Test func whatIsNotReadSaysSo() {
    #expect(problem { try NpyFile.read(Fixtures.file("complex.npy")) } == .unsupported)
    #expect(problem { try NpyFile.read(Fixtures.file("record.npy")) } == .unsupported)
    #expect(problem { try NpzArchive(Fixtures.file("bzip2.npz")).array("frames") } == .unsupported)
    #expect(problem { try NpyFile.read(Fixtures.file("absent.npy")) } == .missing)
    #expect(problem { try NpyFile.read(Fixtures.root) } == .unsupported)
  }

  @Test func aBombStopsBeforeMemoryIsTaken() throws {
    let archive = try NpzArchive(Fixtures.file("bomb.npz"), limit: 1 << 20)
    #expect(problem { try archive.array("frames") } == .tooLarge)
    #expect(try NpzArchive(Fixtures.file("bomb.npz")).array("frames").data.count == 1 << 24)
  }

  @Test(arguments: [
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 9223372036854775807, 3), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 9223372036854775807, 9), }",
    "{'descr': '<f4', 'fortran_order': 1, 'shape': (1,), }", "{'descr': '<f4', 'shape': (1,), }", "{'descr': '<f4'", "",
    "{",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } trailing", "{{{{((((", "('a', 'b')",
    "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '', 'fortran_order': False, 'shape': (1,), }",
    "{'descr': 'f', 'fortran_order': False, 'shape': (1,), }",
  ]) func hostileHeadersAreErrors(text: String) throws {
    let folder = try VanishingFolder()
    let length = text.utf8.count
    let bytes: [UInt8] =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(text.utf8)
    let path = try folder.write(bytes + [0, 0, 0, 0], "hostile.npy")
    let problem = problem { try NpyFile.read(path) }
    #expect(problem == .corrupt || problem == .unsupported)
  }

  @Test func aHeaderLengthBeyondTheFileIsAnError() throws {
    let folder = try VanishingFolder()
    let path = try folder.write([0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255, 1, 2], "hostile.npy")
    #expect(problem { try NpyFile.read(path) } == .corrupt)
  }
}
