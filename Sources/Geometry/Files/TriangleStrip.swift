/// A strip of triangles in the making: every corner from the third on makes a face with the two before it.
struct TriangleStrip {
  private var last: (UInt32, UInt32) = (0, 0)
  private var count = 0

  /// The next face; every second is turned, so that all look to the same side. Nil for the first two corners and for
  /// faces that name a corner twice, by which strips are strung together.
  mutating func add(_ corner: UInt32) -> SIMD3<UInt32>? {
    defer {
      last = (last.1, corner)
      count += 1
    }
    guard count >= 2, last.0 != last.1, last.0 != corner, last.1 != corner else { return nil }
    return count % 2 == 0 ? SIMD3(last.0, last.1, corner) : SIMD3(last.1, last.0, corner)
  }
}
