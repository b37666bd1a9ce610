import Geometry

extension SparseSurfaceExtraction {
  /// The extraction for a field that learned distances, on linspace(-1, 1, resolution)^3.
  ///
  /// Such a field is steeper than a distance in places, and with a bound that covers these the whole grid would be sampled; so
  /// slopes of a distance are assumed, and what that misses is found by samples on the wrong side and by following the surface.
  static func ofLearnedDistance(level: Float, resolution: Int) -> SparseSurfaceExtraction {
    var extraction = SparseSurfaceExtraction(SurfaceExtraction(level: level, inside: .below), resolution: resolution)
    extraction.slope = .assumed(1)
    return extraction
  }
}
