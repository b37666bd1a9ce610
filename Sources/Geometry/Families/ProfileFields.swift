/// The solid that a polygon makes when it is turned about the second axis, with its exact distance.
///
/// The polygon lies in the half plane of radius (not negative) and height; its edges on the axis are no surface. The
/// nearest point of a circle about the axis lies in the half plane of the point, so the distance in the plane is that
/// in space.
public struct TurnedField: AnalyticField {
  private let profile: PolygonDistance

  /// Turns polygons of (radius, height).
  public init(profile: [[SIMD2<Double>]]) {
    self.profile = PolygonDistance(profile) { $0.x <= 0 }
  }

  /// Distance and gradient at one point.
  public func sample(at point: SIMD3<Float>) -> (distance: Float, gradient: SIMD3<Float>) {
    let point = SIMD3<Double>(point)
    let radius = (point.x * point.x + point.z * point.z).squareRoot()
    let place = profile.place(of: SIMD2(radius, point.y))
    let outward = radius > 0 ? SIMD2(point.x, point.z) / radius : SIMD2(1, 0)
    let gradient = SIMD3(place.gradient.x * outward.x, place.gradient.y, place.gradient.x * outward.y)
    return (Float(place.distance), SIMD3<Float>(gradient))
  }
}

/// A polygon of the first two axes with a thickness along the third, with its exact distance.
public struct CutField: AnalyticField {
  private let outline: PolygonDistance
  private let halfDepth: Double

  /// A plate between minus and plus `halfDepth`; polygons within others are holes.
  public init(outline: [[SIMD2<Double>]], halfDepth: Double) {
    (self.outline, self.halfDepth) = (PolygonDistance(outline), halfDepth)
  }

  /// Distance and gradient at one point.
  public func sample(at point: SIMD3<Float>) -> (distance: Float, gradient: SIMD3<Float>) {
    let point = SIMD3<Double>(point)
    let place = outline.place(of: SIMD2(point.x, point.y))
    let beyond = abs(point.z) - halfDepth
    let side: Double = point.z < 0 ? -1 : 1
    let flat = SIMD3<Double>(place.gradient.x, place.gradient.y, 0)
    let upright = SIMD3<Double>(0, 0, side)
    // Outside in both ways: the nearest point lies on the rim.
    if place.distance > 0, beyond > 0 {
      let distance = (place.distance * place.distance + beyond * beyond).squareRoot()
      return (Float(distance), SIMD3<Float>((place.distance * flat + beyond * upright) / distance))
    }
    return place.distance > beyond
      ? (Float(place.distance), SIMD3<Float>(flat)) : (Float(beyond), SIMD3<Float>(upright))
  }
}
