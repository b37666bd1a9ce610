/// What a mesh says about a list of query points.
///
/// *Shapes*: every array is [P]; those that were not asked for are empty.
public struct MeshDistances: Sendable, Equatable {
  /// What is wanted beside the signed distances.
  public struct Wants: OptionSet, Sendable {
    /// Bits of the options.
    public let rawValue: Int
    /// An option set of the given bits.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// The nearest points of the surface.
    public static let closestPoints = Wants(rawValue: 1)
    /// The faces on which the nearest points lie.
    public static let faces = Wants(rawValue: 2)
    /// Gradients of the signed distance.
    public static let gradients = Wants(rawValue: 4)
  }

  /// Signed distances, negative inside.
  public var distances: [Float] = []
  /// Nearest points of the surface.
  public var closestPoints: [SIMD3<Float>] = []
  /// Faces on which the nearest points lie.
  public var faces: [UInt32] = []
  /// Unit gradients; on the surface itself the normal of the face.
  public var gradients: [SIMD3<Float>] = []
  /// How many of the points have a sign that the method is not sure of.
  public var ambiguousCount = 0
}
