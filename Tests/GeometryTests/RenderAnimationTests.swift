import Foundation
import Geometry
import Testing

/// A chunk of a PNG file as it stands there.
private struct Chunk {
  var type: String
  var body: [UInt8]
  var checksum: UInt32

  /// All chunks of a file.
  static func list(_ data: Data) throws -> [Chunk] {
    let bytes = [UInt8](data)
    try #require(bytes.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    var result: [Chunk] = []
    var place = 8
    while place < bytes.count {
      let length = Int(number(bytes[place..<place + 4]))
      let body = place + 8..<place + 8 + length
      try #require(body.upperBound + 4 <= bytes.count)
      result.append(
        Chunk(
          type: String(decoding: bytes[place + 4..<place + 8], as: UTF8.self), body: Array(bytes[body]),
          checksum: number(bytes[body.upperBound..<body.upperBound + 4])))
      place = body.upperBound + 4
    }
    return result
  }

  static func number(_ bytes: some Sequence<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }

  /// The checksum that it should have, bit by bit.
  var expected: UInt32 {
    var crc = ~UInt32(0)
    for byte in Array(type.utf8) + body {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }

  var sequence: UInt32 { Self.number(body.prefix(4)) }

  /// Width, height, left and top of a frame.
  var rectangle: (width: Int, height: Int, x: Int, y: Int) {
    let numbers = (1...4).map { Int(Self.number(body[$0 * 4..<$0 * 4 + 4])) }
    return (numbers[0], numbers[1], numbers[2], numbers[3])
  }
}

@Suite("Animated PNG")
struct RenderAnimationTests {
  /// Pictures with a mark that moves, one of them without any change.
  private static func pictures(hasAlpha: Bool) -> [Image] {
    (0..<5).map { index in
      var image = Image(
        width: 40, height: 30, hasAlpha: hasAlpha, bytes: [UInt8](repeating: 9, count: 1200 * (hasAlpha ? 4 : 3)))
      let step = index == 3 ? 2 : index
      image.fill(x: 5 * step + 3..<5 * step + 9, y: 4..<4 + step + 2, color: Color(hex: 0xE08030))
      return image
    }
  }

  /// What a player shows after each frame, decoded frame by frame through single PNG files.
  private func play(_ chunks: [Chunk]) throws -> [Image] {
    let header = chunks[0]
    var shown: [Image] = []
    var canvas: Image?
    var index = 0
    while index < chunks.count {
      guard chunks[index].type == "fcTL" else {
        index += 1
        continue
      }
      let place = chunks[index].rectangle
      var data: [UInt8] = []
      index += 1
      while ["IDAT", "fdAT"].contains(chunks[index].type) {
        data += chunks[index].type == "IDAT" ? chunks[index].body : Array(chunks[index].body.dropFirst(4))
        index += 1
      }
      let frame = try single(header, width: place.width, height: place.height, data: data)
      guard var next = canvas else {
        canvas = frame
        shown.append(frame)
        continue
      }
      for y in 0..<frame.height {
        for x in 0..<frame.width {
          let (from, to) = (
            (y * frame.width + x) * frame.channelCount, ((place.y + y) * next.width + place.x + x) * next.channelCount
          )
          for channel in 0..<frame.channelCount { next.bytes[to + channel] = frame.bytes[from + channel] }
        }
      }
      canvas = next
      shown.append(next)
    }
    return shown
  }

  private func single(_ header: Chunk, width: Int, height: Int, data: [UInt8]) throws -> Image {
    func bytes(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian, Array.init) }
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let body = bytes(UInt32(width)) + bytes(UInt32(height)) + header.body[8...]
    for chunk in [
      Chunk(type: "IHDR", body: body, checksum: 0), Chunk(type: "IDAT", body: data, checksum: 0),
      Chunk(type: "IEND", body: [], checksum: 0),
    ] {
      file += bytes(UInt32(chunk.body.count)) + Array(chunk.type.utf8) + chunk.body + bytes(chunk.expected)
    }
    return try Image(pngData: Data(file))
  }

