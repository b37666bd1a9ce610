import Foundation
import Randomness
import Testing
import Volumes

/// A series of random bytes 0 and 1.
func randomSeries(_ name: String, _ dimensions: [Int], seed: UInt64) -> Series {
  var random = SeededGenerator(seed: seed)
  let shape = Series.Shape(
    frameCount: dimensions[0], depth: dimensions[1], height: dimensions[2], width: dimensions[3])
  return Series(name: name, shape: shape, values: .uint8((0..<shape.count).map { _ in UInt8(random.next() & 1) }))
}

@Suite struct DatasetFrameTests {
  @Test func formatsTakeThePublishedTimePoints() throws {
    #expect(try FrameFormat.t20.indices(available: 128, in: "x") == Array(54...73))
    #expect(try FrameFormat.t40.indices(available: 128, in: "x") == Array(stride(from: 44, through: 82, by: 2)))
    #expect(try FrameFormat.t80.indices(available: 128, in: "x") == Array(stride(from: 24, through: 100, by: 4)))
    #expect(try FrameFormat(name: "t80") == .t80)
    #expect(try FrameFormat(name: "T60/3").frameCount == 20)
    #expect(try FrameFormat(span: 20, stride: 1).indices(available: 20, in: "x") == Array(0..<20))
  }

  @Test(arguments: ["t", "80", "t80/", "t80/0", "t80/3", "t-20", "t30", "t20/1/1", "t0"])
  func namesThatAreNoFormatAreRefused(_ name: String) {
    #expect(throws: FrameFormatError.self) { try FrameFormat(name: name) }
  }

  @Test func formatsThatDoNotFitAreRefused() {
    #expect(throws: FrameFormatError.indivisible(span: 40, stride: 3)) { try FrameFormat(span: 40, stride: 3) }
    #expect(throws: FrameFormatError.tooShort(name: "scan", available: 30, span: 40)) {
      try FrameFormat.t40.indices(available: 30, in: "scan")
    }
  }

  @Test func windowsAreThoseOfThePublishedModels() throws {
    #expect(try WindowKind.sequencePairs.windows(frameCount: 20) == [FrameWindow(inputs: 0..<19, targets: 1..<20)])
    let single = try WindowKind.singleFramePairs.windows(frameCount: 20)
    #expect(single.count == 19)
    #expect(single[18] == FrameWindow(inputs: 18..<19, targets: 19..<20))
    let multi = try WindowKind.multiFrame(past: 3).windows(frameCount: 20)
    #expect(multi.count == 17)
    #expect(multi[16] == FrameWindow(inputs: 16..<19, targets: 19..<20))
    #expect(try WindowKind.frames(past: 5, next: 5).windows(frameCount: 20).count == 11)
    #expect(try WindowKind.rollout.windows(frameCount: 20) == [FrameWindow(inputs: 0..<20, targets: 20..<20)])
    #expect(throws: FrameFormatError.tooFewFrames(frames: 3, window: 4)) {
      try WindowKind.multiFrame(past: 3).windows(frameCount: 3)
    }
  }

  @Test func poolingTakesTheMaximumOfEveryBlockOfEveryFrame() throws {
    let series = randomSeries("s", [3, 8, 4, 12], seed: 1)
    guard case .uint8(let bytes) = series.values else { return }
    let sparse = bytes.enumerated().map { $0.offset.isMultiple(of: 7) ? $0.element : 0 }
    let input = Series(name: "s", shape: series.shape, values: .uint8(sparse))
    let pooled = try input.maxPooled(by: 4)
    #expect(pooled.shape.dimensions == [3, 2, 1, 3])
    var expected = [UInt8](repeating: 0, count: 18)
    for t in 0..<3 {
      for z in 0..<8 {
        for y in 0..<4 {
          for x in 0..<12 where sparse[((t * 8 + z) * 4 + y) * 12 + x] == 1 {
            expected[(t * 2 + z / 4) * 3 + x / 4] = 1
          }
        }
      }
    }
    #expect(pooled.values == .uint8(expected))
    let floats = Series(name: "f", shape: series.shape, values: .float32(sparse.map { Float($0) - 2 }))
    #expect(try floats.maxPooled(by: 4).values == .float32(expected.map { Float($0) - 2 }))
    #expect(throws: SeriesError.indivisible(name: "s", dimensions: [8, 4, 12], pool: 3)) {
      try input.maxPooled(by: 3)
    }
  }

  @Test func poolingMovesTheAffineMapToBlockCentres() throws {
    let affine = Affine(rows: [SIMD4(2, 0, 0, 10), SIMD4(0, 3, 0, 20), SIMD4(0, 0, 4, 30)])
    let pooled = affine.pooled(by: 4)
    #expect(pooled.rows == [SIMD4(8, 0, 0, 13), SIMD4(0, 12, 0, 24.5), SIMD4(0, 0, 16, 36)])
  }

  @Test func conversionGoesFromTheOriginalLayoutToTheRecords() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let original = try NpzArchive(root.appendingPathComponent("Fixtures/original_layout.npz").path)
    let expected = try NpzArchive(root.appendingPathComponent("Fixtures/original_pooled.npz").path)
    let bytes = try #require(try original.array("data").bytes())
    let shape = Series.Shape(frameCount: 16, depth: 16, height: 16, width: 16)
    let series = Series(name: "original", shape: shape, values: .uint8(bytes))
    for pool in [1, 2, 4] {
      let converted = try SeriesConversion(invert: true, pool: pool)(series)
      let reference = try #require(try expected.array("original.object4d_pool\(pool)").bytes())
      #expect(converted.values == .uint8(reference))
    }
  }

  @Test func thresholdsAreStrictAndInversionNeedsBinaryValues() throws {
    let shape = Series.Shape(frameCount: 1, depth: 1, height: 1, width: 4)
    let scan = Series(name: "ct", shape: shape, values: .float32([-1, 0.5, 0.75, 300]))
    #expect(try scan.thresholded(above: 0.5).values == .uint8([0, 0, 1, 1]))
    #expect(try SeriesConversion(threshold: 0.5, invert: true)(scan).values == .uint8([1, 1, 0, 0]))
    #expect(throws: SeriesError.notBinary(name: "ct", value: -1)) { try scan.inverted() }
    let broken = Series(name: "nan", shape: shape, values: .float32([0, .nan, 0, 0]))
    #expect(throws: SeriesError.notFinite(name: "nan", index: 1)) { try broken.thresholded(above: 0) }
  }

  @Test func theGeneratorIsUniformRepeatableAndStoresItsState() throws {
    var random = SeededGenerator(seed: 1, stream: 2)
    var copy = try JSONDecoder().decode(SeededGenerator.self, from: JSONEncoder().encode(random))
    #expect((0..<8).map { _ in random.next() } == (0..<8).map { _ in copy.next() })
    var other = SeededGenerator(seed: 2, stream: 1)
    #expect(random.next() != other.next())
    #expect(random.permutation(count: 50).sorted() == Array(0..<50))
    var counts = [Int](repeating: 0, count: 10)
    var sum = 0.0
    for _ in 0..<20_000 {
      counts[random.integer(below: 10)] += 1
      sum += random.uniform()
    }
    #expect(counts.allSatisfy { abs($0 - 2000) < 250 })
    #expect(abs(sum / 20_000 - 0.5) < 0.012)
    var child = random.split()
    #expect(child.next() != random.next())
  }
}
