import Foundation
import NN
import Testing
import Torch

@Suite("Hostile and broken state files are refused with one clear line")
struct HostileStateFileTests {
  /// A header text, the number of data bytes behind it, and a part of the message that it must give.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var header: String
    var dataCount = 8
    var message: String
    var testDescription: String { name }
  }

  private static func entry(_ dtype: String = "F32", _ shape: String = "[2]", _ offsets: String = "[0,8]") -> String {
    "{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
  }

  private static func one(_ dtype: String = "F32", _ shape: String = "[2]", _ offsets: String = "[0,8]") -> String {
    "{\"a\":\(entry(dtype, shape, offsets))}"
  }

  static let cases: [Case] = layoutCases + grammarCases

  private static let layoutCases: [Case] = [
    Case(name: "data cut short", header: one(), dataCount: 7, message: "cut short"),
    Case(name: "data too long", header: one(), dataCount: 9, message: "1 bytes after the last tensor"),
    Case(name: "offsets past the end", header: one("F32", "[2]", "[8,16]"), message: "cut short"),
    Case(name: "offsets backwards", header: one("F32", "[2]", "[8,0]"), message: "lies at bytes 8 to 0"),
    Case(
      name: "overlap", header: "{\"a\":\(entry()),\"b\":\(entry("F32", "[1]", "[4,8]"))}", message: "\"b\" overlaps"),
    Case(
      name: "the same bytes twice", header: "{\"a\":\(entry()),\"b\":\(entry())}", message: "overlaps"),
    Case(
      name: "hole", header: "{\"a\":\(entry("F32", "[1]", "[0,4]")),\"b\":\(entry("F32", "[1]", "[8,12]"))}",
      dataCount: 12, message: "leaves a hole"),
    Case(name: "shape and bytes disagree", header: one("F32", "[3]"), message: "needs 12"),
    Case(name: "type and bytes disagree", header: one("F64"), message: "needs 16"),
    Case(name: "unknown type", header: one("F8_E4M3", "[8]"), message: "element type \"F8_E4M3\"; known are"),
    Case(name: "product overflows", header: one("F32", "[4294967296,4294967296]"), message: "overflows"),
    Case(
      name: "product overflows beside a zero", header: one("F32", "[4611686018427387904,4,0]", "[0,0]"),
      message: "overflows"),
    Case(
      name: "a product that wraps to the right size", header: one("U8", "[9223372036854775807,8,2]"),
      message: "overflows"),
    Case(name: "extent beyond 64 bits", header: one("F32", "[99999999999999999999]"), message: "too large"),
    Case(name: "offset beyond 64 bits", header: one("F32", "[2]", "[0,18446744073709551616]"), message: "too large"),
    Case(
      name: "too many axes", header: one("U8", "[8\(String(repeating: ",1", count: 40))]"), message: "41 axes"),
    Case(name: "truth value 2", header: one("BOOL", "[8]"), message: "truth value 2"),
  ]

  private static let grammarCases: [Case] = [
    Case(name: "negative extent", header: one("F32", "[-2]"), message: "not negative"),
    Case(name: "negative offset", header: one("F32", "[2]", "[-8,0]"), message: "not negative"),
    Case(name: "fraction", header: one("F32", "[2.0]"), message: "']' belongs"),
    Case(name: "exponent", header: one("F32", "[2e0]"), message: "']' belongs"),
    Case(name: "NaN", header: one("F32", "[NaN]"), message: "number"),
    Case(name: "NaN for a tensor", header: "{\"a\":NaN}", message: "'{' belongs"),
    Case(name: "leading zero", header: one("F32", "[02]"), message: "leading zero"),
    Case(name: "duplicate tensor", header: "{\"a\":\(entry()),\"a\":\(entry())}", message: "\"a\" twice"),
    Case(
      name: "duplicate after an escape", header: "{\"a\":\(entry()),\"\\u0061\":\(entry())}", message: "\"a\" twice"),
    Case(name: "duplicate field", header: "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", message: "\"dtype\" twice"),
    Case(name: "duplicate metadata", header: "{\"__metadata__\":{\"k\":\"\",\"k\":\"\"}}", message: "\"k\" twice"),
    Case(name: "metadata that are no text", header: "{\"__metadata__\":{\"k\":1}}", message: "'\"' belongs"),
    Case(name: "unknown field", header: "{\"a\":{\"color\":\"red\"}}", message: "unknown field \"color\""),
    Case(name: "missing field", header: "{\"a\":{\"dtype\":\"F32\"}}", message: "lacks"),
    Case(name: "three offsets", header: one("F32", "[2]", "[0,8,8]"), message: "two data offsets"),
    Case(name: "a list", header: "[1,2]", message: "not a JSON object"),
    Case(name: "a number", header: "7", message: "not a JSON object"),
    Case(name: "nothing", header: "", message: "not a JSON object"),
    Case(name: "space before the object", header: " \(one())", message: "not a JSON object"),
    Case(name: "text after the object", header: "\(one())x", message: "after the end"),
    Case(name: "trailing comma", header: "{\"a\":\(entry()),}", message: "'\"' belongs"),
    Case(name: "unfinished", header: String(one().dropLast()), message: "'}' belongs"),
    Case(name: "unfinished name", header: "{\"a", message: "without end"),
    Case(name: "unfinished escape", header: "{\"\\u00", message: "without end"),
    Case(name: "broken escape", header: "{\"\\u00zz\":1}", message: "escape"),
    Case(name: "unknown escape", header: "{\"\\x\":1}", message: "escape"),
    Case(name: "half a surrogate pair", header: "{\"\\ud800\":\(entry())}", message: "surrogate"),
    Case(name: "control character", header: "{\"a\u{1}\":\(entry())}", message: "control character"),
    Case(name: "deep nesting", header: "{\"a\":" + String(repeating: "[", count: 200_000), message: "'{' belongs"),
    Case(name: "nested metadata", header: "{\"__metadata__\":{\"k\":{}}}", message: "'\"' belongs"),
  ]

  private func write(_ header: [UInt8], length: UInt64? = nil, data: [UInt8]) throws -> (TemporaryFolder, String) {
    let folder = try TemporaryFolder()
    let path = folder.path("hostile")
    let prefix = withUnsafeBytes(of: (length ?? UInt64(header.count)).littleEndian, Array.init)
    try Data(prefix + header + data).write(to: URL(filePath: path))
    return (folder, path)
  }

  private func expectRefusal(_ path: String, _ message: String) throws {
    let error = try #require(throws: StateFileError.self) { try StateFile(reading: path) }
    #expect(error.path == path && error.problem.contains(message), "\(error.problem)")
    #expect(!error.description.contains("\n"))
  }

  @Test("Headers", arguments: cases)
  func header(_ item: Case) throws {
    let (folder, path) = try write(Array(item.header.utf8), data: [UInt8](repeating: 2, count: item.dataCount))
    try withExtendedLifetime(folder) { try expectRefusal(path, item.message) }
  }

  @Test("The same header without its fault is read")
  func control() throws {
    let (folder, path) = try write(Array("\(Self.one())  ".utf8), data: [UInt8](repeating: 0, count: 8))
    let file = try withExtendedLifetime(folder) { try StateFile(reading: path) }
    #expect(file.tensors["a"]?.array(of: Float.self) == [0, 0])
  }

  @Test("Header lengths beyond the file or the limit", arguments: [UInt64(19), 1 << 32, 1 << 63, .max])
  func headerLength(length: UInt64) throws {
    let (folder, path) = try write(Array("{}".utf8), length: length, data: [])
    try withExtendedLifetime(folder) { try expectRefusal(path, "claims a header of \(length) bytes") }
  }

  @Test("A header over the limit in a file that is long enough is refused before it is read")
  func hugeHeader() throws {
    let (folder, path) = try write([], length: 200_000_000, data: [])
    try withExtendedLifetime(folder) {
      #expect(truncate(path, 300_000_000) == 0)
      try expectRefusal(path, "over the limit")
    }
  }

  @Test("Names that are not UTF-8")
  func encoding() throws {
    let bytes = Array("{\"".utf8) + [0xff, 0xfe] + Array("\":\(Self.entry())}".utf8)
    let (folder, path) = try write(bytes, data: [UInt8](repeating: 0, count: 8))
    try withExtendedLifetime(folder) { try expectRefusal(path, "UTF-8") }
  }

  @Test("A good file cut at any byte is refused")
  func truncation() throws {
    let folder = try TemporaryFolder()
    let whole = try Data(contentsOf: URL(filePath: Fixture.path("every_type")))
    for count in 0..<whole.count {
      try whole.prefix(count).write(to: URL(filePath: folder.path("cut")))
      #expect(throws: StateFileError.self, "\(count) bytes") { try StateFile(reading: folder.path("cut")) }
    }
  }

  @Test("A good file with any one header byte changed is read or refused, never more")
  func corruption() throws {
    let folder = try TemporaryFolder()
    let whole = try Data(contentsOf: URL(filePath: Fixture.path("every_type")))
    for index in 0..<whole.count {
      for flip in [UInt8(0x01), 0x10, 0x80] {
        var copy = whole
        copy[index] ^= flip
        try copy.write(to: URL(filePath: folder.path("bad")))
        do {
          #expect(try StateFile(reading: folder.path("bad")).tensors.count <= 11)
        } catch let error as StateFileError {
          #expect(!error.description.isEmpty)
        }
      }
    }
  }
}
