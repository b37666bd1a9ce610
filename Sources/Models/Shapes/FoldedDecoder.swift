import NN
import Torch

/// A decoder with one code built in: the code is part of two biases, and nothing is recorded for its parameters.
///
/// Points go through in tiles whose features stay in the processor's cache.
public struct FoldedDecoder {
  fileprivate struct Layer {
    var features: Tensor?
    var points: Tensor?
    var bias: Tensor
    var norm: LayerNorm?
    var activation: Activation
  }

  private let layers: [Layer]
  private let encoding: PointEncoding
  private let precision: Precision
  private let device: Device

  /// Points that go through together: their features of two layers of 256 take 4 MB, and a product still has enough rows for
  /// every thread.
  public static let tileSize = 2048

  fileprivate init(_ decoder: some ShapeDecoder, code: Tensor?, precision: Precision) {
    (encoding, self.precision) = (decoder.encoding, precision)
    let all = withoutGradient { decoder.layers() }
    device = all[0].bias.device
    layers = withoutGradient {
      all.enumerated().map { index, layer in
        var bias = layer.bias
        if let weight = layer.codes, let code {
          bias = code.to(dtype: weight.dtype, device: weight.device).unsqueezed(0).linear(weight, bias: bias)
            .squeezed(0)
        }
        // Coordinates and the last layer need more than the 8 bits of bfloat16.
        let product = index == all.count - 1 ? Precision.float32 : precision
        let isSum = layer.points != nil || layer.features == nil
        return Layer(
          features: layer.features.map { product.input($0.contiguous()).detached() },
          points: layer.points.map { $0.contiguous().detached() },
          bias: (isSum ? bias : product.input(bias)).detached(), norm: layer.norm, activation: layer.activation)
      }
    }
  }

  /// Signed distances, [P] for points [P, 3] on any device; on the network's device.
  public func distances(at points: Tensor) -> Tensor {
    withoutGradient { tiles(of: points) { [forward($0, reusing: true)] }[0] }
  }

  /// Signed distances [P] and their derivatives with respect to the points [P, 3].
  public func distancesAndGradients(at points: Tensor) -> (distances: Tensor, gradients: Tensor) {
    let both = tiles(of: points) { tile in
      let leaf = tile.detached().requiringGradient()
      let distances = withGradient { forward(leaf, reusing: false) }
      let slopes = gradient(of: distances.sum(), withRespectTo: [leaf])[0]
      return [distances.detached(), slopes]
    }
    return (both[0], both[1])
  }

  private func tiles(of points: Tensor, _ body: (Tensor) -> [Tensor]) -> [Tensor] {
    let count = points.shape[0]
    let points = points.to(device: device)
    // A graphics processor has its own tiles.
    let size = device == .cpu ? Self.tileSize : 1 << 18
    guard count > size else { return body(points) }
    let parts = stride(from: 0, to: count, by: size).map { start in
      body(points.narrowed(0, start, min(size, count - start)))
    }
    return parts[0].indices.map { index in .concatenated(parts.map { $0[index] }) }
  }

  /// `reusing` overwrites features in place, which nothing may be differentiated through.
  private func forward(_ points: Tensor, reusing: Bool) -> Tensor {
    let encoded = encoding(points)
    var features: Tensor?
    for (index, layer) in layers.enumerated() {
      let isReduced = precision == .bfloat16 && index < layers.count - 1
      var sum = layer.sum(features, encoded, isReduced: isReduced, reusing: reusing)
      if let norm = layer.norm { sum = norm(sum) }
      if reusing, case .relu = layer.activation {
        sum.clampInPlace(min: 0)
        features = sum
      } else {
        features = layer.activation(sum)
      }
    }
    guard let output = features else { fatalError("a shape decoder has layers") }
    return output.reshaped([-1])
  }
}

extension FoldedDecoder.Layer {
  fileprivate func sum(_ features: Tensor?, _ points: Tensor, isReduced: Bool, reusing: Bool) -> Tensor {
    let matrix = self.features
    let input = features.map { input in matrix.map { input.to(dtype: $0.dtype) } ?? input }
    guard let weight = self.points else {
      guard let input, let matrix else { return bias.unsqueezed(0).expanded([points.shape[0], -1]) }
      return input.linear(matrix, bias: bias)
    }
    let entering = points.linear(weight, bias: bias)
    let sum = isReduced ? entering.to(dtype: .bfloat16) : entering
    guard let input, let matrix else { return sum }
    guard reusing else { return sum.addmm(input, matrix.transposed()) }
    sum.addMatrixProductInPlace(input, matrix.transposed())
    return sum
  }
}

extension ShapeDecoder {
  /// This network for one code [L]; nil for a network without codes.
  ///
  /// Weights are taken as they are now: fold again after a training step.
  public func folded(code: Tensor?, precision: Precision = .float32) -> FoldedDecoder {
    FoldedDecoder(self, code: code, precision: precision)
  }
}
