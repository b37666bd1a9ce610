/// Pairs of faces of a mesh that pass through each other.
///
/// A pair counts if a side of one runs through the plane of the other inside of it. Faces that only touch, or overlap in
/// one plane, do not count, nor do faces with a common side; those with one common corner may.
public struct MeshCrossings: Sendable, Equatable, Codable {
  /// How many pairs were found.
  public private(set) var pairCount = 0
  /// How many faces are in any of them.
  public private(set) var faceCount = 0
  /// Their share of all faces.
  public private(set) var faceShare = 0.0
  /// Whether all pairs were found; otherwise the work ran out, and there may be more.
  public private(set) var isComplete = true

  /// Finds pairs in a welded mesh; `work` bounds the number of comparisons.
  init(_ mesh: Mesh, work: Int) {
    guard !mesh.faces.isEmpty else { return }
    let boxes = FaceBoxes(mesh)
    var isCrossing = [Bool](repeating: false, count: mesh.faces.count)
    var remaining = work - 16 * mesh.faces.count
    var pending = [(1, 1)]
    while let (a, b) = pending.popLast() {
      guard remaining > 0 else {
        isComplete = false
        break
      }
      remaining -= 1
      guard boxes.overlap(a, b) else { continue }
      switch (boxes.isLeaf(a), boxes.isLeaf(b)) {
      case (true, true):
        for first in boxes.faces(a) {
          for second in boxes.faces(b) where a != b || first < second {
            remaining -= 1
            guard boxes.facesOverlap(first, second) else { continue }
            remaining -= 3
            guard mesh.crosses(first, second) else { continue }
            pairCount += 1
            (isCrossing[first], isCrossing[second]) = (true, true)
          }
        }
      case (false, _) where a == b: pending += [(2 * a, 2 * a), (2 * a + 1, 2 * a + 1), (2 * a, 2 * a + 1)]
      // Nodes of a level are of about the same size, so both are opened in turn.
      case (false, _) where a <= b || boxes.isLeaf(b): pending += [(2 * a, b), (2 * a + 1, b)]
      default: pending += [(a, 2 * b), (a, 2 * b + 1)]
      }
    }
    faceCount = isCrossing.count { $0 }
    faceShare = Double(faceCount) / Double(mesh.faces.count)
  }
}

/// A tree of boxes over faces in the order of a space-filling curve; node n has the children 2n and 2n + 1.
private struct FaceBoxes {
  private static let leafSize = 4
  private var lower: [SIMD3<Float>]
  private var upper: [SIMD3<Float>]
  /// Boxes of the faces themselves.
  private var faceLower: [SIMD3<Float>] = []
  private var faceUpper: [SIMD3<Float>] = []
  private let order: [Int]
  private let leafCount: Int

  init(_ mesh: Mesh) {
    let bounds = mesh.bounds ?? Bounds(lower: .zero, upper: .zero)
    let extent = SIMD3<Double>(bounds.upper) - SIMD3<Double>(bounds.lower)
    let scale = 1023 / extent.max()
    let codes = mesh.faces.map { face -> UInt32 in
      let (a, b, c) = mesh.corners(of: face)
      guard scale.isFinite else { return 0 }
      let middle = (SIMD3<Double>(a) + SIMD3<Double>(b) + SIMD3<Double>(c)) / 3 - SIMD3<Double>(bounds.lower)
      let cell = (middle * scale).clamped(lowerBound: .zero, upperBound: SIMD3(repeating: 1023))
      return Self.curve(SIMD3<UInt32>(cell))
    }
    order = codes.indices.sorted { (codes[$0], $0) < (codes[$1], $1) }
    var count = 1
    while count * Self.leafSize < order.count { count *= 2 }
    leafCount = count
    lower = Array(repeating: SIMD3(repeating: .infinity), count: 2 * count)
    upper = Array(repeating: SIMD3(repeating: -.infinity), count: 2 * count)
    for face in mesh.faces {
      let (a, b, c) = mesh.corners(of: face)
      faceLower.append(Self.smaller(a, Self.smaller(b, c)))
      faceUpper.append(Self.larger(a, Self.larger(b, c)))
    }
    for leaf in 0..<count {
      for face in faces(count + leaf) {
        lower[count + leaf] = Self.smaller(lower[count + leaf], faceLower[face])
        upper[count + leaf] = Self.larger(upper[count + leaf], faceUpper[face])
      }
    }
    for node in stride(from: count - 1, to: 0, by: -1) {
      lower[node] = Self.smaller(lower[2 * node], lower[2 * node + 1])
      upper[node] = Self.larger(upper[2 * node], upper[2 * node + 1])
    }
  }

