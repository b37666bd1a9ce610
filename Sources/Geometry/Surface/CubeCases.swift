/// Which triangles fill a cell, for each of the 256 inside/outside patterns of its corners and for each way of
/// resolving its ambiguous faces. The table is derived here, not typed in.
///
/// Corner number 4i + 2j + k; a pattern has bit c set if corner c is inside. Edges 0-3 run along the third axis
/// (2i + j), 4-7 along the second (4 + 2i + k), 8-11 along the first (8 + 2j + k).
///
/// On every face of the cell the crossed edges are joined in pairs, and the pairs form closed loops. A face with two
/// diagonally opposite inside corners is ambiguous: one decision bit says whether they are joined. As the decision is
/// taken from the face's own four samples, both cells that share the face take the same one. Each loop becomes a disk
/// whose inner edges never lie on a face of the cell, so no edge can get more than two triangles.
struct CubeCases: Sendable {
  /// Index 12 and above in `triangles`: the centre of a loop, a vertex inside the cell.
  static let firstCenter: UInt8 = 12

  /// The four corners of each face, counter-clockwise seen from outside the cell.
  static let faceCorners: [[Int]] = [
    [0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3],
  ]

  /// One way of filling a cell.
  struct Variant: Sendable {
    /// Where its triangles start in `triangles`, in bytes.
    var start: UInt16
    /// Number of triangles.
    var triangleCount: UInt8
    /// Number of loop centres.
    var centerCount: UInt8
    /// Where its loops start in `loops`, in bytes, and their number.
    var loopStart: UInt16, loopCount: UInt8
  }

  /// Bit e set if edge e is crossed, by pattern.
  private(set) var crossedEdges: [UInt16] = []
  /// Bit f set if face f is ambiguous, by pattern.
  private(set) var ambiguousFaces: [UInt8] = []
  /// Number of the pattern's first variant; decision bits, packed in the order of the ambiguous faces, are added.
  private(set) var firstVariant: [UInt16] = []
  /// All variants.
  private(set) var variants: [Variant] = []
  /// Loops of crossed edges: the length of each, then its edge numbers.
  private(set) var loops: [UInt8] = []
  /// Three edge numbers per triangle, counter-clockwise seen from outside the solid.
  private(set) var triangles: [UInt8] = []

  /// The table for everyone.
  static let shared = CubeCases()

  private init() {
    for pattern in 0..<256 {
      let crossed = (0..<12).filter { Self.isCrossed(edge: $0, pattern: pattern) }
      crossedEdges.append(crossed.reduce(0) { $0 | 1 << UInt16($1) })
      let ambiguous = (0..<6).filter { Self.isAmbiguous(face: $0, pattern: pattern) }
      ambiguousFaces.append(ambiguous.reduce(0) { $0 | 1 << UInt8($1) })
      firstVariant.append(UInt16(variants.count))
      for decisions in 0..<(1 << ambiguous.count) {
        var joined = 0
        for (bit, face) in ambiguous.enumerated() where decisions >> bit & 1 == 1 { joined |= 1 << face }
        append(
          loops: Self.loops(pattern: pattern, joinedFaces: joined), diagonals: CubeDiagonals.preferred(pattern: pattern)
        )
      }
    }
  }

  private mutating func append(loops: [[Int]], diagonals: [Set<Int>]) {
    var variant = Variant(
      start: UInt16(triangles.count), triangleCount: 0, centerCount: 0, loopStart: UInt16(self.loops.count),
      loopCount: UInt8(loops.count))
    for loop in loops {
      self.loops.append(UInt8(loop.count))
      self.loops += loop.map(UInt8.init)
      var filling = LoopTriangulation(loop, preferring: diagonals).triangles
      if filling.isEmpty {
        let center = Int(Self.firstCenter + variant.centerCount)
        variant.centerCount += 1
        filling = loop.indices.map { [center, loop[$0], loop[($0 + 1) % loop.count]] }
      }
      variant.triangleCount += UInt8(filling.count)
      triangles += filling.joined().map(UInt8.init)
    }
    variants.append(variant)
  }

  /// The two corners of an edge, lower one first.
  static func corners(ofEdge edge: Int) -> (Int, Int) {
    let (high, low) = (edge >> 1 & 1, edge & 1)
    switch edge >> 2 {
    case 0: return (4 * high + 2 * low, 4 * high + 2 * low + 1)
    case 1: return (4 * high + low, 4 * high + low + 2)
    default: return (2 * high + low, 2 * high + low + 4)
    }
  }

