import NN
import Torch

/// Distances of many points for many codes, and gradients through them, with the memory of one part of the points.
///
/// Values are computed without a graph. For gradients each part is computed once more, now with its graph, so that all parts together
/// take a third more products and no more memory than one. Gradients equal those through all at once up to rounding.
public struct ChunkedDistances {
  /// The network.
  public let decoder: any ShapeDecoder
  /// Points [P, 3], the same for all codes, or [N, P, 3].
  public let points: Tensor
  /// Codes [N, L].
  public let codes: Tensor
  /// Points that are differentiated through at once.
  public var chunkSize = 32_768
  /// Element type of the products over features.
  public var precision = Precision.float32

  /// Distances of these points for these codes.
  public init(_ decoder: any ShapeDecoder, points: Tensor, codes: Tensor) {
    (self.decoder, self.points, self.codes) = (decoder, points, codes)
  }

  /// The distances, [N, P]; nothing can be differentiated through them.
  public func values() -> Tensor {
    Tensor.stacked(
      (0..<codes.shape[0]).map { number in
        decoder.folded(code: codes.selected(0, number), precision: precision).distances(at: points(of: number))
      })
  }

  /// The derivatives with respect to `parameters` of something that has the derivatives `outer` [N, P] with respect to the values.
  public func gradients(_ outer: Tensor, withRespectTo parameters: [Tensor]) -> [Tensor] {
    var sums: [Tensor] = []
    for number in 0..<codes.shape[0] {
      let (own, slopes, code) = (points(of: number), outer.selected(0, number), codes.selected(0, number))
      for start in stride(from: 0, to: own.shape[0], by: chunkSize) {
        let length = min(chunkSize, own.shape[0] - start)
        let values = decoder.distances(
          at: own.narrowed(0, start, length), codes: .one(code), precision: precision)
        let product = (values * slopes.narrowed(0, start, length)).sum()
        let parts = gradient(of: product, withRespectTo: parameters)
        sums = sums.isEmpty ? parts : zip(sums, parts).map { $0 + $1 }
      }
    }
    return sums
  }

  private func points(of number: Int) -> Tensor { points.rank == 3 ? points.selected(0, number) : points }
}
