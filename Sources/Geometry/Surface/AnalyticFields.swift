import Foundation

/// A ball.
public struct SphereField: AnalyticField {
  /// Centre of the ball.
  public var center: SIMD3<Float>
  /// Radius of the ball.
  public var radius: Float

  /// A ball of the given radius.
  public init(center: SIMD3<Float> = .zero, radius: Float) {
    (self.center, self.radius) = (center, radius)
  }

  public func sample(at point: SIMD3<Float>) -> (distance: Float, gradient: SIMD3<Float>) {
    let offset = point - center
    let length = (offset * offset).sum().squareRoot()
    return (length - radius, length > 0 ? offset / length : [1, 0, 0])
  }
}

/// A torus round the third axis.
public struct TorusField: AnalyticField {
  /// Radius of the circle in the middle of the tube.
  public var majorRadius: Float
  /// Radius of the tube.
  public var minorRadius: Float

  /// A torus of the given radii, centred on the origin.
  public init(majorRadius: Float, minorRadius: Float) {
    (self.majorRadius, self.minorRadius) = (majorRadius, minorRadius)
  }

  public func sample(at point: SIMD3<Float>) -> (distance: Float, gradient: SIMD3<Float>) {
    let radial = (point.x * point.x + point.y * point.y).squareRoot()
    let across = radial - majorRadius
    let length = (across * across + point.z * point.z).squareRoot()
    guard length > 0, radial > 0 else { return (length - minorRadius, [0, 0, 1]) }
    let scale = across / (length * radial)
    return (length - minorRadius, [point.x * scale, point.y * scale, point.z / length])
  }
}

/// An axis-parallel box.
public struct BoxField: AnalyticField {
  /// Centre of the box.
  public var center: SIMD3<Float>
  /// Half of each edge length.
  public var halfExtents: SIMD3<Float>

  /// A box of the given half edge lengths.
  public init(center: SIMD3<Float> = .zero, halfExtents: SIMD3<Float>) {
    (self.center, self.halfExtents) = (center, halfExtents)
  }

  public func sample(at point: SIMD3<Float>) -> (distance: Float, gradient: SIMD3<Float>) {
    let offset = point - center
    let sign = SIMD3<Float>(repeating: 1).replacing(with: -1, where: offset .< 0)
    let excess = offset * sign - halfExtents
    let outside = excess.clamped(lowerBound: .zero, upperBound: SIMD3(repeating: .infinity))
    let length = (outside * outside).sum().squareRoot()
    if length > 0 { return (length, sign * outside / length) }
    let nearest = excess.max()
    let axis = excess.x == nearest ? 0 : excess.y == nearest ? 1 : 2
    var gradient = SIMD3<Float>.zero
    gradient[axis] = sign[axis]
    return (nearest, gradient)
  }
}

/// A gyroid, the triply periodic surface that divides space into two labyrinths.
///
/// *Limits*: the value is the usual trigonometric approximation divided by its largest slope, so it never
/// overestimates the distance, but it is not the exact one.
public struct GyroidField: AnalyticField {
  /// Length of one period.
  public var period: Float

  /// A gyroid of the given period.
  public init(period: Float) { self.period = period }

  public func sample(at point: SIMD3<Float>) -> (distance: Float, gradient: SIMD3<Float>) {
    let wave = 2 * Float.pi / period
    let (sx, sy, sz) = (sin(wave * point.x), sin(wave * point.y), sin(wave * point.z))
    let (cx, cy, cz) = (cos(wave * point.x), cos(wave * point.y), cos(wave * point.z))
    // The largest slope of sx cy + sy cz + sz cx is sqrt(3) per unit of phase.
    let scale = 1 / (wave * Float(3).squareRoot())
    let gradient = SIMD3<Float>(cx * cy - sz * sx, cy * cz - sx * sy, cz * cx - sy * sz) * (wave * scale)
    return ((sx * cy + sy * cz + sz * cx) * scale, gradient)
  }
}
