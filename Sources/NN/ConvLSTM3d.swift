import Torch

/// A convolutional LSTM over frames of volumes: the gates are 3D convolutions of the frame and of the last hidden state.
///
/// ```
/// [i f g o] = conv(x_t, kernel) + bias + conv(h, recurrentKernel)
/// c = gate(f) c + gate(i) cell(g)        h = gate(o) cell(c)
/// ```
///
/// *Shapes*: frames [T, N, C, D, H, W] to hidden states [T, N, F, D, H, W]; 'same' padding, stride 1, states start at zero.
///
/// *Reference*: Shi et al. 2015, arXiv 1506.04214, without peepholes. Differs: gate order i, f, g, o and the bias on the input
/// product only, as in Keras; kernels lie as [4F, C, k, k, k].
public final class ConvLSTM3d: Module {
  /// Extents and activations of the layer.
  public struct Configuration: Sendable, Equatable {
    /// Channels of a frame, C.
    public var inputChannels: Int
    /// Channels of the hidden state, F.
    public var filters: Int
    /// Edge of both kernels, odd.
    public var kernelSize: Int
    /// Activation of the input, forget and output gate.
    public var gateActivation: GateActivation
    /// Activation of the candidate and of the cell on its way out.
    public var cellActivation: CellActivation
    /// Start value of the forget gate's bias.
    public var forgetBias: Double

    /// A layer with the activations of the published network unless others are given.
    public init(
      inputChannels: Int, filters: Int, kernelSize: Int, gateActivation: GateActivation = .hardSigmoid,
      cellActivation: CellActivation = .relu
    ) {
      precondition(kernelSize % 2 == 1, "a 'same' convolution needs an odd kernel, not \(kernelSize)")
      (self.inputChannels, self.filters, self.kernelSize) = (inputChannels, filters, kernelSize)
      (self.gateActivation, self.cellActivation, self.forgetBias) = (gateActivation, cellActivation, 1)
    }
  }

  /// What a gate does with its pre-activation.
  public enum GateActivation: String, Codable, Sendable, CaseIterable {
    /// The logistic function, Keras 3's default for ConvLSTM.
    case sigmoid
    /// clip(0.2 x + 0.5, 0, 1): `hard_sigmoid` of Keras 2 and its default for ConvLSTM.
    case hardSigmoid
    /// clip(x / 6 + 0.5, 0, 1): what Keras 3 calls `hard_sigmoid`.
    case hardSigmoidSixth
  }

  /// What happens to the candidate and to the cell.
  public enum CellActivation: String, Codable, Sendable, CaseIterable {
    /// max(x, 0), as published.
    case relu
    /// The textbook's choice.
    case tanh
  }

  /// How the recurrence is computed; the results agree up to rounding.
  public enum Implementation: Sendable {
    /// Fused where possible (CPU, float32 or bfloat16), composed elsewhere.
    case automatic
    /// Of differentiable operators: any device and type, differentiable twice, more memory and time.
    case composed
  }

  /// Kernel of the input product, [4F, C, k, k, k].
  public let kernel: Parameter
  /// Kernel of the recurrent product, [4F, F, k, k, k].
  public let recurrentKernel: Parameter
  /// Bias of the input product, [4F].
  public let bias: Parameter
  /// Extents and activations.
  public let configuration: Configuration
  /// Whether the gates of all frames are kept for the way back; computing them again takes about a quarter more time and a
  /// third of the memory. The results are the same up to rounding.
  public var keepsGates = true
  private let spectralKernels = SpectralKernelCache()

  /// A layer with Keras' initial values: Glorot uniform, orthogonal recurrent kernel, zero bias but for the forget gate.
  public init(_ configuration: Configuration, generator: Generator) {
    let (filters, edge) = (configuration.filters, configuration.kernelSize)
    let shape = [4 * filters, configuration.inputChannels, edge, edge, edge]
    let recurrentShape = [4 * filters, filters, edge, edge, edge]
    self.configuration = configuration
    kernel = Parameter(
      Initializer.glorotUniform.tensor(shape: shape, fan: Fan(weightShape: shape), generator: generator))
    recurrentKernel = Parameter(
      Initializer.orthogonal(gain: 1)
        .tensor(shape: recurrentShape, fan: Fan(weightShape: recurrentShape), generator: generator))
    let zeros = Tensor.zeros([filters])
    let forget = Tensor.full([filters], value: configuration.forgetBias)
    bias = Parameter(Tensor.concatenated([zeros, forget, zeros, zeros], dim: 0))
  }