  @inline(__always)
  private static func smaller(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> SIMD3<Float> {
    a.replacing(with: b, where: b .< a)
  }

  @inline(__always)
  private static func larger(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> SIMD3<Float> {
    a.replacing(with: b, where: b .> a)
  }

  /// The bits of three numbers of ten bits, mixed.
  private static func curve(_ cell: SIMD3<UInt32>) -> UInt32 {
    var code: UInt32 = 0
    for bit in 0..<10 {
      for axis in 0..<3 { code |= (cell[axis] >> UInt32(bit) & 1) << UInt32(3 * bit + axis) }
    }
    return code
  }

  func isLeaf(_ node: Int) -> Bool { node >= leafCount }

  func faces(_ node: Int) -> ArraySlice<Int> {
    let start = min(order.count, (node - leafCount) * Self.leafSize)
    return order[start..<min(order.count, start + Self.leafSize)]
  }

  func facesOverlap(_ a: Int, _ b: Int) -> Bool {
    all(faceLower[a] .<= faceUpper[b]) && all(faceLower[b] .<= faceUpper[a])
  }

  func overlap(_ a: Int, _ b: Int) -> Bool { all(lower[a] .<= upper[b]) && all(lower[b] .<= upper[a]) }
}

/// The corners of a face, by number.
private struct CornerTriple {
  var a: SIMD3<Double>, b: SIMD3<Double>, c: SIMD3<Double>

  init(_ mesh: Mesh, _ face: SIMD3<UInt32>) {
    let corners = mesh.corners(of: face)
    (a, b, c) = (SIMD3<Double>(corners.0), SIMD3<Double>(corners.1), SIMD3<Double>(corners.2))
  }

  subscript(corner: Int) -> SIMD3<Double> {
    switch corner % 3 {
    case 0: a
    case 1: b
    default: c
    }
  }

  /// On which side of the plane every corner of another triangle lies.
  func sides(of other: CornerTriple) -> SIMD3<Int> {
    SIMD3(orientation(a, b, c, other.a), orientation(a, b, c, other.b), orientation(a, b, c, other.c))
  }

  /// Whether the side that lies opposite to a corner runs through another triangle, on whose plane `sides` are those of
  /// the corners: it meets the inside or one side there, but no corner.
  func pierces(_ other: CornerTriple, opposite corner: Int, _ sides: SIMD3<Int>) -> Bool {
    guard sides[(corner + 1) % 3] * sides[(corner + 2) % 3] < 0 else { return false }
    let (p, q) = (self[corner + 1], self[corner + 2])
    let turns =
      orientation(p, q, other.a, other.b) + orientation(p, q, other.b, other.c) + orientation(p, q, other.c, other.a)
    return abs(turns) >= 2
  }
}

extension Mesh {
  /// Whether two faces pass through each other.
  fileprivate func crosses(_ first: Int, _ second: Int) -> Bool {
    let (f, g) = (faces[first], faces[second])
    var (sharedCount, common) = (0, (0, 0))
    for i in 0..<3 {
      for j in 0..<3 where f[i] == g[j] { (sharedCount, common) = (sharedCount + 1, (i, j)) }
    }
    guard sharedCount < 2 else { return false }
    let (a, b) = (CornerTriple(self, f), CornerTriple(self, g))
    let aSides = b.sides(of: a)
    // Most pairs end here: one lies to one side of the other.
    guard abs(aSides.x + aSides.y + aSides.z) < 3 else { return false }
    let bSides = a.sides(of: b)
    if sharedCount == 1 {
      return a.pierces(b, opposite: common.0, aSides) || b.pierces(a, opposite: common.1, bSides)
    }
    return (0..<3).contains { a.pierces(b, opposite: $0, aSides) || b.pierces(a, opposite: $0, bSides) }
  }
}

/// On which side of the plane of three points a fourth lies; 0 within the rounding of the arithmetic.
@inline(__always)
private func orientation(
  _ a: SIMD3<Double>, _ b: SIMD3<Double>, _ c: SIMD3<Double>, _ d: SIMD3<Double>
) -> Int {
  let (u, v, w) = (a - d, b - d, c - d)
  let first = SIMD3(v.y * w.z, v.z * w.x, v.x * w.y)
  let second = SIMD3(v.z * w.y, v.x * w.z, v.y * w.x)
  let determinant = (u * (first - second)).sum()
  let size = (absolute(u) * (absolute(first) + absolute(second))).sum()
  return abs(determinant) <= 1e-15 * size ? 0 : determinant > 0 ? 1 : -1
}

@inline(__always)
private func absolute(_ v: SIMD3<Double>) -> SIMD3<Double> { v.replacing(with: -v, where: v .< .zero) }
