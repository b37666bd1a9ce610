import Foundation

/// One cavity: a solid of a given kind, size, orientation and place in 4D space.
///
/// A lattice point p belongs to the cavity if the distance from p to the core of the solid (a point, a circle, a sphere,
/// a torus) is at most `size`. Core distances are exact and therefore 1-Lipschitz.
///
/// *Units and frame*: voxels; axis 0 is time, axes 1 to 3 are space.
public struct Cavity: Sendable, Equatable, Codable {
  /// What it is.
  public var kind: CavityKind
  /// Radius of the cross section, s.
  public var size: Double
  /// Centre; integers, stored as floating point.
  public var center: SIMD4<Double>
  /// The four columns of the rotation Q: local coordinate i of p is `axes[i]` times (p - center).
  public var axes: [SIMD4<Double>]
  /// Angle by which the swept torus is tilted; only for tori.
  public var tilt: Double

  /// A cavity of given parts; traps unless there are four axes.
  public init(kind: CavityKind, size: Double, center: SIMD4<Double>, axes: [SIMD4<Double>], tilt: Double = 0) {
    precondition(axes.count == 4, "a cavity has four axes, not \(axes.count)")
    (self.kind, self.size, self.center, self.axes, self.tilt) = (kind, size, center, axes, tilt)
  }

  /// Radius of the circle round which the cross section of a torus is swept: its free hole has radius `size`.
  public var sweepRadius: Double { 2 * size * (1 + abs(cos(tilt))) }

  /// Distance from a point to the core of the solid.
  public func coreDistance(at point: SIMD4<Double>) -> Double {
    let offset = point - center
    if kind == .ball { return (offset * offset).sum().squareRoot() }
    let l0 = (axes[0] * offset).sum()
    let l1 = (axes[1] * offset).sum()
    let l2 = (axes[2] * offset).sum()
    let l3 = (axes[3] * offset).sum()
    switch kind {
    case .ball, .ring:
      let radial = (l0 * l0 + l1 * l1).squareRoot() - 2 * size
      return (radial * radial + l2 * l2 + l3 * l3).squareRoot()
    case .shell:
      let radial = (l0 * l0 + l1 * l1 + l2 * l2).squareRoot() - 2 * size
      return (radial * radial + l3 * l3).squareRoot()
    case .torus:
      let swept = (l0 * l0 + l1 * l1).squareRoot() - sweepRadius
      let across = swept * cos(tilt) - l3 * sin(tilt)
      let along = swept * sin(tilt) + l3 * cos(tilt)
      let radial = (across * across + l2 * l2).squareRoot() - 2 * size
      return (radial * radial + along * along).squareRoot()
    }
  }

  /// Whether a point belongs to the cavity.
  public func contains(_ point: SIMD4<Double>) -> Bool { coreDistance(at: point) <= size }

  /// How far the solid reaches from its centre towards higher and towards lower coordinates on each of the four axes,
  /// exactly (its support function); a tilted torus reaches differently far on both sides.
  public var reach: (upper: SIMD4<Double>, lower: SIMD4<Double>) {
    var upper = SIMD4<Double>()
    var lower = SIMD4<Double>()
    for axis in 0..<4 {
      let y = SIMD4(axes[0][axis], axes[1][axis], axes[2][axis], axes[3][axis])
      upper[axis] = support(y)
      lower[axis] = support(-y)
    }
    return (upper, lower)
  }

  /// Largest product of a point of the solid, relative to the centre, with the unit vector of local coordinates `y`.
  private func support(_ y: SIMD4<Double>) -> Double {
    let planar = (y[0] * y[0] + y[1] * y[1]).squareRoot()
    switch kind {
    case .ball: return size
    case .ring: return 2 * size * planar + size
    case .shell: return 2 * size * (planar * planar + y[2] * y[2]).squareRoot() + size
    case .torus:
      let across = planar * cos(tilt) - y[3] * sin(tilt)
      return sweepRadius * planar + 2 * size * (across * across + y[2] * y[2]).squareRoot() + size
    }
  }

  /// Radius of the smallest ball round the centre that holds the solid, or a little more.
  public var outerRadius: Double {
    switch kind {
    case .ball: size
    case .ring, .shell: 3 * size
    case .torus: sweepRadius + 3 * size
    }
  }

  /// Volume of the solid in 4D voxels (shells without the small curvature term, as in the law of sizes).
  public var volume: Double {
    let fourth = size * size * size * size
    return switch kind {
    case .ball: .pi * .pi / 2 * fourth
    case .ring: 16 * .pi * .pi / 3 * fourth
    case .shell: 16 * .pi * .pi * fourth
    case .torus: 16 * .pi * .pi * .pi * (1 + abs(cos(tilt))) * fourth
    }
  }
}

extension Cavity {
  /// The rotation G23 G13 G03 G02 G12 G01 of six angles, given in the order of application, as its four columns.
  ///
  /// Uniform angles do not make a uniform rotation: flat solids tend to lie flat in time, as in the published data.
  public static func rotation(angles: [Double]) -> [SIMD4<Double>] {
    precondition(angles.count == 6, "a 4D rotation has six angles, not \(angles.count)")
    let planes = [(0, 1), (1, 2), (0, 2), (0, 3), (1, 3), (2, 3)]
    return (0..<4).map { index in
      var column = SIMD4<Double>()
      column[index] = 1
      for ((first, second), angle) in zip(planes, angles) {
        let (x, y) = (column[first], column[second])
        column[first] = cos(angle) * x - sin(angle) * y
        column[second] = sin(angle) * x + cos(angle) * y
      }
      return column
    }
  }
}
