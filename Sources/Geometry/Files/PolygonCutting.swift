/// Cuts a polygon that is not convex into triangles by taking off its ears, in the plane that fits it best.
///
/// *Reference*: Meisters, "Polygons have ears", 1975; the plane is Newell's.
struct PolygonCutting {
  /// Corners that may be looked at in all polygons of one file, about a second: cutting takes the square of the corners.
  static let budget = 500_000_000
  /// What is left of it.
  private(set) var budget: Int

  private let corners: [UInt32]
  /// Corners in the plane, turned so that the polygon runs counterclockwise.
  private let points: [SIMD2<Double>]
  private var next: [Int]
  private var previous: [Int]
  /// Corners at which the polygon turns right; only these can lie in an ear.
  private var reflex: [Int] = []
  private var isReflex: [Bool]
  /// Whether corners in a straight line may go as triangles without area, which is so when there is no other ear.
  private var takesFlat = false

  /// Nil where the fan is right as it is, or the polygon has no plane.
  init?(fan: ArraySlice<SIMD3<UInt32>>, _ positions: [SIMD3<Float>], budget: Int) {
    guard let first = fan.first, let last = fan.last else { return nil }
    func place(_ corner: UInt32) -> SIMD3<Double> { SIMD3<Double>(positions[Int(corner)]) }
    let origin = place(first.x)
    let normals = fan.map { cross(place($0.y) - origin, place($0.z) - origin) }
    let normal = normals.reduce(.zero, +)
    // A fan without a face turned over covers the polygon, once.
    guard normals.contains(where: { ($0 * normal).sum() < 0 }), (normal * normal).sum() > 0 else { return nil }
    corners = [first.x] + fan.map(\.y) + [last.z]
    self.budget = budget - corners.count
    let size = SIMD3(abs(normal.x), abs(normal.y), abs(normal.z))
    let axis = size.x >= size.y && size.x >= size.z ? 0 : size.y >= size.z ? 1 : 2
    let (u, v) = normal[axis] > 0 ? ((axis + 1) % 3, (axis + 2) % 3) : ((axis + 2) % 3, (axis + 1) % 3)
    points = corners.map { corner in
      let position = place(corner) - origin
      return SIMD2(position[u], position[v])
    }
    let count = corners.count
    next = (0..<count).map { $0 + 1 == count ? 0 : $0 + 1 }
    previous = (0..<count).map { $0 == 0 ? count - 1 : $0 - 1 }
    isReflex = Array(repeating: false, count: count)
    for corner in 0..<count where turn(previous[corner], corner, next[corner]) <= 0 {
      isReflex[corner] = true
      reflex.append(corner)
    }
  }

  /// The triangles, two fewer than corners; nil if the polygon crosses itself or the budget runs out.
  mutating func triangles() -> [SIMD3<UInt32>]? {
    var result: [SIMD3<UInt32>] = []
    var (corner, remaining, misses) = (0, corners.count, 0)
    while remaining > 3 {
      let (before, after) = (previous[corner], next[corner])
      if isEar(before, corner, after) {
        result.append(SIMD3(corners[before], corners[corner], corners[after]))
        (next[before], previous[after]) = (after, before)
        remaining -= 1
        (misses, takesFlat) = (0, false)
        for neighbour in [before, after] where isReflex[neighbour] {
          isReflex[neighbour] = turn(previous[neighbour], neighbour, next[neighbour]) <= 0
        }
        isReflex[corner] = false
        // Corners that are no longer reflex leave the list from time to time.
        if result.count % 64 == 0 { reflex.removeAll { !isReflex[$0] } }
        // Skipping one makes fewer slivers than going round a fixed corner.
        corner = next[after]
      } else {
        corner = after
        misses += 1
        if misses > 2 * remaining { return nil }
        takesFlat = misses > remaining
      }
      if budget < 0 { return nil }
    }
    result.append(SIMD3(corners[previous[corner]], corners[corner], corners[next[corner]]))
    return result
  }

  private mutating func isEar(_ a: Int, _ b: Int, _ c: Int) -> Bool {
    budget -= 1
    if isReflex[b] {
      // Not the tip of a spike.
      return takesFlat && turn(a, b, c) == 0 && ((points[a] - points[b]) * (points[c] - points[b])).sum() <= 0
    }
    let (low, high) = (
      pointwiseMin(points[a], pointwiseMin(points[b], points[c])),
      pointwiseMax(points[a], pointwiseMax(points[b], points[c]))
    )
    for (number, other) in reflex.enumerated() {
      let point = points[other]
      guard point.x >= low.x, point.x <= high.x, point.y >= low.y, point.y <= high.y, isReflex[other] else { continue }
      if other != a, other != c, holds(a, b, c, other) {
        budget -= number + 1
        return false
      }
    }
    budget -= reflex.count
    return true
  }

  /// Whether the triangle holds a corner of the polygon, its border counted except for its own corners' places.
  private func holds(_ a: Int, _ b: Int, _ c: Int, _ other: Int) -> Bool {
    let point = points[other]
    if point == points[a] || point == points[b] || point == points[c] { return false }
    return turn(a, b, other) >= 0 && turn(b, c, other) >= 0 && turn(c, a, other) >= 0
  }

  /// Twice the area of a triangle, positive for a left turn.
  private func turn(_ a: Int, _ b: Int, _ c: Int) -> Double {
    let (u, v) = (points[b] - points[a], points[c] - points[b])
    return u.x * v.y - u.y * v.x
  }
}