  /// Hidden states of all frames.
  ///
  /// *Shapes*: [T, N, C, D, H, W] to [T, N, F, D, H, W], in the type of the products: bfloat16 stays bfloat16, except on
  /// grids smaller than the kernel, which are computed in float32.
  ///
  /// *Parameters*: `method` is that of the convolutions in the fused implementation; nil leaves it to ``ConvolutionPlanner``.
  ///
  /// *Limits*: the fused implementation is differentiable once; ask for `.composed` where a second derivative is needed.
  public func callAsFunction(
    _ frames: Tensor, precision: Precision = .float32, implementation: Implementation = .automatic,
    method: ConvolutionMethod? = nil
  ) -> Tensor {
    precondition(
      frames.rank == 6 && frames.shape[2] == configuration.inputChannels,
      "ConvLSTM3d wants [T, N, \(configuration.inputChannels), D, H, W], not \(frames.shape)")
    let edge = configuration.kernelSize
    let isUnsafe = precision.isUnsafe(forKernel: [edge, edge, edge], over: frames.shape.suffix(3))
    let inputs = isUnsafe ? frames.to(dtype: .float32) : precision.input(frames)
    let isFused = implementation == .automatic && FusedConvLSTM.supports(inputs)
    if !isFused { return composed(inputs) }
    if isGradientEnabled { spectralKernels.clear() }
    return FusedConvLSTM(
      configuration, method: method ?? ConvolutionPlanner.shared.method(for: call(inputs)),
      kernels: isGradientEnabled ? nil : spectralKernels, keepsGates: keepsGates && isGradientEnabled
    ).callAsFunction(
      inputs, kernel: kernel.value, recurrentKernel: recurrentKernel.value, bias: bias.value)
  }

  /// What a frame asks of the planner: input and recurrent product are one, because they are summed.
  private func call(_ frames: Tensor) -> ConvolutionCall {
    let edge = configuration.kernelSize
    var call = ConvolutionCall(
      batch: frames.shape[1], inputChannels: configuration.inputChannels + configuration.filters,
      outputChannels: 4 * configuration.filters, extents: Array(frames.shape.suffix(3)), kernel: [edge, edge, edge])
    call.precision = frames.dtype == .bfloat16 ? .bfloat16 : .float32
    call.repetitions = frames.shape[0]
    let tensors = [frames, kernel.value, recurrentKernel.value, bias.value]
    call.isTraining = isGradientEnabled && tensors.contains(where: \.requiresGradient)
    return call
  }

  /// Bytes that the gates of all frames take, if they are kept.
  public func gateBytes(_ frames: [Int], precision: Precision = .float32) -> Int {
    let elements = frames[0] * frames[1] * 4 * configuration.filters * frames.suffix(3).reduce(1, *)
    return elements * (precision == .bfloat16 ? 2 : 4)
  }

  private func composed(_ frames: Tensor) -> Tensor {
    let (steps, batch, filters) = (frames.shape[0], frames.shape[1], configuration.filters)
    let dtype = frames.dtype
    let recurrent = recurrentKernel.value.to(dtype: dtype)
    let padding = configuration.kernelSize / 2
    let products = frames.flattened(from: 0, to: 1)  // [T*N, C, D, H, W]
      .conv3d(kernel.value.to(dtype: dtype), bias: bias.value.to(dtype: dtype), padding: padding)  // [T*N, 4F, D, H, W]
    var states: [Tensor] = []
    var cell: Tensor?
    for step in 0..<steps {
      var sums = products.narrowed(0, start: step * batch, length: batch)
      if let hidden = states.last { sums = sums + hidden.conv3d(recurrent, padding: padding) }
      let parts = sums.split([filters, filters, filters, filters], dim: 1)
      let written = configuration.gateActivation(parts[0]) * configuration.cellActivation(parts[2])
      let kept = cell.map { configuration.gateActivation(parts[1]) * $0 }
      let next = kept.map { $0 + written } ?? written
      states.append(configuration.gateActivation(parts[3]) * configuration.cellActivation(next))
      cell = next
    }
    return Tensor.stacked(states, dim: 0)
  }
}

extension ConvLSTM3d.GateActivation {
  func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .sigmoid: x.sigmoid()
    case .hardSigmoid: (x * 0.2 + 0.5).clamped(min: 0, max: 1)
    case .hardSigmoidSixth: (x / 6 + 0.5).clamped(min: 0, max: 1)
    }
  }
}

extension ConvLSTM3d.CellActivation {
  func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .relu: x.relu()
    case .tanh: x.tanh()
    }
  }
}
