import Torch

/// The convolutions of a recurrent layer, frame by frame, as its recurrence asks for them.
///
/// Frames lie one behind the other, [T*N, ...], channels last in memory. The steps of `preactivations` run forward,
/// those of `hiddenGradient` backward; `gradients` comes last.
protocol GateProducts {
  /// Room for the pre-activations of some steps, [T*N, 4F, D, H, W], with as much in it as is known without hidden states.
  func preactivationRoom(steps: Range<Int>) -> Tensor
  /// Completes the pre-activations of a step. Those that are not written to `gates` itself are answered, to be added.
  func preactivations(step: Int, hidden: Tensor?, into gates: Tensor) -> Tensor?
  /// The gradient of the hidden state before a step; nil at the first. Called for every step, from the last to the first, as
  /// soon as the gradient of the step's pre-activations is known.
  func hiddenGradient(step: Int, _ gradients: GateGradients) -> Tensor?
  /// The gradients of frames (if needed), kernel, recurrent kernel and bias, all float32 but the frames'. Called last.
  func gradients(_ gradients: GateGradients) -> [Tensor?]
}

/// What a recurrent layer's products work on.
struct GateOperands {
  /// Frames [T*N, C, D, H, W].
  let frames: Tensor
  /// [4F, C, k, k, k].
  let kernel: Tensor
  /// [4F, F, k, k, k].
  let recurrentKernel: Tensor
  /// [4F].
  let bias: Tensor
  /// Samples of a frame, N.
  let batch: Int
  /// Where transforms of kernels are kept between calls, if they are.
  let kernels: SpectralKernelCache?

  /// How many frames there are, T.
  var steps: Int { frames.shape[0] / batch }

  /// The part of a tensor that belongs to some frames.
  func frames(_ tensor: Tensor, _ steps: Range<Int>) -> Tensor {
    tensor.narrowed(0, start: steps.lowerBound * batch, length: steps.count * batch)
  }

  /// The part of a tensor that belongs to one frame.
  func frame(_ tensor: Tensor, _ step: Int) -> Tensor { tensor.narrowed(0, start: step * batch, length: batch) }
}

/// What the way back works on.
struct GateGradients {
  /// The gradients of all pre-activations, [T*N, 4F, D, H, W]; those of the steps still to come are unset.
  let sums: Tensor
  /// All hidden states, [T*N, F, D, H, W].
  let hidden: Tensor
  /// Whether the frames' gradient is asked for.
  let needsFrames: Bool
}
