import Torch

/// The recurrence of a convolutional LSTM with its gradient through time as one function.
///
/// What that saves over differentiable operators: the gates, the cell update and their gradients take one pass over memory
/// each; nothing is convolved with the zero state before the first frame; both kernels' gradients are one product over all
/// frames instead of one per frame; activated gates, cells and hidden states are all that is kept, and the gates, which take
/// two thirds of that, only where there is room for them.
///
/// *Limits*: CPU, float32 or bfloat16 (cells stay float32), differentiable once.
struct FusedConvLSTM {
  private let filters: Int
  private let gateKernel: LSTMGates
  private let method: ConvolutionMethod

  private let kernels: SpectralKernelCache?
  private let keepsGates: Bool

  /// The recurrence of a layer; `kernels` keeps transforms between calls, `keepsGates` spares the way back a second
  /// computation of the gates.
  init(
    _ configuration: ConvLSTM3d.Configuration, method: ConvolutionMethod, kernels: SpectralKernelCache? = nil,
    keepsGates: Bool = true
  ) {
    (filters, self.method, self.kernels, self.keepsGates) = (configuration.filters, method, kernels, keepsGates)
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
        return ([record.hidden], inputs + [record.cells, record.hidden] + [record.gates].compactMap { $0 })
      },
      selectiveBackward: { saved, outputGradients, needed in
        guard let gradient = outputGradients[0] else { return [nil, nil, nil, nil] }
        let record = Record(gates: saved.count > 6 ? saved[6] : nil, cells: saved[4], hidden: saved[5])
        return backward(
          record, operands(saved, batch: batch), gradient: gradient.channelsLast3d(), needsFrames: needed[0])
      })[0]
    return hidden.reshaped([steps, batch] + hidden.shape.dropFirst())
  }

  /// What the forward pass leaves for the backward pass; frames lie one behind the other, [T*N, ...].
  private struct Record {
    /// Activated gates; nil if they are to be computed again.
    var gates: Tensor?
    var cells: Tensor
    var hidden: Tensor
  }

  private func operands(_ inputs: [Tensor], batch: Int) -> GateOperands {
    GateOperands(
      frames: inputs[0], kernel: inputs[1], recurrentKernel: inputs[2], bias: inputs[3], batch: batch,
      kernels: kernels)
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
      gates: keepsGates ? products.preactivationRoom(steps: 0..<operands.steps) : nil,
      cells: .emptyChannelsLast3d([count, filters] + extents),
      hidden: .emptyChannelsLast3d([count, filters] + extents, dtype: frames.dtype))
    for step in 0..<operands.steps {
      let gates = record.gates.map { operands.frame($0, step) } ?? products.preactivationRoom(steps: step..<(step + 1))
      activate(
        gates, step, products, operands, record,
        into: (operands.frame(record.cells, step), operands.frame(record.hidden, step)))
    }
    return record
  }

  /// Completes and activates the gates of a step, and writes its cell and hidden state.
  private func activate(
    _ gates: Tensor, _ step: Int, _ products: any GateProducts, _ operands: GateOperands, _ record: Record,
    into states: (cell: Tensor, hidden: Tensor)
  ) {
    let previous = step == 0 ? nil : operands.frame(record.hidden, step - 1)
    let rest = products.preactivations(step: step, hidden: previous, into: gates)
    gateKernel.forward(
      gates: gates, recurrent: rest, previousCell: step == 0 ? nil : operands.frame(record.cells, step - 1),
      cell: states.cell, hidden: states.hidden)
  }

  /// The activated gates of a step: those that were kept, or the same again.
  private func gates(
    _ step: Int, _ products: any GateProducts, _ operands: GateOperands, _ record: Record
  ) -> Tensor {
    if let kept = record.gates { return operands.frame(kept, step) }
    let gates = products.preactivationRoom(steps: step..<(step + 1))
    let (cell, hidden) = (operands.frame(record.cells, step), operands.frame(record.hidden, step))
    activate(
      gates, step, products, operands, record,
      into: (
        .emptyChannelsLast3d(cell.shape, dtype: cell.dtype), .emptyChannelsLast3d(hidden.shape, dtype: hidden.dtype)
      ))
    return gates
  }

  /// Gradients of frames, kernel, recurrent kernel and bias, from the last frame to the first.
  private func backward(
    _ record: Record, _ operands: GateOperands, gradient: Tensor, needsFrames: Bool
  ) -> [Tensor?] {
    let products = products(operands)
    let sums = Tensor.emptyChannelsLast3d(
      [record.hidden.shape[0], 4 * filters] + record.hidden.shape[2...], dtype: record.hidden.dtype)
    let cellGradient = Tensor.zeros(operands.frame(record.cells, 0).shape).channelsLast3d()
    let gradients = GateGradients(sums: sums, hidden: record.hidden, needsFrames: needsFrames)
    var fromLater: Tensor?
    for step in (0..<operands.steps).reversed() {
      gateKernel.backward(
        gates: gates(step, products, operands, record),
        previousCell: step == 0 ? nil : operands.frame(record.cells, step - 1),
        cell: operands.frame(record.cells, step),
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
