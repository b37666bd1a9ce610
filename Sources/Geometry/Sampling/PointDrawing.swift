import Foundation
import Randomness

/// Random points, drawn in blocks that each have a stream of their own, so that they do not depend on the number of threads.
struct PointDrawing {
  /// What the random numbers are for; equal seeds give different numbers for different purposes.
  enum Purpose: UInt64 {
    case noise = 0x6E6F_6973_65
    case region = 0x7265_6769_6F6E
    case partners = 0x7061_6972
  }

  private static let blockSize = 4096

  var seed: UInt64
  var threadCount: Int?

  /// Uniform points of a region about the origin.
  func points(count: Int, region: SampleRegion, radius: Double) -> [SIMD3<Double>] {
    fill(count, .region) { generator in
      while true {
        let point = SIMD3(
          generator.uniform(in: -1..<1), generator.uniform(in: -1..<1), generator.uniform(in: -1..<1))
        if region == .cube || (point * point).sum() <= 1 { return radius * point }
      }
    }
  }

  /// Normal vectors of deviation 1 along each axis.
  func normals(count: Int, _ purpose: Purpose) -> [SIMD3<Double>] {
    fill(count, purpose) { generator in
      let (a, b) = Self.normalPair(&generator)
      return SIMD3(a, b, Self.normalPair(&generator).0)
    }
  }

  /// *Reference*: Box and Muller 1958.
  private static func normalPair(_ generator: inout SeededGenerator) -> (Double, Double) {
    let radius = (-2 * log(1 - generator.uniform())).squareRoot()
    let angle = 2 * Double.pi * generator.uniform()
    return (radius * cos(angle), radius * sin(angle))
  }

  private func fill(
    _ count: Int, _ purpose: Purpose, _ draw: @Sendable (inout SeededGenerator) -> SIMD3<Double>
  ) -> [SIMD3<Double>] {
    [SIMD3<Double>](unsafeUninitializedCapacity: count) { buffer, initialized in
      nonisolated(unsafe) let target = buffer
      concurrently((count + Self.blockSize - 1) / Self.blockSize, threadCount: threadCount) { block in
        var generator = SeededGenerator(seed: seed ^ purpose.rawValue, stream: UInt64(block))
        for index in block * Self.blockSize..<min(count, (block + 1) * Self.blockSize) {
          target.initializeElement(at: index, to: draw(&generator))
        }
      }
      initialized = count
    }
  }
}