  private static let edgeOfCorners: [Set<Int>: Int] = Dictionary(
    uniqueKeysWithValues: (0..<12).map {
      let (a, b) = corners(ofEdge: $0)
      return ([a, b], $0)
    })

  private static func isCrossed(edge: Int, pattern: Int) -> Bool {
    let (a, b) = corners(ofEdge: edge)
    return pattern >> a & 1 != pattern >> b & 1
  }

  private static func isAmbiguous(face: Int, pattern: Int) -> Bool {
    let inside = faceCorners[face].map { pattern >> $0 & 1 }
    return inside[0] == inside[2] && inside[1] == inside[3] && inside[0] != inside[1]
  }

  /// Closed loops of crossed edges. Going round a face counter-clockwise one enters and leaves the inside in turn; a
  /// segment runs from an entry to an exit: to the next one round an inside corner, or, on a face whose inside corners
  /// are joined, to the one before it, round an outside corner.
  private static func loops(pattern: Int, joinedFaces: Int) -> [[Int]] {
    var next = [Int](repeating: -1, count: 12)
    for (face, corners) in faceCorners.enumerated() {
      var crossings: [(edge: Int, entersInside: Bool)] = []
      for side in 0..<4 {
        let (a, b) = (corners[side], corners[(side + 1) % 4])
        guard pattern >> a & 1 != pattern >> b & 1, let edge = edgeOfCorners[[a, b]] else { continue }
        crossings.append((edge, pattern >> b & 1 == 1))
      }
      let step = joinedFaces >> face & 1 == 1 ? crossings.count - 1 : 1
      for (index, crossing) in crossings.enumerated() where crossing.entersInside {
        next[crossing.edge] = crossings[(index + step) % crossings.count].edge
      }
    }
    var loops: [[Int]] = []
    for first in 0..<12 where next[first] >= 0 {
      var loop: [Int] = []
      var edge = first
      while next[edge] >= 0 {
        loop.append(edge)
        (edge, next[edge]) = (next[edge], -1)
      }
      loops.append(loop)
    }
    return loops
  }
}

/// Fills a loop of crossed edges with triangles, by the preferred or else the shortest inner edges, without using an inner edge that
/// lies on a face of the cell; empty where that cannot be done.
private struct LoopTriangulation {
  private(set) var triangles: [[Int]] = []
  private let loop: [Int]
  private var cost: [[Double]]
  private var split: [[Int]]

  init(_ loop: [Int], preferring diagonals: [Set<Int>]) {
    self.loop = loop
    let count = loop.count
    cost = Array(repeating: Array(repeating: .infinity, count: count), count: count)
    split = Array(repeating: Array(repeating: -1, count: count), count: count)
    for first in 0..<count - 1 { cost[first][first + 1] = 0 }
    for span in 2..<count {
      for first in 0..<(count - span) {
        let last = first + span
        let isPreferred = diagonals.contains([loop[first], loop[last]])
        let chord = span == count - 1 || isPreferred ? 0 : Self.chordCost(loop[first], loop[last])
        for middle in (first + 1)..<last {
          let total = cost[first][middle] + cost[middle][last] + chord
          if total < cost[first][last] { (cost[first][last], split[first][last]) = (total, middle) }
        }
      }
    }
    if cost[0][count - 1].isFinite { fill(0, count - 1) }
  }

  private mutating func fill(_ first: Int, _ last: Int) {
    guard last - first > 1 else { return }
    let middle = split[first][last]
    triangles.append([loop[first], loop[middle], loop[last]])
    fill(first, middle)
    fill(middle, last)
  }

  private static func midpoint(_ edge: Int) -> SIMD3<Double> {
    let (a, b) = CubeCases.corners(ofEdge: edge)
    return SIMD3(Double((a >> 2) + (b >> 2)), Double((a >> 1 & 1) + (b >> 1 & 1)), Double((a & 1) + (b & 1))) / 2
  }

  /// Squared length between edge midpoints, infinite if both edges belong to one face.
  private static func chordCost(_ first: Int, _ second: Int) -> Double {
    let (a, b) = (midpoint(first), midpoint(second))
    for axis in 0..<3 where a[axis] == b[axis] && a[axis] != 0.5 { return .infinity }
    return ((a - b) * (a - b)).sum()
  }
}
