import Torch

/// The recurrence of a convolutional LSTM with its gradient through time as one function.
///
/// What that saves over differentiable operators: the gates, the cell update and their gradients take one pass over memory
/// each; nothing is convolved with the zero state before the first frame; both kernels' gradients are one product over all
/// frames instead of one per frame; activated gates, cells and hidden states are all that is kept.
///
/// *Limits*: CPU, float32 or bfloat16 (cells stay float32), differentiable once.
struct FusedConvLSTM {
  private let filters: Int
  private let geometry: ConvolutionGeometry
  private let gateKernel: LSTMGates

  init(_ configuration: ConvLSTM3d.Configuration) {
    filters = configuration.filters
    geometry = ConvolutionGeometry(padding: configuration.kernelSize / 2)
    gateKernel = LSTMGates(
      gateActivation: configuration.gateActivation.kernel, cellActivation: configuration.cellActivation.kernel)
  }

  static func supports(_ frames: Tensor) -> Bool {
    frames.device == .cpu && (frames.dtype == .float32 || frames.dtype == .bfloat16)
  }

  /// *Shapes*: frames [T, N, C, D, H, W] to hidden states [T, N, F, D, H, W], channels last in memory.
  func callAsFunction(_ frames: Tensor, kernel: Tensor, recurrentKernel: Tensor, bias: Tensor) -> Tensor {
    let (steps, batch) = (frames.shape[0], frames.shape[1])
    let flat = frames.flattened(from: 0, to: 1).channelsLast3d()  // [T*N, C, D, H, W]
    let hidden = CustomGradient.apply(
      [flat, kernel, recurrentKernel, bias],
      forward: { inputs in
        let record = forward(inputs, steps: steps, batch: batch)
        return ([record.hidden], [inputs[0], inputs[1], inputs[2], record.gates, record.cells, record.hidden])
      },
      selectiveBackward: { saved, outputGradients, needed in
        guard let gradient = outputGradients[0] else { return [nil, nil, nil, nil] }
        let record = Record(gates: saved[3], cells: saved[4], hidden: saved[5], steps: steps, batch: batch)
        return backward(record, inputs: Array(saved[0..<3]), gradient: gradient.channelsLast3d(), needed: needed)
      })[0]
    return hidden.reshaped([steps, batch] + hidden.shape.dropFirst())
  }

  /// What the forward pass leaves for the backward pass; frames lie one behind the other, [T*N, ...].
  private struct Record {
    var gates: Tensor
    var cells: Tensor
    var hidden: Tensor
    let steps: Int
    let batch: Int

    func frame(_ tensor: Tensor, _ step: Int) -> Tensor {
      tensor.narrowed(0, start: step * batch, length: batch)
    }
  }

  private func forward(_ inputs: [Tensor], steps: Int, batch: Int) -> Record {
    let (flat, kernel, recurrentKernel, bias) = (inputs[0], inputs[1], inputs[2], inputs[3])
    let dtype = flat.dtype
    let recurrent = recurrentKernel.to(dtype: dtype).channelsLast3d()
    let gates = flat.convolved(
      kernel.to(dtype: dtype).channelsLast3d(), bias: bias.to(dtype: dtype), geometry
    ).channelsLast3d()
    let stateShape = [steps * batch, filters] + flat.shape[2...]
    let record = Record(
      gates: gates, cells: .emptyChannelsLast3d(stateShape), hidden: .emptyChannelsLast3d(stateShape, dtype: dtype),
      steps: steps, batch: batch)
    for step in 0..<steps {
      let recurrentSums =
        step == 0 ? nil : record.frame(record.hidden, step - 1).convolved(recurrent, geometry).channelsLast3d()
      let previous = step == 0 ? nil : record.frame(record.cells, step - 1)
      gateKernel.forward(
        gates: record.frame(gates, step), recurrent: recurrentSums, previousCell: previous,
        cell: record.frame(record.cells, step), hidden: record.frame(record.hidden, step))
    }
    return record
  }

  /// Gradients of frames, kernel, recurrent kernel and bias.
  private func backward(
    _ record: Record, inputs: [Tensor], gradient: Tensor, needed: [Bool]
  ) -> [Tensor?] {
    let (flat, kernel, recurrentKernel) = (inputs[0], inputs[1], inputs[2])
    let dtype = flat.dtype
    let recurrent = recurrentKernel.to(dtype: dtype).channelsLast3d()
    let sums = gateGradients(record, recurrent: recurrent, gradient: gradient)
    let later = (record.steps - 1) * record.batch
    let recurrentGradient =
      later == 0
      ? Tensor.zeros(recurrentKernel.shape)
      : Tensor.convolutionWeightGradient(
        outputGradient: sums.narrowed(0, start: record.batch, length: later),
        input: record.hidden.narrowed(0, start: 0, length: later), weight: recurrent, geometry: geometry)
    let inputGradients = Tensor.convolutionGradients(
      outputGradient: sums, input: flat, weight: kernel.to(dtype: dtype).channelsLast3d(), geometry: geometry,
      needed: (needed[0], true, true))
    return [
      inputGradients.input, inputGradients.weight?.to(dtype: .float32), recurrentGradient.to(dtype: .float32),
      inputGradients.bias?.to(dtype: .float32),
    ]
  }

  /// The gradient by all pre-activations, [T*N, 4F, D, H, W], from the last frame to the first.
  private func gateGradients(_ record: Record, recurrent: Tensor, gradient: Tensor) -> Tensor {
    let sums = Tensor.emptyChannelsLast3d(record.gates.shape, dtype: record.gates.dtype)
    let cellGradient = Tensor.zeros(record.frame(record.cells, 0).shape).channelsLast3d()
    // The gradient by the input of a 'same' convolution is the 'same' convolution with the mirrored, transposed kernel.
    let mirrored = recurrent.flipped([2, 3, 4]).transposed(0, 1).channelsLast3d()
    for step in (0..<record.steps).reversed() {
      let fromLater =
        step == record.steps - 1
        ? nil : record.frame(sums, step + 1).convolved(mirrored, geometry).channelsLast3d()
      let previous = step == 0 ? nil : record.frame(record.cells, step - 1)
      gateKernel.backward(
        gates: record.frame(record.gates, step), previousCell: previous, cell: record.frame(record.cells, step),
        gradients: LSTMGates.Gradients(
          hidden: record.frame(gradient, step), recurrent: fromLater, cell: cellGradient,
          gates: record.frame(sums, step)))
    }
    return sums
  }
}

extension Tensor {
  /// Unset elements of a volume that lies N D H W C in memory.
  fileprivate static func emptyChannelsLast3d(_ shape: [Int], dtype: DType = .float32) -> Tensor {
    Tensor.empty([shape[0]] + shape[2...] + [shape[1]], dtype: dtype).permuted([0, 4, 1, 2, 3])
  }
}

extension ConvLSTM3d.GateActivation {
  fileprivate var kernel: LSTMGates.GateActivation {
    switch self {
    case .sigmoid: .sigmoid
    case .hardSigmoid: .hardSigmoidFifth
    case .hardSigmoidSixth: .hardSigmoidSixth
    }
  }
}

extension ConvLSTM3d.CellActivation {
  fileprivate var kernel: LSTMGates.CellActivation {
    switch self {
    case .relu: .relu
    case .tanh: .tanh
    }
  }
}
