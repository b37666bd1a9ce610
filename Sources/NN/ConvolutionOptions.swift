import Torch

/// What a convolution layer has besides channels and kernel size.
public struct ConvolutionOptions: Sendable, Equatable {
  /// Step between kernel positions.
  public var stride: Extent
  /// Border treatment.
  public var padding: Padding
  /// Distance between kernel elements.
  public var dilation: Extent = 1
  /// Groups of channels that do not see each other.
  public var groupCount = 1
  /// Extra size behind each axis of a transposed convolution whose padding is not 'same'.
  public var outputPadding: Extent = 0
  /// How often every voxel of the input is repeated along each axis before the convolution.
  ///
  /// For stride 1, dilation 1 and one group the enlarged volume is never made: taps that meet the same voxel are added up
  /// beforehand, which leaves a convolution of the small volume to one set of channels for each place within an enlarged
  /// voxel. That is exact up to rounding, gradients of every order included, and a fraction of the products (an eighth of 27
  /// in place of 125 for kernel 5 and scale 2).
  public var upsampling: Extent = 1
  /// How products are computed; nil leaves that to the planner (float64 is computed directly then).
  ///
  /// Layers with a dilation or groups have no choice: they trap if it is not nil or direct.
  public var method: ConvolutionMethod?
  /// Whether transforms of the kernel are kept from pass to pass until the kernel changes: time for memory, where a step of
  /// training goes through the layer several times. Without strides and upsampling only.
  public var keepsTransforms = false
  /// Whether a bias is added.
  public var hasBias: Bool
  /// How the weight starts.
  public var weightInitializer: Initializer = .inverseRootUniform
  /// How the bias starts.
  public var biasInitializer: Initializer = .inverseRootUniform

  /// Stride 1, 'same' padding, a bias and PyTorch's initialization unless said otherwise.
  public init(stride: Extent = 1, padding: Padding = .same, hasBias: Bool = true) {
    (self.stride, self.padding, self.hasBias) = (stride, padding, hasBias)
  }

  /// These options with other initializers.
  public func initialized(weight: Initializer, bias: Initializer) -> Self {
    var copy = self
    (copy.weightInitializer, copy.biasInitializer) = (weight, bias)
    return copy
  }

  func check(_ inputChannels: Int, _ outputChannels: Int) {
    guard groupCount > 0, inputChannels % groupCount == 0, outputChannels % groupCount == 0 else {
      fatalError("\(groupCount) groups do not divide both \(inputChannels) and \(outputChannels) channels")
    }
    guard isDense || method == nil || method == .direct else {
      fatalError("a convolution with dilation \(dilation.axes) and \(groupCount) groups can only be direct")
    }
  }

  func bias(_ channels: Int, fan: Fan, generator: Generator) -> Parameter? {
    hasBias ? Parameter(biasInitializer.tensor(shape: [channels], fan: fan, generator: generator)) : nil
  }

  /// Whether every output channel sees every input channel by neighbouring voxels, so that there is a choice of methods.
  var isDense: Bool { dilation == 1 && groupCount == 1 }
}
