import Foundation

/// The ConvLSTM3D forecaster as a Keras model holds it: what this package's own network needs to repeat it.
///
/// Cells of ConvLSTM3D, each with a batch normalization after it or without, then one convolution of every frame to one
/// channel and a sigmoid. All "same" padding, stride 1, channels last, activation ReLU, all frames returned.
///
/// *Units and frame*: the spatial axes x, y, z of Keras are D, H, W here, in this order.
public struct KerasConvLSTM: Sendable, Equatable {
  /// What the gates of a cell are put through.
  public enum RecurrentActivation: String, Sendable, Codable {
    /// The logistic function.
    case sigmoid
    /// `clip(0.2 x + 0.5, 0, 1)`: `hard_sigmoid` of Keras 2, as in the published networks.
    case hardSigmoid
    /// `clip(x / 6 + 0.5, 0, 1)`: `hard_sigmoid` of Keras 3.
    case hardSigmoidSixth
  }

  /// The weights of a convolution, in both orders.
  public struct Kernel: Sendable, Equatable {
    /// Extents in Keras: [kD, kH, kW, in, out].
    public var kerasShape: [Int]
    /// Row-major values of that shape.
    public var kerasValues: [Float]
    /// Extents in PyTorch: [out, in, kD, kH, kW].
    public var shape: [Int]
    /// Row-major values of that shape; nothing is flipped, both libraries correlate.
    public var values: [Float]
  }

  /// A batch normalization over the channels.
  public struct Normalization: Sendable, Equatable {
    /// What the layer is called.
    public var name: String
    /// Added to the variance.
    public var epsilon: Double
    /// The share of the running statistics that is kept at each step: PyTorch's momentum is one minus this.
    public var momentum: Double
    /// Scale per channel; ones if the layer has none.
    public var gamma: [Float]
    /// Shift per channel; zeros if the layer has none.
    public var beta: [Float]
    /// Running mean per channel.
    public var movingMean: [Float]
    /// Running variance per channel.
    public var movingVariance: [Float]
  }

  /// One ConvLSTM3D layer.
  public struct Cell: Sendable, Equatable {
    /// What the layer is called.
    public var name: String
    /// Channels that come in.
    public var inputChannels: Int
    /// Channels that go out.
    public var filters: Int
    /// Edge of the cubic kernel; odd.
    public var kernelSize: Int
    /// What the gates are put through.
    public var recurrentActivation: RecurrentActivation
    /// The input's kernel; gates i, f, c, o one after the other along `out` (4 x filters).
    public var kernel: Kernel
    /// The state's kernel; gates as in `kernel`.
    public var recurrentKernel: Kernel
    /// The bias [4 x filters], gates as in `kernel`; zeros if the layer has none.
    public var bias: [Float]
    /// The normalization that follows, if one does.
    public var normalization: Normalization?
  }

  /// The convolution that turns the last cell's channels into one.
  public struct Output: Sendable, Equatable {
    /// What the layer is called.
    public var name: String
    /// Edge of the cubic kernel; odd.
    public var kernelSize: Int
    /// Weights with one channel out.
    public var kernel: Kernel
    /// One number; zero if the layer has no bias.
    public var bias: [Float]
  }

  /// The version of Keras that wrote the file.
  public var kerasVersion: String
  /// Extents D, H, W that the model's input states; nil where it leaves them open.
  public var grid: [Int?]
  /// Cells in the order of the data.
  public var cells: [Cell]
  /// What makes a probability of the last cell's output, before the sigmoid.
  public var output: Output

  /// Number of trained weights as this package's network has them: with biases, gammas and betas that the file leaves out,
  /// without running statistics.
  public var trainableParameterCount: Int {
    let inCells = cells.reduce(0) { count, cell in
      count + cell.kernel.values.count + cell.recurrentKernel.values.count + cell.bias.count
        + (cell.normalization.map { $0.gamma.count + $0.beta.count } ?? 0)
    }
    return inCells + output.kernel.values.count + output.bias.count
  }

  /// Recognises the forecaster in a model.
  ///
  /// *Throws*: `ForeignWeightsError` that says which layer differs and how.
  public init(_ model: KerasModel) throws {
    self = try ConvLSTMRecognition(model: model).result()
  }

  init(kerasVersion: String, grid: [Int?], cells: [Cell], output: Output) {
    (self.kerasVersion, self.grid, self.cells, self.output) = (kerasVersion, grid, cells, output)
  }
}

extension KerasConvLSTM.RecurrentActivation {
  /// What `name` means in a generation of Keras; nil stands for the default of ConvLSTM3D, which also depends on it.
  ///
  /// *Returns*: nil for any other function.
  ///
  /// *Reference*: Keras 2.10 `activations.hard_sigmoid` and Keras 3 `ops.hard_sigmoid`; the one name was redefined.
  public static func resolve(_ name: String?, kerasGeneration: Int) -> Self? {
    switch name ?? (kerasGeneration < 3 ? "hard_sigmoid" : "sigmoid") {
    case "sigmoid": .sigmoid
    case "hard_sigmoid": kerasGeneration < 3 ? .hardSigmoid : .hardSigmoidSixth
    default: nil
    }
  }

  /// The function's value, for checks.
  public func callAsFunction(_ x: Double) -> Double {
    switch self {
    case .sigmoid: 1 / (1 + exp(-x))
    case .hardSigmoid: min(1, max(0, 0.2 * x + 0.5))
    case .hardSigmoidSixth: min(1, max(0, x / 6 + 0.5))
    }
  }
}

extension KerasConvLSTM.Kernel {
  /// From the order of Keras [kD, kH, kW, in, out] to that of PyTorch [out, in, kD, kH, kW]: the permutation 4, 3, 0, 1, 2.
  init(keras weight: KerasModel.Weight) {
    precondition(weight.shape.count == 5, "a 3D convolution's kernel has five axes")
    let (inputs, outputs) = (weight.shape[3], weight.shape[4])
    let taps = weight.shape[0] * weight.shape[1] * weight.shape[2]
    var values = [Float](repeating: 0, count: weight.values.count)
    for tap in 0..<taps {
      for input in 0..<inputs {
        let row = (tap * inputs + input) * outputs
        for output in 0..<outputs { values[(output * inputs + input) * taps + tap] = weight.values[row + output] }
      }
    }
    self.init(
      kerasShape: weight.shape, kerasValues: weight.values, shape: [outputs, inputs] + weight.shape[..<3],
      values: values)
  }
}
