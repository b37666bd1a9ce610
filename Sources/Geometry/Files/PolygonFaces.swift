/// Faces collected from polygons while a file is read.
///
/// A polygon of n corners always takes n - 2 faces, first a fan round its first corner. `triangulated(at:)` replaces
/// the fans that do not fit once all vertices are known, which a file may name before it has them.
struct PolygonFaces {
  private(set) var faces: [SIMD3<UInt32>] = []
  /// Polygons with more than three corners: their first face and the number of faces.
  private var polygons: [(start: Int, count: Int)] = []
  private var first: UInt32 = 0, previous: UInt32 = 0
  private var count = 0

  mutating func reserve(_ capacity: Int) { faces.reserveCapacity(capacity) }

  /// Begins a new polygon.
  mutating func begin() { count = 0 }

  /// Adds a corner; from the third on each makes a triangle with the first and the one before.
  mutating func add(_ corner: UInt32) {
    if count == 0 { first = corner } else if count > 1 { faces.append(SIMD3(first, previous, corner)) }
    if count == 3 { polygons.append((faces.count - 2, 2)) }
    if count > 3 { polygons[polygons.count - 1].count += 1 }
    previous = corner
    count += 1
  }

  /// Number of corners of the polygon so far.
  var cornerCount: Int { count }

  /// The faces, where polygons that are not convex are cut into triangles that do not leave them.
  ///
  /// *Limits*: polygons that cross themselves or have no area stay fans. So do, in a file that would take more than a few
  /// seconds, those that come last.
  func triangulated(at positions: [SIMD3<Float>]) -> [SIMD3<UInt32>] {
    var result = faces
    var budget = PolygonCutting.budget
    for polygon in polygons {
      let fan = faces[polygon.start..<(polygon.start + polygon.count)]
      guard budget > 0, var cutting = PolygonCutting(fan: fan, positions, budget: budget) else { continue }
      if let triangles = cutting.triangles() {
        result.replaceSubrange(polygon.start..<(polygon.start + polygon.count), with: triangles)
      }
      budget = cutting.budget
    }
    return result
  }
}
