/// Samples of a large grid where they are known, in bricks of 8^3 samples that are made when they are needed.
///
/// Positions are those of the padded grid. A plane of a brick is a word: bit 8j + k belongs to row j, column k. Brick
/// number 0 is empty and stands for all that were never made.
final class SampleBricks: @unchecked Sendable {
  /// Where a brick lies, in bricks.
  struct Place: Sendable, Equatable {
    var i: Int32, j: Int32, k: Int32
  }

  /// Extents of the padded grid, and its padding.
  let extents: SIMD3<Int>
  let pad: Int
  @exclusivity(unchecked) private(set) var places: [Place] = []
  private let brickExtents: SIMD3<Int>, pageExtents: SIMD3<Int>
  /// Numbers of pages of 8^3 bricks, then numbers of bricks; 0 for none.
  @exclusivity(unchecked) private var pages: [Int32]
  @exclusivity(unchecked) private var entries: [Int32] = [Int32](repeating: 0, count: 512)
  @exclusivity(unchecked) private var chunks: [Chunk] = []

  /// Memory of 256 bricks.
  private struct Chunk {
    let values: UnsafeMutablePointer<Float>
    let words: UnsafeMutablePointer<UInt64>
  }

  static let bricksPerChunk = 256

  init(extents: SIMD3<Int>, pad: Int) {
    (self.extents, self.pad) = (extents, pad)
    brickExtents = (extents &+ 7) / 8
    pageExtents = (brickExtents &+ 7) / 8
    pages = [Int32](repeating: 0, count: pageExtents.x * pageExtents.y * pageExtents.z)
    _ = append(Place(i: -8, j: -8, k: -8))
  }

  deinit {
    for chunk in chunks {
      chunk.values.deallocate()
      chunk.words.deallocate()
    }
  }

  /// Number of bricks, with the empty one.
  var count: Int { places.count }

  /// Bytes that are taken.
  var byteCount: Int {
    chunks.count * Self.bricksPerChunk * (512 * 4 + 16 * 8) + entries.count * 4 + pages.count * 4
      + places.count * 12
  }

  /// The 512 samples of a brick.
  @inline(__always)
  func values(_ brick: Int) -> UnsafeMutablePointer<Float> {
    chunks[brick / Self.bricksPerChunk].values + brick % Self.bricksPerChunk * 512
  }

  /// Eight words of known samples.
  @inline(__always)
  func known(_ brick: Int) -> UnsafeMutablePointer<UInt64> {
    chunks[brick / Self.bricksPerChunk].words + brick % Self.bricksPerChunk * 16
  }

  /// Eight words of samples that are known to lie inside.
  @inline(__always)
  func inside(_ brick: Int) -> UnsafeMutablePointer<UInt64> { known(brick) + 8 }

  /// The number of the brick at a place, 0 if there is none.
  @inline(__always)
  func number(_ i: Int, _ j: Int, _ k: Int) -> Int {
    guard i >= 0, j >= 0, k >= 0, i < brickExtents.x, j < brickExtents.y, k < brickExtents.z else { return 0 }
    let page = Int(pages[pageIndex(i, j, k)])
    return Int(entries[page * 512 + (i & 7) * 64 + (j & 7) * 8 + k & 7])
  }

  /// The number of the brick at a place, made if it is not there. The place lies in the grid.
  func make(_ i: Int, _ j: Int, _ k: Int) -> Int {
    let index = pageIndex(i, j, k)
    if pages[index] == 0 {
      pages[index] = Int32(entries.count / 512)
      entries.append(contentsOf: repeatElement(0, count: 512))
    }
    let entry = Int(pages[index]) * 512 + (i & 7) * 64 + (j & 7) * 8 + k & 7
    if entries[entry] == 0 {
      let brick = append(Place(i: Int32(i), j: Int32(j), k: Int32(k)))
      entries[entry] = Int32(brick)
      if pad > 0 { knowPadding(of: brick) }
    }
    return Int(entries[entry])
  }

  @inline(__always)
  private func pageIndex(_ i: Int, _ j: Int, _ k: Int) -> Int {
    ((i >> 3) * pageExtents.y + j >> 3) * pageExtents.z + k >> 3
  }

  private func append(_ place: Place) -> Int {
    if places.count % Self.bricksPerChunk == 0 {
      let chunk = Chunk(
        values: .allocate(capacity: Self.bricksPerChunk * 512), words: .allocate(capacity: Self.bricksPerChunk * 16))
      chunk.values.initialize(repeating: 0, count: Self.bricksPerChunk * 512)
      chunk.words.initialize(repeating: 0, count: Self.bricksPerChunk * 16)
      chunks.append(chunk)
    }
    places.append(place)
    return places.count - 1
  }

  /// The sample at a position, whose brick is there.
  @inline(__always)
  func value(_ i: Int, _ j: Int, _ k: Int) -> Float {
    values(number(i >> 3, j >> 3, k >> 3))[(i & 7) * 64 + (j & 7) * 8 + k & 7]
  }

  /// The padding is outside, whatever its value will be.
  private func knowPadding(of brick: Int) {
    forEachPaddingSample(of: brick) { local in known(brick)[local >> 6] |= 1 << UInt64(local & 63) }
  }

  /// Gives all samples of the padding their value.
  func fillPadding(with value: Float) {
    guard pad > 0 else { return }
    for brick in 1..<max(1, count) {
      let samples = values(brick)
      forEachPaddingSample(of: brick) { samples[$0] = value }
    }
  }

