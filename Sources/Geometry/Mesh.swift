/// A triangle mesh with shared vertices.
///
/// *Units and frame*: whatever its maker says; faces run counter-clockwise seen from outside.
public struct Mesh: Sendable, Equatable {
  /// Vertex positions, [V].
  public var positions: [SIMD3<Float>]
  /// Three vertex indices per face, [F].
  public var faces: [SIMD3<UInt32>]

  /// A mesh of the given vertices and faces; indices are not checked here.
  public init(positions: [SIMD3<Float>] = [], faces: [SIMD3<UInt32>] = []) {
    (self.positions, self.faces) = (positions, faces)
  }
}
