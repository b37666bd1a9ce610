import NN
import Torch

/// The ConvLSTM3D next-frame network of the thesis: three ConvLSTM layers, then one convolution per frame.
///
/// *Reference*: 3D next-frame prediction thesis, listing A.1; 761,889 trainable parameters with 32 filters and kernels
/// 5, 3, 1. Differs: batch normalisation never corrects the running variance (as TensorFlow 2.10 does for
/// six-dimensional input); the network returns logits, which the loss and `probabilities` turn into occupancies.
public final class ConvLSTMForecaster: Module {
  /// What the network is made of.
  public struct Configuration: Codable, Sendable, Equatable {
    /// Filters of each ConvLSTM layer; its count is the depth.
    public var filters: [Int] = [32, 32, 32]
    /// Kernel edge of each ConvLSTM layer, odd.
    public var kernelSizes: [Int] = [5, 3, 1]
    /// Kernel edge of the last convolution, odd.
    public var outputKernelSize = 5
    /// Activation of the gates.
    public var recurrentActivation = ConvLSTM3d.GateActivation.hardSigmoid
    /// Activation of candidate and cell.
    public var cellActivation = ConvLSTM3d.CellActivation.relu
    /// Share of the old running statistics that batch normalisation keeps at each step. The published 0.99 needs several
    /// hundred steps before inference makes sense; short runs want less.
    public var normalizationMomentum = 0.99

    /// The published network.
    public init() {}

    /// Throws unless the lists fit each other and every kernel is odd.
    public func validate() throws {
      guard !filters.isEmpty, filters.count == kernelSizes.count else {
        throw InvalidModel("model.filters and model.kernelSizes need the same number of entries, at least one")
      }
      guard filters.allSatisfy({ (1...4096).contains($0) }) else {
        throw InvalidModel("model.filters must lie between 1 and 4096")
      }
      guard (0..<1).contains(normalizationMomentum) else {
        throw InvalidModel("model.normalizationMomentum must lie in 0..<1")
      }
      guard (kernelSizes + [outputKernelSize]).allSatisfy({ $0 % 2 == 1 && (1...31).contains($0) }) else {
        throw InvalidModel("kernel sizes must be odd and lie between 1 and 31")
      }
    }
  }

  /// The recurrent layers.
  public let lstm: [ConvLSTM3d]
  /// Batch normalisation after each recurrent layer but the last.
  public let norm: [BatchNorm]
  /// From hidden state to occupancy, frame by frame.
  public let output: Conv3d
  /// What the network is made of.
  public let configuration: Configuration
  /// Bytes that gates may take between a forward pass and its gradient; nil for no limit. Layers whose gates do not fit any
  /// more compute them again.
  public var gateBudget: Int?

  /// A network with Keras' initial values.
  public init(_ configuration: Configuration = Configuration(), generator: Generator) {
    self.configuration = configuration
    let inputs = [1] + configuration.filters.dropLast()
    lstm = zip(inputs, zip(configuration.filters, configuration.kernelSizes)).map { channels, layer in
      ConvLSTM3d(
        .init(
          inputChannels: channels, filters: layer.0, kernelSize: layer.1,
          gateActivation: configuration.recurrentActivation, cellActivation: configuration.cellActivation),
        generator: generator)
    }
    norm = configuration.filters.dropLast().map {
      BatchNorm(
        channels: $0,
        options: .init(
          momentum: 1 - configuration.normalizationMomentum, epsilon: 1e-3, varianceCorrection: .none))
    }
    output = Conv3d(
      inputChannels: configuration.filters.last ?? 1, outputChannels: 1,
      kernelSize: .init(configuration.outputKernelSize),
      options: ConvolutionOptions().initialized(weight: .glorotUniform, bias: .zeros), generator: generator)
  }

  /// Logits of the frame after each frame.
  ///
  /// *Shapes*: [T, N, 1, D, H, W] to [T, N, 1, D, H, W].
  public func callAsFunction(_ frames: Tensor, mode: Mode, precision: Precision = .float32) -> Tensor {
    let (steps, batch) = (frames.shape[0], frames.shape[1])
    var states = frames
    shareGateBudget(frames.shape, precision: precision)
    for (index, layer) in lstm.enumerated() {
      states = layer(states, precision: precision)  // [T, N, F, D, H, W]
      guard index < norm.count else { continue }
      states = norm[index](states.flattened(from: 0, to: 1), mode: mode)  // [T*N, F, D, H, W]
        .reshaped([steps, batch] + states.shape.dropFirst(2))
    }
    let logits = output(states.flattened(from: 0, to: 1), precision: precision)  // [T*N, 1, D, H, W]
    return logits.reshaped([steps, batch] + logits.shape.dropFirst())
  }

  /// Replaces the running statistics of batch normalisation by the means over some batches [T, N, 1, D, H, W].
  ///
  /// The running ones are an average with a long memory: an early step at which the recurrence blew up, which training itself
  /// forgets at the next, can spoil them for thousands of steps at the published momentum of 0.99.
  public func recalibrate(count: Int, precision: Precision = .float32, nextBatch: () throws -> Tensor?) rethrows {
    defer { for layer in norm { layer.momentum = layer.options.momentum } }
    for index in 0..<count {
      guard let frames = try nextBatch() else { return }
      for layer in norm { layer.momentum = 1 / Double(index + 1) }
      // Nothing here draws random numbers.
      _ = withoutGradient { self(frames, mode: .training(Generator(seed: 0)), precision: precision) }
    }
  }

  /// The first layers keep their gates as long as the budget lasts.
  private func shareGateBudget(_ frames: [Int], precision: Precision) {
    guard var rest = gateBudget else { return }
    for layer in lstm {
      rest -= layer.gateBytes(frames, precision: precision)
      layer.keepsGates = rest >= 0
    }
  }
}
