import Foundation

/// Fixed sample places and directions, well spread within a pixel and over every block of 4 x 4 pixels.
///
/// Each pixel of a block uses its own part of one low-discrepancy sequence. A filter over 4 x 4 pixels thus sees the
/// whole sequence, and its result has hardly any noise (interleaved sampling, A. Keller and W. Heidrich, 2001).
///
/// `@unchecked Sendable`: written once in `init`, then only read.
final class SampleTable: @unchecked Sendable {
  /// Samples per pixel at most, and those that every pixel takes.
  static let largestCount = 16
  static let baseCount = 4
  /// Ambient rays per sample.
  static let ambientCount = 4

  /// Places in the pixel, 0...1 each.
  let places: [SIMD2<Float>]
  /// Cosine-weighted directions around +z; w is the share of the full reach. [16 pixels, 16 samples, 4]
  private let ambient: UnsafeMutablePointer<SIMD4<Float>>
  /// Points of the unit disk. [16 pixels, 16 samples]
  private let disk: UnsafeMutablePointer<SIMD2<Float>>

  static let shared = SampleTable()

  private init() {
    places = (0..<Self.largestCount).map { index in
      let cell: Float = index < Self.baseCount ? 1 / 8 : 1 / 32
      return Self.point(index, scramble: 0) + SIMD2(repeating: cell)
    }
    let perPixel = Self.largestCount * Self.ambientCount
    ambient = .allocate(capacity: 16 * perPixel)
    disk = .allocate(capacity: 16 * Self.largestCount)
    for pixel in 0..<16 {
      for sample in 0..<Self.largestCount {
        for ray in 0..<Self.ambientCount {
          let index = Self.index(pixel, sample, perSample: Self.ambientCount, ray)
          let slot = pixel * perPixel + sample * Self.ambientCount + ray
          ambient[slot] = Self.hemisphere(index)
        }
        let index = Self.index(pixel, sample, perSample: 1, 0)
        let point = Self.point(index, scramble: 0x5A3C_96E1)
        let (radius, angle) = (point.x.squareRoot(), 2 * Float.pi * point.y)
        disk[pixel * Self.largestCount + sample] = SIMD2(radius * cos(angle), radius * sin(angle))
      }
    }
  }

  /// The position in a 4 x 4 block, in an order that spreads neighbours far apart in the sequence.
  @inline(__always) static func pixelIndex(_ x: Int, _ y: Int) -> Int {
    let bit: (Int, Int) -> Int = { ($0 >> $1) & 1 }
    let (low, high) = (bit(x, 0) ^ bit(y, 0), bit(x, 1) ^ bit(y, 1))
    return low << 3 | bit(y, 0) << 2 | high << 1 | bit(y, 1)
  }

  @inline(__always) func ambientDirection(pixel: Int, sample: Int, ray: Int) -> SIMD4<Float> {
    ambient[(pixel * Self.largestCount + sample) * Self.ambientCount + ray]
  }

  @inline(__always) func diskPoint(pixel: Int, sample: Int) -> SIMD2<Float> {
    disk[pixel * Self.largestCount + sample]
  }

  /// Base samples of all pixels first, so that they alone are an aligned, evenly spread part of the sequence.
  private static func index(_ pixel: Int, _ sample: Int, perSample: Int, _ ray: Int) -> Int {
    let base = baseCount * perSample
    let rest = (largestCount - baseCount) * perSample
    return sample < baseCount
      ? pixel * base + sample * perSample + ray
      : 16 * base + pixel * rest + (sample - baseCount) * perSample + ray
  }

  /// A point of the two-dimensional Sobol sequence.
  private static func point(_ index: Int, scramble: UInt32) -> SIMD2<Float> {
    var (first, second) = (scramble, scramble &* 0x9E37_79B1)
    var direction: UInt32 = 1 << 31
    for bit in 0..<32 {
      if index >> bit & 1 == 1 {
        first ^= 1 << (31 - UInt32(bit))
        second ^= direction
      }
      direction ^= direction >> 1
    }
    return SIMD2(Float(first >> 8), Float(second >> 8)) / Float(1 << 24)
  }

  private static func hemisphere(_ index: Int) -> SIMD4<Float> {
    let point = point(index, scramble: 0)
    let (radius, angle) = (point.x.squareRoot(), 2 * Float.pi * point.y)
    // A third number, spread by the golden ratio: rays of different reach let far surfaces darken less than near ones.
    let reach = (Float(index) * 0.618_034).truncatingRemainder(dividingBy: 1)
    return SIMD4(
      radius * cos(angle), radius * sin(angle), max(0, 1 - point.x).squareRoot(), 0.15 + 0.85 * reach * reach)
  }
}