  @Test("chunks stand in order, are numbered without gaps and have right checksums", arguments: [false, true])
  func structure(hasAlpha: Bool) throws {
    let pictures = Self.pictures(hasAlpha: hasAlpha)
    var animation = AnimatedPNG(framesPerSecond: 12)
    for picture in pictures { try animation.append(picture) }
    #expect(animation.frameCount == 5)
    let data = try animation.data()
    let chunks = try Chunk.list(data)
    #expect(chunks.allSatisfy { $0.checksum == $0.expected })
    let types = chunks.map(\.type)
    #expect(types.first == "IHDR" && types[1] == "acTL" && types.last == "IEND")
    #expect(types.count { $0 == "IEND" } == 1 && types.count { $0 == "acTL" } == 1)
    let firstData = try #require(types.firstIndex(of: "IDAT"))
    #expect(types[firstData - 1] == "fcTL", "the first picture is a part of the animation")
    #expect(chunks[1].body == [0, 0, 0, 5, 0, 0, 0, 0])
    let numbered = chunks.filter { $0.type == "fcTL" || $0.type == "fdAT" }
    #expect(numbered.map(\.sequence) == (0..<UInt32(numbered.count)).map(\.self))
    let controls = chunks.filter { $0.type == "fcTL" }
    #expect(
      controls.count == 5 && controls.allSatisfy { $0.body.count == 26 && $0.body.suffix(6) == [0, 1, 0, 12, 0, 0] })
    #expect(controls[0].rectangle == (40, 30, 0, 0))
    for control in controls {
      let place = control.rectangle
      #expect(place.width > 0 && place.height > 0 && place.x + place.width <= 40 && place.y + place.height <= 30)
    }
    #expect(controls[3].rectangle == (1, 1, 0, 0), "nothing changed")
    #expect(try play(chunks) == pictures)
    #expect(try Image(pngData: data) == pictures[0], "whoever cannot play shows the first picture")
  }

  @Test("pictures of another size or none at all are errors")
  func errors() throws {
    var animation = AnimatedPNG()
    #expect(throws: PictureError.self) { try animation.data() }
    try animation.append(Image(width: 4, height: 4))
    #expect(throws: PictureError.self) { try animation.append(Image(width: 4, height: 5)) }
    #expect(throws: PictureError.self) {
      try animation.append(Image(width: 4, height: 4, hasAlpha: true, bytes: [UInt8](repeating: 0, count: 64)))
    }
    #expect(animation.frameCount == 1)
    #expect(try Chunk.list(animation.data()).map(\.type).contains("fcTL"))
  }

  @Test("a turning scene stays in the picture, and a round one does not change")
  func turntable() throws {
    let block = Mesh(
      positions: RenderShapes.box().positions.map { $0 * [3, 0.4, 1] + [7, 2, -1] }, faces: RenderShapes.box().faces)
    let renderer = try Renderer(RenderScene([RenderObject(block)]))
    let view = ViewDirection(azimuth: 20, elevation: 25)
    let table = try Turntable(renderer, from: view, aspect: 1.5)
    var widest: Float = 0
    for step in 0..<24 {
      let camera = table.camera(after: Float(step) / 24)
      let places = try block.positions.map { try #require(camera.project($0)) }
      #expect(places.allSatisfy { abs($0.x) <= 1 && abs($0.y) <= 1 && table.depths.contains($0.depth) })
      widest = max(widest, places.map { abs($0.x) }.max() ?? 0)
      let offset = camera.position - renderer.bounds.center
      let first = table.camera(after: 0).position - renderer.bounds.center
      #expect(abs((offset * offset).sum() - (first * first).sum()) < 1e-3 * (first * first).sum())
      #expect(abs((camera.right * camera.right).sum() - 1) < 1e-5 && abs((camera.right * camera.forward).sum()) < 1e-5)
    }
    #expect(widest > 0.6, "it fills the picture")
    let (start, whole) = (table.camera(after: 0), table.camera(after: 1))
    #expect(abs((start.position - whole.position).x) < 1e-4 && abs(start.forward.y - whole.forward.y) < 1e-5)
    let ball = try Renderer(RenderScene([RenderObject(RenderShapes.sphere(rings: 64))]))
    let turn = try Turntable(ball, from: view, aspect: 1)
    let options = RenderOptions(width: 64, height: 64)
    let first = try ball.depthImage(through: turn.camera(after: 0), range: turn.depths, options: options)
    let later = try ball.depthImage(through: turn.camera(after: 0.3), range: turn.depths, options: options)
    #expect(zip(first.bytes, later.bytes).allSatisfy { abs(Int($0) - Int($1)) <= 24 })
  }
}
