import Torch

/// An affine map of the last axis.
///
/// *Shapes*: input [..., inputs]; weight [outputs, inputs]; bias [outputs].
public final class Linear: Module {
  /// The matrix.
  public let weight: Parameter
  /// Added to every row, if there is one.
  public let bias: Parameter?

  /// A layer with random weights; PyTorch's initialization unless said otherwise, no bias if its initializer is nil.
  public init(
    inputs: Int, outputs: Int, weightInitializer: Initializer = .inverseRootUniform,
    biasInitializer: Initializer? = .inverseRootUniform, generator: Generator
  ) {
    let fan = Fan(inputs: inputs, outputs: outputs)
    weight = Parameter(weightInitializer.tensor(shape: [outputs, inputs], fan: fan, generator: generator))
    bias = biasInitializer.map { Parameter($0.tensor(shape: [outputs], fan: fan, generator: generator)) }
  }

  /// Maps; `precision` and `staysReduced` as in `Conv3d`.
  public func callAsFunction(_ input: Tensor, precision: Precision = .float32, staysReduced: Bool = false) -> Tensor {
    let result = precision.input(input).linear(
      precision.input(weight.value), bias: (bias?.value).map(precision.input))
    return precision.output(result, staysReduced: staysReduced)
  }
}
