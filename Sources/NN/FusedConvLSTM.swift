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
  private let gateKernel: LSTMGates
  private let method: ConvolutionMethod

  init(_ configuration: ConvLSTM3d.Configuration, method: ConvolutionMethod) {
    (filters, self.method) = (configuration.filters, method)
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
        let record = forward(operands(inputs, batch: batch))
        return ([record.hidden], inputs + [record.gates, record.cells, record.hidden])
      },
      selectiveBackward: { saved, outputGradients, needed in
        guard let gradient = outputGradients[0] else { return [nil, nil, nil, nil] }
        let record = Record(gates: saved[4], cells: saved[5], hidden: saved[6])
        return backward(
          record, operands(saved, batch: batch), gradient: gradient.channelsLast3d(), needsFrames: needed[0])
      })[0]
    return hidden.reshaped([steps, batch] + hidden.shape.dropFirst())
  }

  /// What the forward pass leaves for the backward pass; frames lie one behind the other, [T*N, ...].
  private struct Record {
    var gates: Tensor
    var cells: Tensor
    var hidden: Tensor
  }

  private func operands(_ inputs: [Tensor], batch: Int) -> GateOperands {
    GateOperands(frames: inputs[0], kernel: inputs[1], recurrentKernel: inputs[2], bias: inputs[3], batch: batch)
  }

  private func products(_ operands: GateOperands) -> any GateProducts {
    switch method {
    case .direct: DirectGateProducts(operands)
    case .matrixProduct: MatrixGateProducts(operands)
    case .spectral(let tiles): SpectralGateProducts(operands, tiles: tiles)
    }
  }

  private func forward(_ operands: GateOperands) -> Record {
    let frames = operands.frames
    let (count, extents) = (frames.shape[0], frames.shape[2...])
    let products = products(operands)
    let record = Record(
      gates: products.preactivationRoom(),
      cells: .emptyChannelsLast3d([count, filters] + extents),
      hidden: .emptyChannelsLast3d([count, filters] + extents, dtype: frames.dtype))
    for step in 0..<operands.steps {
      let gates = operands.frame(record.gates, step)
      let previous = step == 0 ? nil : operands.frame(record.hidden, step - 1)
      let rest = products.preactivations(step: step, hidden: previous, into: gates)
      gateKernel.forward(
        gates: gates, recurrent: rest, previousCell: step == 0 ? nil : operands.frame(record.cells, step - 1),
        cell: operands.frame(record.cells, step), hidden: operands.frame(record.hidden, step))
    }
    return record
  }

  /// Gradients of frames, kernel, recurrent kernel and bias, from the last frame to the first.
  private func backward(
    _ record: Record, _ operands: GateOperands, gradient: Tensor, needsFrames: Bool
  ) -> [Tensor?] {
    let products = products(operands)
    let sums = Tensor.emptyChannelsLast3d(record.gates.shape, dtype: record.gates.dtype)
    let cellGradient = Tensor.zeros(operands.frame(record.cells, 0).shape).channelsLast3d()
    let gradients = GateGradients(sums: sums, hidden: record.hidden, needsFrames: needsFrames)
    var fromLater: Tensor?
    for step in (0..<operands.steps).reversed() {
      let previous = step == 0 ? nil : operands.frame(record.cells, step - 1)
      gateKernel.backward(
        gates: operands.frame(record.gates, step), previousCell: previous, cell: operands.frame(record.cells, step),
        gradients: LSTMGates.Gradients(
          hidden: operands.frame(gradient, step), recurrent: fromLater, cell: cellGradient,
          gates: operands.frame(sums, step)))
      fromLater = products.hiddenGradient(step: step, gradients)
    }
    return products.gradients(gradients)
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
