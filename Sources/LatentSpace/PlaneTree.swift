/// A quadtree over points of a plane, laid out in the order of a walk through it: the children of a cell follow it, and
/// every cell knows what comes after its last descendant. Far cells count as their centre of mass.
///
/// *Reference*: Barnes and Hut, "A hierarchical O(N log N) force-calculation algorithm", 1986, doi:10.1038/324446a0;
/// van der Maaten, "Accelerating t-SNE using tree-based algorithms", JMLR 15, 2014.
struct PlaneTree {
  struct Cell {
    var center: SIMD2<Double>
    var count: Double
    /// A cell stands for its points where the squared distance is above this; below zero for leaves.
    var reach: Double
    /// The cell after its last descendant.
    var next: Int
  }

  private(set) var cells: [Cell] = []
  /// The points' indices along a curve that keeps near ones together.
  private(set) var order: [Int] = []
  private var keys: [UInt64] = []
  private static let depth = 26

  /// *Parameters*: a cell counts as one point where its width is below `angle` times its distance, at most 0.7.
  init(_ points: [SIMD2<Double>], angle: Double) {
    guard let first = points.first else { return }
    var (low, high) = (first, first)
    for point in points {
      low = pointwiseMin(low, point)
      high = pointwiseMax(high, point)
    }
    let width = max((high - low).max(), .leastNormalMagnitude)
    let scale = Double((1 << Self.depth) - 1) / width
    var keyed = points.enumerated().map { index, point -> (key: UInt64, index: Int) in
      let place = (point - low) * scale
      return (Self.spread(UInt64(place.x)) | Self.spread(UInt64(place.y)) << 1, index)
    }
    keyed.sort { ($0.key, $0.index) < ($1.key, $1.index) }
    (keys, order) = (keyed.map(\.key), keyed.map(\.index))
    cells.reserveCapacity(2 * points.count)
    let side = width / max(angle, 1e-9)
    add(0..<points.count, level: Self.depth, points: points, side: side)
    keys = []
  }

  private mutating func add(_ range: Range<Int>, level: Int, points: [SIMD2<Double>], side: Double) {
    let own = cells.count
    var sum = SIMD2<Double>()
    if range.count == 1 || level == 0 {
      for place in range { sum += points[order[place]] }
      cells.append(Cell(center: sum / Double(range.count), count: Double(range.count), reach: -1, next: own + 1))
      return
    }
    let shift = UInt64(2 * (level - 1))
    if keys[range.lowerBound] >> shift == keys[range.upperBound - 1] >> shift {
      // All in one quarter: the cell would say the same as its only child, more coarsely.
      return add(range, level: level - 1, points: points, side: side / 2)
    }
    cells.append(Cell(center: sum, count: Double(range.count), reach: side * side, next: 0))
    var start = range.lowerBound
    while start < range.upperBound {
      let end = firstPlace(in: start..<range.upperBound, after: keys[start] >> shift, shift: shift)
      let child = cells.count
      add(start..<end, level: level - 1, points: points, side: side / 2)
      sum += cells[child].center * cells[child].count
      start = end
    }
    cells[own].center = sum / Double(range.count)
    cells[own].next = cells.count
  }

  private func firstPlace(in range: Range<Int>, after quarter: UInt64, shift: UInt64) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] >> shift <= quarter { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The bits of a number with a zero after each.
  private static func spread(_ number: UInt64) -> UInt64 {
    var bits = number & 0xFFFF_FFFF
    bits = (bits | bits << 16) & 0x0000_FFFF_0000_FFFF
    bits = (bits | bits << 8) & 0x00FF_00FF_00FF_00FF
    bits = (bits | bits << 4) & 0x0F0F_0F0F_0F0F_0F0F
    bits = (bits | bits << 2) & 0x3333_3333_3333_3333
    return (bits | bits << 1) & 0x5555_5555_5555_5555
  }
}
