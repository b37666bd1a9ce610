import Torch

/// What a shape decoder sees of a point: its coordinates, and sines and cosines of them if asked for.
///
/// *Shapes*: points [P, 3]; encoded [P, 3 + 6 F] with F frequencies: x y z, then sin(2^k pi x y z) and cos(2^k pi x y z) for
/// each k from 0.
/// *Reference*: Mildenhall et al. 2020, arXiv 2003.08934, equation 4, with the coordinates themselves in front.
public struct PointEncoding: Sendable, Equatable {
  /// Number of frequencies; 0 for the coordinates alone, as published.
  public var frequencies: Int

  /// An encoding with so many frequencies.
  public init(frequencies: Int = 0) { self.frequencies = frequencies }

  /// Numbers that stand for a point.
  public var width: Int { 3 + 6 * frequencies }

  /// Encodes points.
  public func callAsFunction(_ points: Tensor) -> Tensor {
    guard frequencies > 0 else { return points }
    var parts = [points]
    for power in 0..<frequencies {
      let angles = points * (Double.pi * Double(1 << power))
      parts += [angles.sin(), angles.cos()]
    }
    return .concatenated(parts, dim: 1)
  }
}