  private func forEachPaddingSample(of brick: Int, _ body: (Int) -> Void) {
    let place = places[brick]
    let origin = SIMD3<Int>(Int(place.i), Int(place.j), Int(place.k)) &* 8
    let last = extents &- 1
    let touches = (0..<3).contains { origin[$0] == 0 || origin[$0] + 7 >= last[$0] }
    guard touches else { return }
    for local in 0..<512 {
      let at = origin &+ SIMD3<Int>(local >> 6, local >> 3 & 7, local & 7)
      guard all(at .<= last) else { continue }
      if any(at .== 0) || any(at .== last) { body(local) }
    }
  }
}

/// The samples at the eight corners of every cell of a plane of a brick, as words: bit 8j + k belongs to the cell whose
/// first corner that is. Corner number 4i + 2j + k, as in `CubeCases`.
struct CornerWords {
  var known = CornerTuple(), inside = CornerTuple()

  /// Eight words.
  struct CornerTuple {
    var low = SIMD4<UInt64>(), high = SIMD4<UInt64>()

    var all: UInt64 {
      let both = low & high
      return both.x & both.y & both.z & both.w
    }
    var any: UInt64 {
      let either = low | high
      return either.x | either.y | either.z | either.w
    }
  }

  /// `neighbours` are the numbers of the brick and of those after it along the axes, by 4i + 2j + k.
  @inline(__always)
  init(_ bricks: SampleBricks, _ neighbours: SIMD8<Int32>, plane: Int) {
    for layer in 0..<2 {
      let isInside = plane + layer < 8
      let local = isInside ? plane + layer : 0
      let first = isInside ? 0 : 4
      var known = SIMD4<UInt64>(), inside = SIMD4<UInt64>()
      for side in 0..<4 {
        let brick = Int(neighbours[first + side])
        known[side] = bricks.known(brick)[local]
        inside[side] = bricks.inside(brick)[local]
      }
      if layer == 0 {
        (self.known.low, self.inside.low) = (Self.shifted(known), Self.shifted(inside))
      } else {
        (self.known.high, self.inside.high) = (Self.shifted(known), Self.shifted(inside))
      }
    }
  }

  /// From the words of a brick and its neighbours to the words of the four corners.
  @inline(__always)
  private static func shifted(_ words: SIMD4<UInt64>) -> SIMD4<UInt64> {
    let lastColumn: UInt64 = 0x8080_8080_8080_8080
    let near = words.x >> 1 & ~lastColumn | words.y << 7 & lastColumn
    let far = words.z >> 1 & ~lastColumn | words.w << 7 & lastColumn
    return SIMD4(words.x, near, words.x >> 8 | words.z << 56, near >> 8 | far << 56)
  }

  /// Cells with all eight corners known.
  var complete: UInt64 { known.all }

  /// Complete cells with corners on both sides.
  var active: UInt64 { complete & inside.any & ~inside.all }

  /// Cells of which an edge is known to be crossed.
  var crossed: UInt64 {
    var result: UInt64 = 0
    for (lower, upper) in [(0, 1), (2, 3), (0, 2), (1, 3)] {
      result |= known.low[lower] & known.low[upper] & (inside.low[lower] ^ inside.low[upper])
      result |= known.high[lower] & known.high[upper] & (inside.high[lower] ^ inside.high[upper])
    }
    let across = known.low & known.high & (inside.low ^ inside.high)
    return result | across.x | across.y | across.z | across.w
  }

  /// Known crossed edges that start at the cells' first corners, along the third, second and first axis.
  var edges: (third: UInt64, second: UInt64, first: UInt64) {
    let third = known.low.x & known.low.y & (inside.low.x ^ inside.low.y)
    let second = known.low.x & known.low.z & (inside.low.x ^ inside.low.z)
    return (third, second, known.low.x & known.high.x & (inside.low.x ^ inside.high.x))
  }

  /// The pattern of one cell.
  @inline(__always)
  func pattern(_ bit: Int) -> Int {
    let shift = SIMD4<UInt64>(repeating: UInt64(bit))
    let weights = SIMD4<UInt64>(1, 2, 4, 8)
    let low = (inside.low &>> shift & 1) &* weights
    let high = (inside.high &>> shift & 1) &* weights
    return Int(low.wrappedSum() | high.wrappedSum() << 4)
  }
}

extension SampleBricks {
  /// The numbers of a brick and of those after it along the axes, by 4i + 2j + k.
  func neighbours(of brick: Int) -> SIMD8<Int32> {
    let place = places[brick]
    var result = SIMD8<Int32>()
    for corner in 0..<8 {
      let (i, j, k) = (Int(place.i) + corner >> 2, Int(place.j) + corner >> 1 & 1, Int(place.k) + corner & 1)
      result[corner] = Int32(number(i, j, k))
    }
    return result
  }

  /// The cells of a plane of a brick that lie in the grid.
  func validCells(_ brick: Int, plane: Int) -> UInt64 {
    let place = places[brick]
    let (rows, columns) = (extents.y - 1 - 8 * Int(place.j), extents.z - 1 - 8 * Int(place.k))
    guard 8 * Int(place.i) + plane < extents.x - 1, rows > 0, columns > 0 else { return 0 }
    let row: UInt64 = columns >= 8 ? 0xFF : (1 << UInt64(columns)) - 1
    let all = row &* 0x0101_0101_0101_0101
    return rows >= 8 ? all : all & ((1 << UInt64(8 * rows)) - 1)
  }
}
