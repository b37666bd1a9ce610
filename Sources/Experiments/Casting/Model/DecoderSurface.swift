import Geometry

/// The surface of a field that learned distances, on linspace(-1, 1, resolution)^3, and what the field said on the way.
///
/// Such a field is steeper than a distance in places, and with a bound that covers these the whole grid would be sampled; so
/// slopes of a distance are assumed, and what that misses is found by samples on the wrong side and by following the surface.
struct DecoderSurface {
  /// The surface; its mesh is empty if the level is not crossed. (Where all of the cube is inside, the extraction gives the
  /// cube's own walls.)
  let surface: SparseSurface
  /// Between which values the field lay.
  let range: FieldRange

  /// Samples along each axis when a field is asked for its range only.
  private static let probeResolution = 33

  init(_ field: any ScalarField, level: Float, resolution: Int) throws {
    var extraction = SparseSurfaceExtraction(SurfaceExtraction(level: level, inside: .below), resolution: resolution)
    extraction.slope = .assumed(1)
    let field = ObservedField(field)
    var surface = try extraction.surface(of: field)
    // A sparse extraction that found nothing has asked for little; the range that is told must be worth something.
    if surface.mesh.faces.isEmpty || field.range.upper <= level {
      let side = Self.probeResolution
      _ = try ScalarGrid(sampling: field, shape: .init(cube: side), frame: .unitCube(count: side))
    }
    range = field.range
    if range.lower >= level || level >= range.upper { surface.mesh = Mesh() }
    self.surface = surface
  }
}
