/// How a field is drawn by walking along rays.
public struct FieldTraceOptions: Sendable, Equatable {
  /// What light does to a surface.
  public enum Look: String, Sendable, Codable, CaseIterable {
    /// That of the published pictures of networks: even light, a highlight and a bright rim.
    case published
    /// That of `Renderer` with hard shadows and no ambient occlusion.
    case house
  }

  /// Size in pixels.
  public var width, height: Int
  /// The value on the surface, in distances: above zero the solid grows.
  public var level: Float = 0
  /// Samples along each side of a pixel.
  public var supersampling = 2
  /// What light does.
  public var look = Look.published
  /// The colour of the solid.
  public var color = Color.surface
  /// What lies behind it.
  public var background = Color.white
  /// Whether the solid casts shadows on itself and on the ground.
  public var hasShadows = true
  /// Whether a plane under the solid catches its shadow. The plane itself is not seen.
  public var hasGround = true
  /// The longest step along a ray; nil for 0.02, or no limit where the field promises true distances.
  public var stepLimit: Float?
  /// A ray nearer to the surface than this has met it.
  public var hitDistance: Float = 0.0005
  /// Most steps of a ray that looks for the surface, and of one that looks for the lamp.
  public var stepCount = 1000, shadowStepCount = 200
  /// Nothing is solid outside of this box.
  public var region = Bounds(lower: -.one, upper: .one)
  /// The number of threads for fields that allow it; nil takes all cores. The picture does not depend on it.
  public var threadCount: Int?

  /// Options for a picture of the given size.
  public init(width: Int = 768, height: Int = 768) { (self.width, self.height) = (width, height) }

  func validate() throws(PictureError) {
    try Image.checkSize(width: width, height: height)
    guard (1...4).contains(supersampling) else {
      throw PictureError("\(supersampling) samples along the side of a pixel are out of range; use 1 to 4.")
    }
    guard level.isFinite, hitDistance > 0, hitDistance < 1, stepLimit.map({ $0 > 0 }) ?? true, stepCount > 0,
      shadowStepCount > 0, Bounds.isUsable(region.lower), Bounds.isUsable(region.upper),
      all(region.lower .< region.upper)
    else { throw PictureError("The level, steps, hit distance or region of the rays are out of range.") }
  }
}
