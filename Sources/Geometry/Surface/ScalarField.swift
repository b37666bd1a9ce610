/// What a field says about a list of points.
public struct FieldSamples: Sendable, Equatable {
  /// Signed distances, negative inside, [P].
  public var distances: [Float]
  /// Derivatives of the distance with respect to the point, [P], where they were asked for.
  public var gradients: [SIMD3<Float>]?

  /// Samples of P points.
  public init(distances: [Float], gradients: [SIMD3<Float>]? = nil) {
    (self.distances, self.gradients) = (distances, gradients)
  }
}

/// A solid given by its signed distances: the hinge between geometry and learning.
///
/// A sphere, the exact distance of a mesh and a neural decoder all conform, so exact shapes test the code path that a
/// network uses. There is one bulk method, because a network wants many points at once.
public protocol ScalarField: Sendable {
  /// Signed distances, negative inside, at the given points, and their gradients if asked for.
  ///
  /// *Shapes*: [P] points give [P] distances.
  func samples(at points: [SIMD3<Float>], withGradients: Bool) throws -> FieldSamples

  /// A number that no difference quotient exceeds, if one is known: 1 for a true distance, clipped or not.
  var slopeBound: Float? { get }

  /// Whether `samples` may be called from several threads at once; if so, it is. A field that has threads of its own
  /// says no and gets large batches instead.
  var allowsConcurrentCalls: Bool { get }
}

extension ScalarField {
  /// Unknown.
  public var slopeBound: Float? { nil }
  /// No.
  public var allowsConcurrentCalls: Bool { false }
}

/// A field with a closed formula for the distance and its gradient at one point.
public protocol AnalyticField: ScalarField {
  /// Distance and gradient at one point.
  func sample(at point: SIMD3<Float>) -> (distance: Float, gradient: SIMD3<Float>)
}

extension AnalyticField {
  /// 1: all of these are distances, or never more than the distance.
  public var slopeBound: Float? { 1 }
  /// Yes: a formula has no state.
  public var allowsConcurrentCalls: Bool { true }

  /// Evaluates the formula point by point.
  public func samples(at points: [SIMD3<Float>], withGradients: Bool) -> FieldSamples {
    guard withGradients else { return FieldSamples(distances: points.map { sample(at: $0).distance }) }
    let both = points.map(sample(at:))
    return FieldSamples(distances: both.map(\.distance), gradients: both.map(\.gradient))
  }
}
