import Randomness

/// What each cloud is scaled by before sets are compared.
public enum CloudNormalization: String, Sendable, Codable, CaseIterable {
  /// Nothing.
  case none
  /// The farthest point from the origin comes to distance 1/2; the cloud stays where it is.
  ///
  /// *Reference*: Kleineberg et al. 2020 (ShapeGAN), arXiv:2002.00349, `metrics.py`: divided by twice the largest norm.
  case halfUnitSphere
  /// The largest coordinate, without its sign, becomes 1/2; the cloud stays where it is.
  ///
  /// *Reference*: as above: divided by twice the largest coordinate.
  case halfUnitCube
  /// The centre of the cloud's box comes to the origin and its farthest point to distance 1.
  case unitSphere

  /// A cloud, normalised.
  ///
  /// *Throws*: `ComparisonError` if the cloud is empty, not finite, or has no size to divide by.
  public func callAsFunction(_ cloud: [SIMD3<Float>]) throws -> [SIMD3<Float>] {
    try ComparisonError.check(cloud)
    guard self != .none else { return cloud }
    var center = SIMD3<Double>.zero
    if self == .unitSphere, let bounds = Bounds(cloud) {
      center = SIMD3<Double>(bounds.lower) / 2 + SIMD3<Double>(bounds.upper) / 2
    }
    let points = cloud.map { SIMD3<Double>($0) - center }
    let size =
      points.map { point in
        self == .halfUnitCube ? max(point.max(), -point.min()) : (point * point).sum().squareRoot()
      }.max() ?? 0
    guard size > 0 else { throw ComparisonError("a cloud of one place has no size to normalise by") }
    let scale = self == .unitSphere ? 1 / size : 1 / (2 * size)
    return points.map { SIMD3<Float>($0 * scale) }
  }

  /// Clouds of a set, each normalised by its own size.
  ///
  /// *Throws*: `ComparisonError` that says which cloud cannot be.
  public func callAsFunction(_ clouds: [[SIMD3<Float>]], name: String) throws -> [[SIMD3<Float>]] {
    try clouds.enumerated().map { index, cloud in
      do {
        return try self(cloud)
      } catch {
        throw ComparisonError("\(name), cloud \(index): \(error)")
      }
    }
  }
}

/// Clouds that show nothing: the worst that a generator can do, for the scale of a set's figures.
public struct NoiseClouds: Sendable, Codable, Equatable {
  /// The number of clouds and of the points of each.
  public var count, pointCount: Int
  /// The radius of the ball around the origin that the points fill evenly.
  public var radius: Double
  /// The seed; cloud k takes stream k of it, so that more clouds leave the first ones as they are.
  public var seed: UInt64

  /// Clouds of a kind; traps if a number is negative.
  public init(count: Int, pointCount: Int, radius: Double = 0.5, seed: UInt64) {
    precondition(count >= 0 && pointCount >= 0 && radius >= 0, "numbers of clouds and points cannot be negative")
    (self.count, self.pointCount, self.radius, self.seed) = (count, pointCount, radius, seed)
  }

  /// The points of all clouds.
  public func clouds() -> [[SIMD3<Float>]] {
    (0..<count).map { index in
      var generator = SeededGenerator(seed: seed, stream: UInt64(index))
      return (0..<pointCount).map { _ in SIMD3<Float>(Self.place(&generator) * radius) }
    }
  }

  /// A point of the unit ball: the first of the cube's that lies in it.
  private static func place(_ generator: inout SeededGenerator) -> SIMD3<Double> {
    while true {
      let place = SIMD3(generator.uniform(), generator.uniform(), generator.uniform()) * 2 - 1
      if (place * place).sum() <= 1 { return place }
    }
  }
}
