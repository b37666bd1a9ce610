import Geometry
import Models
import NN
import Torch

/// A shape decoder with one code, as a solid: its surface can be extracted, sampled and drawn like that of any other.
///
/// *Units and frame*: points in the frame of the training data, within -1 and 1; distances (output times `FieldOptions.scale`),
/// negative inside, not clipped.
public struct DecoderField: ScalarField, @unchecked Sendable {
  // Never changed after it was made, and libtorch's tensors may be read from several threads.
  private let decoder: FoldedDecoder
  private let scale: Float

  /// The field of a code; traps if the code is not as long as the decoder's.
  public init(
    _ decoder: any ShapeDecoder, code: [Float], field: FieldOptions = .init(), precision: Precision = .float32
  ) {
    precondition(code.count == decoder.latentSize, "a code of \(code.count) for a network of \(decoder.latentSize)")
    let code = code.isEmpty ? nil : Tensor(code, shape: [code.count])
    (self.decoder, scale) = (decoder.folded(code: code, precision: precision), Float(field.scale))
  }

  /// No: the network's products use all threads themselves.
  public var allowsConcurrentCalls: Bool { false }

  /// Evaluates the network.
  public func samples(at points: [SIMD3<Float>], withGradients: Bool) throws -> FieldSamples {
    guard !points.isEmpty else { return FieldSamples(distances: [], gradients: withGradients ? [] : nil) }
    let input = Tensor(points: points)
    guard withGradients else { return FieldSamples(distances: scaled(decoder.distances(at: input))) }
    let (distances, gradients) = decoder.distancesAndGradients(at: input)
    let rows = scaled(gradients)
    let vectors = points.indices.map { SIMD3(rows[3 * $0], rows[3 * $0 + 1], rows[3 * $0 + 2]) }
    return FieldSamples(distances: scaled(distances), gradients: vectors)
  }

  private func scaled(_ tensor: Tensor) -> [Float] {
    let values = tensor.contiguous().array(of: Float.self)
    return scale == 1 ? values : values.map { $0 * scale }
  }
}

extension Tensor {
  /// Points as rows [P, 3].
  init(points: [SIMD3<Float>]) {
    let values = [Float](unsafeUninitializedCapacity: 3 * points.count) { buffer, count in
      for (index, point) in points.enumerated() {
        (buffer[3 * index], buffer[3 * index + 1], buffer[3 * index + 2]) = (point.x, point.y, point.z)
      }
      count = 3 * points.count
    }
    self.init(values, shape: [points.count, 3])
  }
}
