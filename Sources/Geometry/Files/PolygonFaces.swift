/// Faces collected from polygons while a file is read.
struct PolygonFaces {
  private(set) var faces: [SIMD3<UInt32>] = []
  private var first: UInt32 = 0, previous: UInt32 = 0
  private var count = 0

  mutating func reserve(_ capacity: Int) { faces.reserveCapacity(capacity) }

  /// Begins a new polygon.
  mutating func begin() { count = 0 }

  /// Adds a corner; from the third on each makes a triangle with the first and the one before.
  mutating func add(_ corner: UInt32) {
    if count == 0 { first = corner } else if count > 1 { faces.append(SIMD3(first, previous, corner)) }
    previous = corner
    count += 1
  }

  /// Number of corners of the polygon so far.
  var cornerCount: Int { count }
}
