import CTorch

/// Sizes for three dimensions of space: one number for all, or a list of one or three.
public protocol SpatialExtent: Sendable {
  /// One number for each dimension.
  var extents: [Int] { get }
}

extension Int: SpatialExtent {
  /// The same for all three.
  public var extents: [Int] { [self, self, self] }
}

extension [Int]: SpatialExtent {
  /// The list itself; one number stands for three.
  public var extents: [Int] { count == 1 ? [self[0], self[0], self[0]] : self }
}

/// How a convolution steps over its input.
public struct ConvolutionGeometry: Sendable, Equatable {
  /// Distance of neighbouring outputs.
  public var stride: [Int] = [1, 1, 1]
  /// Zeros added on both sides.
  public var padding: [Int] = [0, 0, 0]
  /// Distance of neighbouring taps of the kernel.
  public var dilation: [Int] = [1, 1, 1]
  /// For a transposed convolution: size added to one side of the output.
  public var outputPadding: [Int] = [0, 0, 0]
  /// Whether this is the transpose, which enlarges.
  public var isTransposed = false
  /// How many groups of channels stay apart.
  public var groups = 1

  /// A plain convolution with the given stride and padding.
  public init(stride: any SpatialExtent = 1, padding: any SpatialExtent = 0, dilation: any SpatialExtent = 1) {
    self.stride = stride.extents
    self.padding = padding.extents
    self.dilation = dilation.extents
  }

  func lent<R>(_ body: (ct_convolution_options) -> R) -> R {
    withInts(stride) { stride in
      withInts(padding) { padding in
        withInts(dilation) { dilation in
          withInts(outputPadding) { outputPadding in
            body(
              ct_convolution_options(
                stride: stride, padding: padding, dilation: dilation, output_padding: outputPadding,
                transposed: isTransposed, groups: groups))
          }
        }
      }
    }
  }
}

extension Tensor {
  /// Convolution of a volume [N, C, D, H, W] with kernels [O, C / groups, kD, kH, kW].
  public func conv3d(
    _ weight: Tensor, bias: Tensor? = nil, stride: any SpatialExtent = 1, padding: any SpatialExtent = 0,
    dilation: any SpatialExtent = 1, groups: Int = 1
  ) -> Tensor {
    var geometry = ConvolutionGeometry(stride: stride, padding: padding, dilation: dilation)
    geometry.groups = groups
    return convolved(weight, bias: bias, geometry)
  }

  /// Transposed convolution of a volume [N, C, D, H, W] with kernels [C, O / groups, kD, kH, kW].
  public func convTranspose3d(
    _ weight: Tensor, bias: Tensor? = nil, stride: any SpatialExtent = 1, padding: any SpatialExtent = 0,
    outputPadding: any SpatialExtent = 0, dilation: any SpatialExtent = 1, groups: Int = 1
  ) -> Tensor {
    var geometry = ConvolutionGeometry(stride: stride, padding: padding, dilation: dilation)
    geometry.outputPadding = outputPadding.extents
    geometry.isTransposed = true
    geometry.groups = groups
    return convolved(weight, bias: bias, geometry)
  }

  /// Convolution, plain or transposed, by its geometry.
  public func convolved(_ weight: Tensor, bias: Tensor? = nil, _ geometry: ConvolutionGeometry) -> Tensor {
    made("convolution", [self, weight] + [bias].compactMap { $0 }) { out in
      geometry.lent { ct_convolution(out, raw, weight.raw, bias?.raw, $0) }
    }
  }

  /// The gradients of a convolution's input, weight and bias from that of its output, as one plain operator: for
  /// layers that write their own backward. It is differentiable itself.
  /// `needed` says which of the three to compute; the others are nil.
  public static func convolutionGradients(
    outputGradient: Tensor, input: Tensor, weight: Tensor, geometry: ConvolutionGeometry,
    needed: (input: Bool, weight: Bool, bias: Bool) = (true, true, true)
  ) -> (input: Tensor?, weight: Tensor?, bias: Tensor?) {
    let mask: UInt32 = (needed.input ? 1 : 0) | (needed.weight ? 2 : 0) | (needed.bias ? 4 : 0)
    let operands = [outputGradient, input, weight]
    let three = madeOptional("convolutionGradients", operands, count: 3) { out in
      withTensors(operands) { operands in geometry.lent { ct_convolution_backward(out, operands, $0, mask) } }
    }
    return (three[0], three[1], three[2])
  }

  /// The gradient of a convolution's input; see ``convolutionGradients(outputGradient:input:weight:geometry:needed:)``.
  public static func convolutionInputGradient(
    outputGradient: Tensor, input: Tensor, weight: Tensor, geometry: ConvolutionGeometry
  ) -> Tensor {
    convolutionGradients(
      outputGradient: outputGradient, input: input, weight: weight, geometry: geometry, needed: (true, false, false)
    ).input ?? .zeros(like: input)
  }

  /// The gradient of a convolution's weight; see ``convolutionGradients(outputGradient:input:weight:geometry:needed:)``.
  public static func convolutionWeightGradient(
    outputGradient: Tensor, input: Tensor, weight: Tensor, geometry: ConvolutionGeometry
  ) -> Tensor {
    convolutionGradients(
      outputGradient: outputGradient, input: input, weight: weight, geometry: geometry, needed: (false, true, false)
    ).weight ?? .zeros(like: weight)
  }

  /// A dense layer: the last dimension times the transpose of `weight` [O, I], plus `bias` [O].
  public func linear(_ weight: Tensor, bias: Tensor? = nil) -> Tensor {
    made("linear", [self, weight] + [bias].compactMap { $0 }) { ct_linear($0, raw, weight.raw, bias?.raw) }
  }
}
