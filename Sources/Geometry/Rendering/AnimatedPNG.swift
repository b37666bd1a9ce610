import CZlib
import Foundation

/// Pictures of one size that follow each other, as an animated PNG: browsers play it without end, everything else shows
/// the first picture.
///
/// *Reference*: Portable Network Graphics (PNG) Specification, third edition, W3C 2025, sections 11.3.6 and 13.10.
public struct AnimatedPNG: Sendable {
  /// Number of pictures so far.
  public private(set) var frameCount = 0
  private let framesPerSecond: Int
  private var previous: Image?
  /// What stands before the first picture's data: `IHDR` and colour chunks.
  private var opening: [PNGChunk] = []
  private var frames: [PNGChunk] = []
  private var sequence: UInt32 = 0

  /// An animation of the given speed; traps unless it is 1...100 pictures per second.
  public init(framesPerSecond: Int = 20) {
    precondition((1...100).contains(framesPerSecond), "\(framesPerSecond) pictures per second are out of range.")
    self.framesPerSecond = framesPerSecond
  }

  /// Adds a picture. Only the part that differs from the one before is stored.
  ///
  /// *Throws*: if it is not as large as the first, or only one of both has opacity.
  public mutating func append(_ image: Image) throws(PictureError) {
    guard let previous else {
      let chunks = PNGChunk.list(try image.pngData())
      opening = Array(chunks.prefix { $0.type != "IDAT" })
      appendControl(x: 0, y: 0, width: image.width, height: image.height)
      frames += chunks.filter { $0.type == "IDAT" }
      (self.previous, frameCount) = (image, 1)
      return
    }
    guard (image.width, image.height, image.hasAlpha) == (previous.width, previous.height, previous.hasAlpha) else {
      throw PictureError("The pictures of an animation must be of one size and kind.")
    }
    let (columns, rows) = image.difference(from: previous)
    appendControl(x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
    for chunk in PNGChunk.list(try image.part(x: columns, y: rows).pngData()) where chunk.type == "IDAT" {
      frames.append(PNGChunk("fdAT", bigEndian(nextNumber()) + chunk.body))
    }
    self.previous = image
    frameCount += 1
  }

  /// The bytes of the file.
  ///
  /// *Throws*: if there is no picture.
  public func data() throws(PictureError) -> Data {
    guard frameCount > 0, let header = opening.first else {
      throw PictureError("An animation needs at least one picture.")
    }
    let animation = PNGChunk("acTL", bigEndian(UInt32(frameCount)) + bigEndian(UInt32(0)))
    let chunks = [header, animation] + opening.dropFirst() + frames + [PNGChunk("IEND", Data())]
    var result = Data(PNGChunk.signature)
    result.reserveCapacity(chunks.reduce(8) { $0 + $1.body.count + 12 })
    for chunk in chunks { chunk.write(to: &result) }
    return result
  }

  /// Writes the file; the name appears only once it is complete.
  public func write(to path: String) throws(PictureError) {
    try Image.write(try data(), to: path)
  }

  /// Announces a picture: its place, how long it stays, and that it replaces what is there.
  private mutating func appendControl(x: Int, y: Int, width: Int, height: Int) {
    var body = bigEndian(nextNumber())
    for value in [width, height, x, y] { body += bigEndian(UInt32(value)) }
    body += [0, 1, UInt8(framesPerSecond >> 8), UInt8(framesPerSecond & 255), 0, 0]
    frames.append(PNGChunk("fcTL", body))
  }

  private mutating func nextNumber() -> UInt32 {
    defer { sequence += 1 }
    return sequence
  }
}

/// A part of a PNG file.
struct PNGChunk: Sendable {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  let type: String
  let body: Data

  init(_ type: String, _ body: Data) { (self.type, self.body) = (type, body) }

  /// The chunks of a file that was just encoded.
  static func list(_ file: Data) -> [PNGChunk] {
    var result: [PNGChunk] = []
    var place = file.startIndex + signature.count
    while place + 12 <= file.endIndex {
      let length = file[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      let start = place + 8
      guard start + length + 4 <= file.endIndex else { break }
      result.append(PNGChunk(String(decoding: file[place + 4..<start], as: UTF8.self), file[start..<start + length]))
      place = start + length + 4
    }
    return result
  }

  /// Length, type, body and checksum of type and body.
  func write(to file: inout Data) {
    file += bigEndian(UInt32(body.count))
    let start = file.count
    file += Data(type.utf8) + body
    let checksum = file.withUnsafeBytes { bytes in
      let part = UnsafeRawBufferPointer(rebasing: bytes[start...])
      return crc32_z(0, part.bindMemory(to: UInt8.self).baseAddress, part.count)
    }
    file += bigEndian(UInt32(checksum))
  }
}

private func bigEndian(_ value: UInt32) -> Data { withUnsafeBytes(of: value.bigEndian) { Data($0) } }

extension Image {
  /// The smallest rectangle that holds all pixels in which two pictures of one size differ; one pixel if there are none.
  fileprivate func difference(from other: Image) -> (x: Range<Int>, y: Range<Int>) {
    let stride = width * channelCount
    var (left, right, top, bottom) = (width, -1, height, -1)
    bytes.withUnsafeBufferPointer { own in
      other.bytes.withUnsafeBufferPointer { other in
        for y in 0..<height {
          let row = y * stride..<(y + 1) * stride
          guard let first = row.first(where: { own[$0] != other[$0] }),
            let last = row.last(where: { own[$0] != other[$0] })
          else { continue }
          left = min(left, (first - row.lowerBound) / channelCount)
          right = max(right, (last - row.lowerBound) / channelCount)
          (top, bottom) = (min(top, y), y)
        }
      }
    }
    return right < 0 ? (0..<1, 0..<1) : (left..<right + 1, top..<bottom + 1)
  }

  /// A rectangle of the picture.
  fileprivate func part(x: Range<Int>, y: Range<Int>) -> Image {
    var part: [UInt8] = []
    part.reserveCapacity(x.count * y.count * channelCount)
    for row in y {
      let start = row * width
      part += bytes[(start + x.lowerBound) * channelCount..<(start + x.upperBound) * channelCount]
    }
    return Image(width: x.count, height: y.count, hasAlpha: hasAlpha, bytes: part)
  }
}
