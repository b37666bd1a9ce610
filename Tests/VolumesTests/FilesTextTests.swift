import Foundation
import Testing
import Volumes

@Suite("Texts in npz files")
struct FilesTextTests {
  private let path = NSTemporaryDirectory() + "formcast-text-\(UUID().uuidString).npz"

  @Test("a text comes back beside arrays", arguments: ["", "plain", "{\"größe\": [1, 2]}", "日本 🙂\n\"'"])
  func roundTrip(text: String) throws {
    defer { unlink(path) }
    let array = NpyArray(shape: [2], [Float(1), 2])
    try NpzArchive.write([("values", array)], texts: [("report", text)], to: path, compressed: false)
    let archive = try NpzArchive(path)
    #expect(archive.names == ["values", "report"])
    #expect(try archive.text("report") == text)
    #expect(try archive.array("values") == array)
    #expect(throws: VolumeError.self) { try archive.array("report") }
    #expect(throws: VolumeError.self) { try archive.text("values") }
  }
}
