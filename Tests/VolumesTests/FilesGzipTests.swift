import Foundation
import Testing
import Volumes

@Suite struct FilesGzipTests {
  private struct Case {
    let compressed: [UInt8]
    let expected: [UInt8]
  }

  /// Files by zlib with all its strategies, levels and flushes, and what they hold.
  private func cases() throws -> [Case] {
    let archive = try NpzArchive(Fixtures.file("deflate.npz"))
    func parts(_ name: String) throws -> [[UInt8]] {
      let all = try #require(archive.array("\(name)s").bytes())
      let ends = try #require(archive.array("\(name)_ends").int64s()).map { Int($0) }
      return zip([0] + ends, ends).map { Array(all[$0..<$1]) }
    }
    let sources = try parts("source")
    let indices = try #require(archive.array("case_sources").int64s())
    return try zip(parts("case"), indices).map { Case(compressed: $0, expected: sources[Int($1)]) }
  }

  @Test func everythingThatZlibWritesIsRead() throws {
    let cases = try cases()
    #expect(cases.count > 100)
    for (index, item) in cases.enumerated() {
      #expect(try Gzip.decompress(item.compressed, path: "case \(index)") == item.expected)
    }
  }

  @Test func cutsNeverCrashAndAreFound() throws {
    for (index, item) in try cases().enumerated() where index % 3 == 0 {
      for count in stride(from: 0, to: item.compressed.count, by: index % 2 == 0 ? 64 : 61) {
        let cut = Array(item.compressed[..<count])
        do {
          // A file of several members may be cut between them, or inside its padding.
          let result = try Gzip.decompress(cut, path: "cut")
          #expect(item.expected.starts(with: result))
        } catch let error as VolumeError {
          #expect(error.problem == .corrupt)
        }
      }
    }
  }

  @Test func flippedBitsNeverGiveOtherBytes() throws {
    for (index, item) in try cases().enumerated() where index % 2 == 0 {
      for bit in stride(from: index % 8, to: item.compressed.count * 8, by: 37) {
        var damaged = item.compressed
        damaged[bit / 8] ^= 1 << UInt8(bit % 8)
        do {
          // Bits of the header (time, name) and of padding do not matter; two members may become one and padding.
          let result = try Gzip.decompress(damaged, path: "flipped")
          #expect(result == item.expected, "case \(index), bit \(bit)")
        } catch let error as VolumeError {
          #expect(error.problem == .corrupt || error.problem == .tooLarge)
        }
      }
    }
  }

  @Test func randomBytesAfterAHeaderNeverCrash() throws {
    var state: UInt64 = 99
    for _ in 0..<3000 {
      let body = (0..<200).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 33)
      }
      #expect(problem { try Gzip.decompress([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3] + body, path: "random") } != nil)
    }
  }

  @Test func compressionRoundTripsAndIsDeterministic() throws {
    for count in [0, 1, 1000, 300_000] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: ($0 / 13) * ($0 / 7)) }
      for level in [1, 6, 9] {
        let compressed = try Gzip.compress(bytes, level: level)
        #expect(try Gzip.decompress(compressed, path: "round trip") == bytes)
        #expect(try Gzip.compress(bytes, level: level) == compressed)
      }
    }
  }

  @Test func aBombStopsAtTheLimit() throws {
    let bomb = try Gzip.compress([UInt8](repeating: 0, count: 50_000_000))
    #expect(problem { try Gzip.decompress(bomb, path: "bomb", limit: 1 << 20) } == .tooLarge)
    // A trailer that claims a small length does not help it.
    let liar = Array(bomb.dropLast(4)) + [1, 0, 0, 0]
    #expect(problem { try Gzip.decompress(liar, path: "liar", limit: 1 << 20) } == .tooLarge)
    #expect(problem { try Gzip.decompress(liar, path: "liar") } == .corrupt)
    #expect(try Gzip.decompress(bomb, path: "bomb", limit: 50_000_000).count == 50_000_000)
  }

  @Test func thePrefixIsThePrefix() throws {
    let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0 * $0) }
    let compressed = try Gzip.compress(bytes)
    #expect(try Gzip.prefix(of: compressed, count: 600, path: "prefix") == Array(bytes[..<600]))
    #expect(try Gzip.prefix(of: compressed, count: 9000, path: "prefix") == bytes)
    #expect(problem { try Gzip.prefix(of: Array(compressed[..<5]), count: 600, path: "cut") } == .corrupt)
  }
}
