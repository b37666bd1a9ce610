import NN
import Torch

/// A network whose value at a point, given a code, is a signed distance: negative inside.
///
/// A conforming network says what its layers take in; how they are evaluated, for many codes in training or for one code over
/// millions of points, is the same for all.
public protocol ShapeDecoder: Module {
  /// Length of a code; 0 for a network of one shape.
  var latentSize: Int { get }
  /// What the network sees of a point.
  var encoding: PointEncoding { get }
  /// The layers in order; tensors are differentiable in the parameters.
  func layers() -> [DecoderLayer]
}

/// One layer: the sum of what it makes of features, point and code, then normalisation, activation and dropout.
///
/// A layer on a concatenation, as the networks are published, is this sum with the weight cut into columns. So the code's part is
/// computed once per code and not once per point.
public struct DecoderLayer {
  /// Columns for the features of the layer before, [outputs, features]; nil in the first layer.
  public var features: Tensor?
  /// Columns for the encoded point, [outputs, 3 or more]; nil where it does not enter.
  public var points: Tensor?
  /// Columns for the code, [outputs, L]; nil where it does not enter.
  public var codes: Tensor?
  /// Added, [outputs].
  public var bias: Tensor
  /// Normalisation of the sum.
  public var norm: LayerNorm?
  /// What follows.
  public var activation: Activation
  /// Share of elements that are dropped in training, behind the activation.
  public var dropout: Double

  /// A layer with nothing but a bias and a ReLU.
  public init(
    features: Tensor? = nil, points: Tensor? = nil, codes: Tensor? = nil, bias: Tensor, norm: LayerNorm? = nil,
    activation: Activation = .relu, dropout: Double = 0
  ) {
    (self.features, self.points, self.codes, self.bias) = (features, points, codes, bias)
    (self.norm, self.activation, self.dropout) = (norm, activation, dropout)
  }
}

/// Which code belongs to which point.
public enum DecoderCodes {
  /// The network has no code.
  case none
  /// One code [L] for all points.
  case one(Tensor)
  /// Codes [S, L] for S groups of equally many points, one group after the other.
  case grouped(Tensor)
  /// Codes [S, L], and for each point the number of its code, [P] int64 on the points' device.
  case owned(Tensor, owners: Tensor)
}

extension ShapeDecoder {
  /// Signed distances of points, differentiable in parameters, points and codes.
  ///
  /// *Shapes*: points [P, 3] give [P].
  /// *Parameters*: with `precision` bfloat16 the products of features run in bfloat16; points, codes and the last layer stay
  /// float32, because coordinates and distances need more than 8 bits.
  public func distances(
    at points: Tensor, codes: DecoderCodes, mode: Mode = .inference, precision: Precision = .float32
  ) -> Tensor {
    let encoded = encoding(points)
    let layers = layers()
    var features: Tensor?
    for (index, layer) in layers.enumerated() {
      let isLast = index == layers.count - 1
      let sum = layer.sum(
        features: features, points: encoded, codes: codes, precision: isLast ? .float32 : precision)
      var output = layer.activation(layer.norm.map { $0(sum) } ?? sum)
      if case .training(let generator) = mode, layer.dropout > 0 {
        output = output.dropout(layer.dropout, generator: generator)
      }
      features = output
    }
    guard let output = features else { fatalError("a shape decoder has layers") }
    return output.reshaped([-1])
  }
}

extension DecoderLayer {
  /// The layer's sum for every point; in bfloat16 where that is the precision and features enter.
  fileprivate func sum(features: Tensor?, points: Tensor, codes: DecoderCodes, precision: Precision) -> Tensor {
    let reduced = precision == .bfloat16
    guard let features, let weight = self.features else {
      return reducing(entering(points, codes), reduced)
    }
    let input = reduced ? precision.input(features) : features.to(dtype: weight.dtype)
    let matrix = precision.input(weight)
    guard self.points != nil || self.codes != nil else { return input.linear(matrix, bias: precision.input(bias)) }
    return reducing(entering(points, codes), reduced).addmm(input, matrix.transposed())
  }

  private func reducing(_ tensor: Tensor, _ reduced: Bool) -> Tensor {
    reduced ? tensor.to(dtype: .bfloat16) : tensor
  }

  /// What points and codes bring, with the bias, [P, outputs].
  private func entering(_ points: Tensor, _ codes: DecoderCodes) -> Tensor {
    let offset = codeOffset(codes)
    guard let weight = self.points else { return spread(offset, points.shape[0], codes) }
    if offset.rank == 1 { return points.linear(weight, bias: offset) }
    switch codes {
    case .none, .one: return points.linear(weight, bias: offset)
    case .grouped:
      let groups = points.linear(weight).reshaped([offset.shape[0], -1, offset.shape[1]])
      return (groups + offset.unsqueezed(1)).flattened(from: 0, to: 1)
    case .owned(_, let owners):
      return offset.indexSelect(0, owners).addmm(points, weight.transposed())
    }
  }

  /// The bias with the code's part: [outputs] for one code, [S, outputs] for several.
  private func codeOffset(_ codes: DecoderCodes) -> Tensor {
    guard let weight = self.codes else { return bias }
    switch codes {
    case .none: return bias
    case .one(let code): return code.unsqueezed(0).linear(weight, bias: bias).squeezed(0)
    case .grouped(let table), .owned(let table, _): return table.linear(weight, bias: bias)
    }
  }

  private func spread(_ offset: Tensor, _ count: Int, _ codes: DecoderCodes) -> Tensor {
    guard offset.rank == 2 else { return offset.unsqueezed(0).expanded([count, offset.shape[0]]) }
    if case .owned(_, let owners) = codes { return offset.indexSelect(0, owners) }
    let each = count / offset.shape[0]
    return offset.unsqueezed(1).expanded([offset.shape[0], each, offset.shape[1]]).flattened(from: 0, to: 1)
  }
}
