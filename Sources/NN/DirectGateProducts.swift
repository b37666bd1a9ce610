import Torch

/// A recurrent layer's products by the library's convolution: the input's of all frames at once, the recurrent ones frame
/// by frame.
struct DirectGateProducts: GateProducts {
  private let operands: GateOperands
  private let geometry: ConvolutionGeometry
  private let kernel: Tensor
  private let recurrent: Tensor
  /// The gradient by the input of a 'same' convolution is the 'same' convolution with the mirrored, transposed kernel.
  private let mirrored: Tensor

  init(_ operands: GateOperands) {
    self.operands = operands
    let dtype = operands.frames.dtype
    geometry = ConvolutionGeometry(padding: operands.kernel.shape[2] / 2)
    kernel = operands.kernel.to(dtype: dtype).channelsLast3d()
    recurrent = operands.recurrentKernel.to(dtype: dtype).channelsLast3d()
    mirrored = recurrent.flipped([2, 3, 4]).transposed(0, 1).channelsLast3d()
  }

  func preactivationRoom(steps: Range<Int>) -> Tensor {
    operands.frames(operands.frames, steps).convolved(kernel, bias: operands.bias.to(dtype: kernel.dtype), geometry)
      .channelsLast3d()
  }

  func preactivations(step: Int, hidden: Tensor?, into gates: Tensor) -> Tensor? {
    hidden?.convolved(recurrent, geometry).channelsLast3d()
  }

  func hiddenGradient(step: Int, _ gradients: GateGradients) -> Tensor? {
    step == 0 ? nil : operands.frame(gradients.sums, step).convolved(mirrored, geometry).channelsLast3d()
  }

  func gradients(_ gradients: GateGradients) -> [Tensor?] {
    let (sums, hidden) = (gradients.sums, gradients.hidden)
    let later = (operands.steps - 1) * operands.batch
    let recurrentGradient =
      later == 0
      ? Tensor.zeros(operands.recurrentKernel.shape)
      : Tensor.convolutionWeightGradient(
        outputGradient: sums.narrowed(0, start: operands.batch, length: later),
        input: hidden.narrowed(0, start: 0, length: later), weight: recurrent, geometry: geometry)
    let inputGradients = Tensor.convolutionGradients(
      outputGradient: sums, input: operands.frames, weight: kernel, geometry: geometry,
      needed: (gradients.needsFrames, true, true))
    return [
      inputGradients.input, inputGradients.weight?.to(dtype: .float32), recurrentGradient.to(dtype: .float32),
      inputGradients.bias?.to(dtype: .float32),
    ]
  }
}
