import Models
import NN
import Torch

/// Points of generated shapes drawn towards the surface, and what of them a critic sees.
///
/// *Reference*: Kleineberg, Fey, Weichert 2020, arXiv 2002.00349, section 3.3, and branch `point_sdf` of its published code: one step
/// along the gradient as it is, noise of 0.0025, all within 0.1 of the surface, and of the others 15 %.
public struct CloudRefinement: Codable, Sendable, Equatable {
  /// Steps towards the surface.
  public var steps = 1
  /// Whether steps go along the gradient's direction, as they should for a distance; published: along the gradient itself.
  public var normalizesGradient = false
  /// Deviation of the noise that is added to each coordinate.
  public var noise = 0.0025
  /// Points whose distance is smaller are near the surface.
  public var threshold = 0.1
  /// The share of the other points that is kept.
  public var keepRate = 0.15

  /// The published rule.
  public init() {}

  /// Throws, naming the field, unless every value makes sense.
  public func validate() throws {
    func require(_ condition: Bool, _ text: String) throws {
      guard condition else { throw ExperimentError(text) }
    }
    try require((1...16).contains(steps), "refinement.steps must lie between 1 and 16")
    try require(noise >= 0 && noise.isFinite, "refinement.noise must not be negative")
    try require(threshold > 0 && threshold.isFinite, "refinement.threshold must be positive")
    try require((0...1).contains(keepRate), "refinement.keepRate must lie between 0 and 1")
  }

  /// Rows of uniform points and of points near the surface that a critic sees of one cloud.
  public struct Selection {
    /// Numbers of the uniform points, ascending, int64.
    public var uniform: Tensor
    /// Numbers of the points near the surface, ascending, int64; each stems from the uniform point of its number.
    public var surface: Tensor
  }

  /// Which rows are kept, by the distances [P] of the uniform points; `chances` [P] lie in 0..<1.
  ///
  /// Where nothing would be kept the first uniform point is, because a cloud without points has no score.
  public func selection(_ distances: Tensor, chances: Tensor) -> Selection {
    withoutGradient {
      let near = distances.abs().less(than: threshold)
      let kept = near.logicalOr(chances.less(than: keepRate))
      let uniform = kept.nonzero().reshaped([-1])
      return Selection(
        uniform: uniform.count > 0 ? uniform : Tensor.zeros([1], dtype: .int64, device: distances.device),
        surface: near.nonzero().reshaped([-1]))
    }
  }

  /// The gradients of a network's distances at each of the steps, which are constants when the steps are differentiated.
  func directions(
    _ decoder: any ShapeDecoder, points: Tensor, code: Tensor, precision: Precision
  ) -> [Tensor] {
    let folded = decoder.folded(code: code, precision: precision)
    var (place, found) = (points, [Tensor]())
    for _ in 0..<steps {
      let (distances, slopes) = folded.distancesAndGradients(at: place)
      let direction =
        normalizesGradient ? slopes * (1 / (slopes.squared().sum([1], keep: true) + 1e-12).sqrt()) : slopes
      found.append(direction)
      place = place - distances.unsqueezed(1) * direction
    }
    return found
  }

  /// Uniform points' distances, points near the surface and their distances; differentiable in the network's parameters.
  ///
  /// *Shapes*: points and noise [P, 3], code [L].
  func refined(
    _ decoder: any ShapeDecoder, points: Tensor, code: Tensor, directions: [Tensor], noise: Tensor,
    precision: Precision
  ) -> (uniform: Tensor, points: Tensor, surface: Tensor) {
    var place = points
    var first: Tensor?
    for direction in directions {
      let distances = decoder.distances(at: place, codes: .one(code), precision: precision)
      first = first ?? distances
      place = place - distances.unsqueezed(1) * direction
    }
    place = place + noise * self.noise
    let surface = decoder.distances(at: place, codes: .one(code), precision: precision)
    return (first ?? surface, place, surface)
  }
}
