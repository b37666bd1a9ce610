// What framing a picture asks of a box.
extension Bounds {
  /// The box around finite points, or nil if there is none.
  package init?(_ points: some Sequence<SIMD3<Float>>) {
    var low = SIMD3<Float>(repeating: .infinity)
    var high = -low
    for point in points where Self.isUsable(point) {
      low = pointwiseMin(low, point)
      high = pointwiseMax(high, point)
    }
    guard low.x <= high.x else { return nil }
    self.init(lower: low, upper: high)
  }

  /// Half the diagonal.
  package var radius: Float { ((upper - lower) * 0.5).length }

  /// The eight corners; bit 0, 1, 2 of the index says whether x, y, z is the larger one.
  package var corners: [SIMD3<Float>] {
    (0..<8).map { index in
      SIMD3(
        index & 1 == 0 ? lower.x : upper.x, index & 2 == 0 ? lower.y : upper.y,
        index & 4 == 0 ? lower.z : upper.z)
    }
  }

  /// The smallest box around this one and another.
  package func union(_ other: Bounds) -> Bounds {
    Bounds(lower: pointwiseMin(lower, other.lower), upper: pointwiseMax(upper, other.upper))
  }

  /// Whether a coordinate is finite and small enough for ray arithmetic in single precision.
  static func isUsable(_ point: SIMD3<Float>) -> Bool {
    abs(point.x) < 1e15 && abs(point.y) < 1e15 && abs(point.z) < 1e15
  }

  /// The box with the same amount added on all sides.
  func padded(by amount: Float) -> Bounds {
    Bounds(lower: lower - SIMD3(repeating: amount), upper: upper + SIMD3(repeating: amount))
  }
}
