import NN
import Torch

/// Every layer of the library with an input for it: the laws below hold for all of them.
struct LayerCase {
  let name: String
  let inputShape: [Int]
  let make: (Generator) -> any Module
  let apply: (any Module, Tensor, Mode) -> Tensor
  /// Whether samples of a batch may influence each other in training.
  var mixesInTraining = false
  /// Number of parameters.
  let parameterCount: Int

  init<Layer: Module>(
    _ name: String, _ inputShape: [Int], parameterCount: Int = 0, make: @escaping (Generator) -> Layer,
    apply: @escaping (Layer, Tensor, Mode) -> Tensor
  ) {
    (self.name, self.inputShape, self.parameterCount, self.make) = (name, inputShape, parameterCount, make)
    self.apply = { module, input, mode in
      guard let layer = module as? Layer else { fatalError("\(name) is a \(type(of: module))") }
      return apply(layer, input, mode)
    }
  }

  static func named(_ name: String) -> LayerCase { all.first { $0.name == name }! }

  static var all: [LayerCase] { convolutions + norms + others }

  private static var convolutions: [LayerCase] {
    var strided = ConvolutionOptions(stride: 2)
    strided.weightInitializer = .glorotUniform
    var grouped = ConvolutionOptions(padding: .explicit(1), hasBias: false)
    (grouped.groupCount, grouped.dilation) = (2, [1, 2, 1])
    var enlarging = ConvolutionOptions(stride: 2, padding: .explicit(1))
    enlarging.outputPadding = 1
    var upsampling = ConvolutionOptions()
    upsampling.upsampling = [2, 1, 3]
    return [
      LayerCase("Conv3d same", [2, 2, 4, 3, 3], parameterCount: 165) {
        Conv3d(inputChannels: 2, outputChannels: 3, kernelSize: 3, generator: $0)
      } apply: { layer, x, _ in
        layer(x)
      },
      LayerCase("Conv3d strided", [2, 2, 4, 4, 3], parameterCount: 483) { [strided] in
        Conv3d(inputChannels: 2, outputChannels: 3, kernelSize: [5, 4, 4], options: strided, generator: $0)
      } apply: { layer, x, _ in
        layer(x)
      },
      LayerCase("Conv3d grouped", [2, 4, 4, 5, 3], parameterCount: 108) { [grouped] in
        Conv3d(inputChannels: 4, outputChannels: 2, kernelSize: 3, options: grouped, generator: $0)
      } apply: { layer, x, _ in
        layer(x)
      },
      LayerCase("ConvTranspose3d same", [2, 2, 3, 2, 3], parameterCount: 257) {
        let options = ConvolutionOptions(stride: 2)
        return ConvTranspose3d(
          inputChannels: 2, outputChannels: 1, kernelSize: [4, 4, 8], options: options, generator: $0)
      } apply: { layer, x, _ in
        layer(x)
      },
      LayerCase("ConvTranspose3d explicit", [2, 2, 3, 2, 3], parameterCount: 165) { [enlarging] in
        ConvTranspose3d(inputChannels: 2, outputChannels: 3, kernelSize: 3, options: enlarging, generator: $0)
      } apply: { layer, x, _ in
        layer(x)
      },
      LayerCase("Conv3d upsampling", [2, 2, 3, 2, 2], parameterCount: 165) { [upsampling] in
        Conv3d(inputChannels: 2, outputChannels: 3, kernelSize: 3, options: upsampling, generator: $0)
      } apply: { layer, x, _ in
        layer(x)
      },
      LayerCase("ConvTranspose3d upsampling", [2, 2, 2, 3, 2], parameterCount: 181) { [upsampling] in
        ConvTranspose3d(inputChannels: 2, outputChannels: 1, kernelSize: [5, 3, 6], options: upsampling, generator: $0)
      } apply: { layer, x, _ in
        layer(x)
      },
      LayerCase("Linear", [2, 3, 4], parameterCount: 10) {
        Linear(inputs: 4, outputs: 2, generator: $0)
      } apply: { layer, x, _ in
        layer(x)
      },
    ]
  }

  private static var norms: [LayerCase] {
    var batch = LayerCase("BatchNorm", [4, 3, 2, 2, 2], parameterCount: 6) { _ in
      BatchNorm(channels: 3)
    } apply: {
      $0($1, mode: $2)
    }
    var flat = LayerCase("BatchNorm of rows", [5, 3], parameterCount: 6) { _ in
      BatchNorm(channels: 3, options: .keras(varianceCorrection: .none))
    } apply: {
      $0($1, mode: $2)
    }
    (batch.mixesInTraining, flat.mixesInTraining) = (true, true)
    return [
      batch, flat,
      LayerCase("LayerNorm trailing", [3, 2, 4], parameterCount: 16) { _ in
        LayerNorm(.trailing([2, 4]))
      } apply: {
        layer, x, _ in
        layer(x)
      },
      LayerCase("LayerNorm channels", [2, 4, 2, 3, 2], parameterCount: 8) { _ in
        LayerNorm(.channels(4), epsilon: 1e-3)
      } apply: { layer, x, _ in
        layer(x)
      },
    ]
  }

  private static var others: [LayerCase] {
    [
      LayerCase("Dropout", [2, 3, 5]) { _ in
        Dropout(rate: 0.4)
      } apply: {
        $0($1, mode: $2)
      },
      LayerCase("MaxPool3d", [2, 2, 4, 5, 4]) { _ in
        MaxPool3d(kernelSize: 2)
      } apply: { layer, x, _ in
        layer(x)
      },
      LayerCase("AveragePool3d", [2, 2, 4, 5, 4]) { _ in
        AveragePool3d(kernelSize: [2, 3, 2], stride: 1)
      } apply: { layer, x, _ in
        layer(x)
      },
      LayerCase("UpsampleNearest", [2, 2, 2, 3, 2]) { _ in
        UpsampleNearest(scale: [2, 1, 3])
      } apply: {
        layer, x, _ in
        layer(x)
      },
    ]
  }
}
