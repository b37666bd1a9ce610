import CTorch

/// The pointwise half of a convolutional LSTM step and of its gradient, each in one pass over memory.
///
/// A plain kernel, not an operator: nothing is recorded for differentiation. All tensors lie on the processor with
/// channels last; gates [N, 4F, D, H, W] in the order input, forget, candidate, output, everything else [N, F, D, H, W].
/// Gates, hidden states and their gradients are float32 or bfloat16, cells always float32.
package struct LSTMGates {
  /// What the input, forget and output gate do.
  package enum GateActivation: Int32 {
    /// The logistic function.
    case sigmoid = 0
    /// clip(0.2 x + 0.5, 0, 1).
    case hardSigmoidFifth = 1
    /// clip(x / 6 + 0.5, 0, 1).
    case hardSigmoidSixth = 2
  }

  /// What happens to candidate and cell.
  package enum CellActivation: Int32 {
    /// max(x, 0).
    case relu = 0
    /// Hyperbolic tangent.
    case tanh = 1
  }

  private let gateActivation: GateActivation
  private let cellActivation: CellActivation

  /// A kernel for these activations.
  package init(gateActivation: GateActivation, cellActivation: CellActivation) {
    (self.gateActivation, self.cellActivation) = (gateActivation, cellActivation)
  }

  /// One step forward: activates `gates` in place and fills `cell` and `hidden`.
  ///
  /// `gates` holds the pre-activations of the input product; those of the recurrent product and the last cell are nil at
  /// the first step.
  package func forward(gates: Tensor, recurrent: Tensor?, previousCell: Tensor?, cell: Tensor, hidden: Tensor) {
    var shape = shape(of: hidden)
    withExtendedLifetime((gates, recurrent, previousCell, cell, hidden)) {
      ct_lstm_gates_forward(
        &shape, gates.elements, recurrent?.elements, previousCell?.floats, cell.floats, hidden.elements)
    }
  }

  /// What a backward step reads.
  package struct Gradients {
    /// The gradient of the hidden state from outside.
    package var hidden: Tensor
    /// The gradient of the hidden state through the next step; nil at the last.
    package var recurrent: Tensor?
    /// In: the gradient of the cell through the next step. Out: the one for the step before.
    package var cell: Tensor
    /// Out: the gradient of the pre-activations.
    package var gates: Tensor

    /// Gradients of one step.
    package init(hidden: Tensor, recurrent: Tensor?, cell: Tensor, gates: Tensor) {
      (self.hidden, self.recurrent, self.cell, self.gates) = (hidden, recurrent, cell, gates)
    }
  }

  /// One step backward, from the activated gates and the cells that `forward` left.
  package func backward(gates: Tensor, previousCell: Tensor?, cell: Tensor, gradients: Gradients) {
    var shape = shape(of: gradients.hidden)
    withExtendedLifetime((gates, previousCell, cell, gradients)) {
      ct_lstm_gates_backward(
        &shape, gates.elements, previousCell?.floats, cell.floats, gradients.hidden.elements,
        gradients.recurrent?.elements, gradients.cell.floats, gradients.gates.elements)
    }
  }

  private func shape(of hidden: Tensor) -> ct_lstm_shape {
    let filters = hidden.shape[1]
    return ct_lstm_shape(
      rows: Int64(hidden.count / filters), filters: Int64(filters), gate_activation: gateActivation.rawValue,
      cell_activation: cellActivation.rawValue, is_bfloat16: hidden.dtype == .bfloat16 ? 1 : 0,
      threads: Int32(Runtime.threadCount))
  }
}

extension Tensor {
  fileprivate var floats: UnsafeMutablePointer<Float> { elements.assumingMemoryBound(to: Float.self) }
}
