import Foundation
import Geometry
import Testing

/// A picture whose bytes do not repeat.
private func noise(width: Int, height: Int, hasAlpha: Bool) -> Image {
  var state: UInt32 = 1
  let bytes = (0..<width * height * (hasAlpha ? 4 : 3)).map { _ -> UInt8 in
    state = state &* 1_664_525 &+ 1_013_904_223
    return UInt8(state >> 24)
  }
  return Image(width: width, height: height, hasAlpha: hasAlpha, bytes: bytes)
}

private func temporaryPath(_ name: String) -> String {
  FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString)-\(name)").path
}

/// The checksum of PNG chunks, bit by bit.
private func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
  var crc = ~UInt32(0)
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 {
      let isOdd = crc & 1 == 1
      crc >>= 1
      if isOdd { crc ^= 0xEDB8_8320 }
    }
  }
  return ~crc
}

private func bigEndian(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian, Array.init) }

@Suite struct RenderPNGTests {
  @Test(arguments: [(1, 1, false), (7, 5, true), (64, 33, false), (300, 200, true)])
  func `A picture comes back from a PNG file byte for byte`(width: Int, height: Int, hasAlpha: Bool) throws {
    let image = noise(width: width, height: height, hasAlpha: hasAlpha)
    let path = temporaryPath("round.png")
    defer { unlink(path) }
    try image.writePNG(to: path)
    #expect(try Image(pngFile: path) == image)
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(data == (try image.pngData()))
  }

  @Test func `Every shortened file is an error`() throws {
    let data = try noise(width: 9, height: 9, hasAlpha: false).pngData()
    // The last twelve bytes are the end mark; four before them are the checksum of the last pixels.
    for length in 0..<data.count - 16 {
      #expect(throws: PictureError.self, "length \(length)") { try Image(pngData: data.prefix(length)) }
    }
  }

  @Test func `A changed byte is an error or leaves a picture of the same size`() throws {
    let image = noise(width: 8, height: 6, hasAlpha: true)
    let data = try image.pngData()
    var refused = 0
    for index in data.indices {
      var changed = data
      changed[index] ^= 0x41
      do {
        let read = try Image(pngData: changed)
        #expect(read.width * read.height <= 1 << 20)
      } catch {
        refused += 1
      }
    }
    #expect(refused > data.count / 2)
  }

  @Test(arguments: [(60_000, 60_000), (30_000, 2000), (1 << 30, 1 << 30)])
  func `A size that the file cannot hold is refused before memory is taken`(width: Int, height: Int) throws {
    var data = try noise(width: 4, height: 4, hasAlpha: false).pngData()
    for (offset, value) in [(16, UInt32(width)), (20, UInt32(height))] {
      data.replaceSubrange(offset..<offset + 4, with: bigEndian(value))
    }
    let crc = checksum(data[12..<29])
    data.replaceSubrange(29..<33, with: bigEndian(crc))
    #expect(throws: PictureError.self) { try Image(pngData: data) }
  }

  @Test func `Files that are missing or no pictures are named in one line`() throws {
    let path = temporaryPath("text.png")
    defer { unlink(path) }
    for write in [false, true] {
      if write { try Data("no picture".utf8).write(to: URL(fileURLWithPath: path)) }
      let error = #expect(throws: PictureError.self) { try Image(pngFile: path) }
      #expect(error?.description.contains(path) == true)
      #expect(error?.description.contains("\n") == false)
    }
  }

  @Test func `A picture that cannot be written leaves nothing behind`() throws {
    let folder = temporaryPath("missing")
    let error = #expect(throws: PictureError.self) { try Image(width: 2, height: 2).writePNG(to: folder + "/a.png") }
    #expect(error?.description.contains(folder) == true)
    #expect(!FileManager.default.fileExists(atPath: folder))
  }

  @Test func `Writing replaces an older file and leaves only the picture in the folder`() throws {
    let folder = temporaryPath("folder")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for image in [noise(width: 40, height: 40, hasAlpha: false), Image(width: 3, height: 2, color: .ink)] {
      try image.writePNG(to: folder + "/a.png")
      #expect(try Image(pngFile: folder + "/a.png") == image)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.png"])
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `Opacity is flattened in linear light`() {
    let image = Image(width: 3, height: 1, hasAlpha: true, bytes: [0, 0, 0, 0, 10, 200, 30, 255, 0, 0, 0, 128])
    let flat = image.flattened()
    #expect(flat[0, 0] == [255, 255, 255])
    #expect(flat[1, 0] == [10, 200, 30])
    // Half of white light is 188 in sRGB.
    #expect(flat[2, 0].allSatisfy { (186...189).contains($0) })
  }
}
