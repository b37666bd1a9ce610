import Torch

/// An affine map whose weight rows are a length times a direction.
///
/// *Shapes*: input [..., inputs]; direction [outputs, inputs]; length [outputs, 1]; bias [outputs].
/// *Reference*: Salimans and Kingma 2016, arXiv 1602.07868; PyTorch's `weight_norm` over axis 0 (`weight_g`, `weight_v`).
public final class WeightNormLinear: Module {
  /// Lengths of the weight's rows.
  public let length: Parameter
  /// Rows along which the weight points.
  public let direction: Parameter
  /// Added to every row.
  public let bias: Parameter

  /// A layer with random weights as `Linear` has them.
  public init(inputs: Int, outputs: Int, generator: Generator) {
    let plain = Linear(inputs: inputs, outputs: outputs, generator: generator)
    direction = plain.weight
    length = Parameter(withoutGradient { plain.weight.value.norm([1], keep: true) })
    bias = plain.bias ?? Parameter(.zeros([outputs]))
  }

  /// The weight [outputs, inputs], differentiable in both parts.
  public var weight: Tensor { direction.value * (length.value / direction.value.norm([1], keep: true)) }
}
