/// An axis-aligned box that a picture is framed by.
public struct SceneBounds: Sendable, Equatable {
  /// The corner with the smallest coordinates.
  public var minimum: SIMD3<Float>
  /// The corner with the largest coordinates.
  public var maximum: SIMD3<Float>

  /// A box between two corners.
  public init(minimum: SIMD3<Float>, maximum: SIMD3<Float>) {
    (self.minimum, self.maximum) = (minimum, maximum)
  }

  /// The box around finite points, or nil if there is none.
  public init?(_ points: some Sequence<SIMD3<Float>>) {
    var low = SIMD3<Float>(repeating: .infinity)
    var high = -low
    for point in points where Self.isUsable(point) {
      low = pointwiseMin(low, point)
      high = pointwiseMax(high, point)
    }
    guard low.x <= high.x else { return nil }
    (minimum, maximum) = (low, high)
  }

  /// The middle of the box.
  public var center: SIMD3<Float> { (minimum + maximum) * 0.5 }

  /// Half the diagonal.
  public var radius: Float { ((maximum - minimum) * 0.5).length }

  /// The eight corners; bit 0, 1, 2 of the index says whether x, y, z is the larger one.
  public var corners: [SIMD3<Float>] {
    (0..<8).map { index in
      SIMD3(
        index & 1 == 0 ? minimum.x : maximum.x, index & 2 == 0 ? minimum.y : maximum.y,
        index & 4 == 0 ? minimum.z : maximum.z)
    }
  }

  /// The smallest box around this one and another.
  public func union(_ other: SceneBounds) -> SceneBounds {
    SceneBounds(minimum: pointwiseMin(minimum, other.minimum), maximum: pointwiseMax(maximum, other.maximum))
  }

  /// Whether a coordinate is finite and small enough for ray arithmetic in single precision.
  static func isUsable(_ point: SIMD3<Float>) -> Bool {
    abs(point.x) < 1e15 && abs(point.y) < 1e15 && abs(point.z) < 1e15
  }
}
