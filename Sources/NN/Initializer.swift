import Torch

/// How a parameter starts.
///
/// Values are drawn on the CPU, so that a seed gives the same network on every device.
public enum Initializer: Sendable, Equatable {
  /// All zero.
  case zeros
  /// All one.
  case ones
  /// All the same.
  case constant(Double)
  /// Uniform between minus and plus the bound.
  case uniform(bound: Double)
  /// Normal with mean zero.
  case normal(standardDeviation: Double)
  /// Normal with mean zero; values beyond two deviations are drawn again, so the deviation of what remains is 0.88 of
  /// this.
  case truncatedNormal(standardDeviation: Double)
  /// Uniform with variance 2 / (inputs + outputs) (Glorot and Bengio 2010; Keras' default).
  case glorotUniform
  /// Uniform with variance 2 / inputs (He et al. 2015).
  case heUniform
  /// Normal with variance 2 / inputs (He et al. 2015). Differs: Keras truncates it, PyTorch and this do not.
  case heNormal
  /// Uniform within 1 / sqrt(inputs): PyTorch's default for weights and biases of linear and convolution layers.
  case inverseRootUniform
  /// A random orthogonal matrix (Saxe et al. 2013): all axes but the first are flattened in Keras' order (spatial axes
  /// before channels), and the signs are fixed by the diagonal of R, so that the matrix is uniformly distributed.
  case orthogonal(gain: Double)

  /// Draws a parameter.
  ///
  /// *Shapes*: weights have the output axis first, the input axis second, then spatial axes (input and output exchanged
  /// for transposed convolutions).
  ///
  /// *Parameters*: `fan` counts the inputs and outputs of one unit of the layer that owns the parameter, for weights
  /// and biases.
  public func tensor(shape: [Int], fan: Fan, generator: Generator) -> Tensor {
    switch self {
    case .zeros: .zeros(shape)
    case .ones: .ones(shape)
    case .constant(let value): .full(shape, value: value)
    case .uniform(let bound): Self.uniform(shape, bound, generator)
    case .normal(let deviation): .normal(shape, mean: 0, standardDeviation: deviation, generator: generator)
    case .truncatedNormal(let deviation): Self.truncatedNormal(shape, deviation, generator)
    case .glorotUniform: Self.uniform(shape, (6 / Double(fan.inputs + fan.outputs)).squareRoot(), generator)
    case .heUniform: Self.uniform(shape, (6 / Double(fan.inputs)).squareRoot(), generator)
    case .heNormal:
      .normal(shape, mean: 0, standardDeviation: (2 / Double(fan.inputs)).squareRoot(), generator: generator)
    case .inverseRootUniform: Self.uniform(shape, 1 / Double(fan.inputs).squareRoot(), generator)
    case .orthogonal(let gain): Self.orthogonal(shape, gain, generator)
    }
  }

  private static func uniform(_ shape: [Int], _ bound: Double, _ generator: Generator) -> Tensor {
    .uniform(shape, in: -bound...bound, generator: generator)
  }

  private static func truncatedNormal(_ shape: [Int], _ deviation: Double, _ generator: Generator) -> Tensor {
    var values = Tensor.normal(shape, mean: 0, standardDeviation: 1, generator: generator)
    while case let outside = values.abs().greater(than: 2), outside.any().item() != 0 {
      values = Tensor.where(outside, .normal(shape, mean: 0, standardDeviation: 1, generator: generator), values)
    }
    return values * deviation
  }

  private static func orthogonal(_ shape: [Int], _ gain: Double, _ generator: Generator) -> Tensor {
    guard shape.count >= 2 else { fatalError("an orthogonal parameter needs two axes, not the shape \(shape)") }
    let columns = shape[0]
    let rows = shape.dropFirst().reduce(1, *)
    let tall = [max(rows, columns), min(rows, columns)]
    let (q, r) = Tensor.normal(tall, mean: 0, standardDeviation: 1, generator: generator).qr()
    let diagonal = (r * Tensor.eye(tall[1])).sum([0])
    let signs = Tensor.where(
      diagonal.less(than: 0), Tensor.full(diagonal.shape, value: -1), Tensor.ones(diagonal.shape))
    var matrix = q * signs
    if rows < columns { matrix = matrix.transposed(0, 1) }
    let spatial = Array(shape.dropFirst(2))
    let rank = shape.count
    let kerasOrder = matrix.reshaped(spatial + [shape[1], shape[0]])
    return (kerasOrder.permuted([rank - 1, rank - 2] + (0..<rank - 2)) * gain).contiguous()
  }
}

/// Number of inputs and outputs that one unit of a layer sees.
public struct Fan: Sendable, Equatable {
  /// Inputs of a unit: input channels times kernel volume.
  public var inputs: Int
  /// Outputs that an input reaches: output channels times kernel volume.
  public var outputs: Int

  /// Both counts.
  public init(inputs: Int, outputs: Int) {
    (self.inputs, self.outputs) = (inputs, outputs)
  }

  /// The counts of a weight: first axis out, second in, the others spatial.
  public init(weightShape shape: [Int]) {
    let volume = shape.dropFirst(2).reduce(1, *)
    self.init(inputs: shape[1] * volume, outputs: shape[0] * volume)
  }
}
