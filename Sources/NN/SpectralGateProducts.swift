import Torch

/// A recurrent layer's products in the frequency domain: kernels are transformed once per call, input and recurrent product
/// are summed before one inverse transform, and the kernels' gradients over all frames before theirs.
final class SpectralGateProducts: GateProducts {
  private let operands: GateOperands
  private let convolution: SpectralConvolution
  private lazy var forwardKernels = (
    input: forwardKernel("input", operands.kernel), recurrent: forwardKernel("recurrent", operands.recurrentKernel)
  )
  private lazy var recurrentBackward = convolution.backwardKernel(operands.recurrentKernel, for: dtype)
  private lazy var frameBackward = convolution.backwardKernel(operands.kernel, for: dtype)
  /// Sums over the frames, while the way back lasts.
  private lazy var kernelGradient = kernelSpectrum(rows: operands.frames.shape[1])
  private lazy var recurrentGradient = kernelSpectrum(rows: filters)
  private lazy var biasGradient = Tensor.zeros(operands.bias.shape)
  private var frameGradient: Tensor?
  /// The spectrum of the pre-activations' gradients of the chunk of frames that is being filled.
  private var open: Spectrum?
  /// Rooms that every step uses again.
  private lazy var sums = grid.spectrum(samples: operands.batch, lanes: operands.kernel.shape[0])
  private lazy var frameSpectrum = grid.spectrum(samples: operands.batch, lanes: operands.frames.shape[1])
  private lazy var hiddenSpectrum = grid.spectrum(samples: operands.batch, lanes: filters)

  private var grid: SpectralGrid { convolution.grid }
  private func kernelSpectrum(rows: Int) -> Spectrum {
    Spectrum(frequencyCount: grid.frequencyCount, rows: rows, lanes: 4 * filters)
  }
  private var filters: Int { operands.recurrentKernel.shape[1] }
  private var dtype: DType { operands.frames.dtype }

  init(_ operands: GateOperands, tiles: [Int]) {
    self.operands = operands
    let edges = Array(operands.kernel.shape.suffix(3))
    convolution = SpectralConvolution(
      extents: Array(operands.frames.shape.suffix(3)), kernel: edges, before: edges.map { $0 / 2 },
      after: edges.map { $0 / 2 }, tiles: tiles)
  }

  private func forwardKernel(_ role: String, _ weight: Tensor) -> Spectrum {
    guard let cache = operands.kernels else { return convolution.forwardKernel(weight, for: dtype) }
    return cache.spectrum(role, of: weight, on: grid, dtype) { convolution.forwardKernel(weight, for: dtype) }
  }

  func preactivationRoom(steps: Range<Int>) -> Tensor {
    .emptyChannelsLast3d(
      [steps.count * operands.batch, operands.kernel.shape[0]] + grid.axes.map(\.output), dtype: dtype)
  }

  func preactivations(step: Int, hidden: Tensor?, into gates: Tensor) -> Tensor? {
    grid.analyze(operands.frame(operands.frames, step), as: .input, into: frameSpectrum)
    var terms = [Spectrum.Term(frameSpectrum, forwardKernels.input)]
    if let hidden {
      grid.analyze(hidden, as: .input, into: hiddenSpectrum)
      terms.append(.init(hiddenSpectrum, forwardKernels.recurrent))
    }
    sums.set(to: terms)
    grid.synthesize(sums, as: .output, into: gates, bias: operands.bias)
    return nil
  }

  func hiddenGradient(step: Int, _ gradients: GateGradients) -> Tensor? {
    let chunk = chunk(of: step)
    if step == chunk.upperBound - 1 { open = grid.spectrum(samples: chunk.count * operands.batch, lanes: 4 * filters) }
    guard let spectrum = open else { preconditionFailure("steps come from the last to the first") }
    let first = (step - chunk.lowerBound) * operands.batch
    grid.analyze(operands.frame(gradients.sums, step), as: .output, into: spectrum, first: first)
    defer { if step == chunk.lowerBound { close(chunk, spectrum, gradients) } }
    guard step > 0 else { return nil }
    hiddenSpectrum.set(to: [.init(spectrum, recurrentBackward, first: first * grid.tileCount)])
    let result = Tensor.emptyChannelsLast3d(
      [operands.batch, filters] + grid.axes.map(\.input), dtype: gradients.sums.dtype)
    grid.synthesize(hiddenSpectrum, as: .input, into: result)
    return result
  }

  func gradients(_ gradients: GateGradients) -> [Tensor?] {
    let recurrent = operands.steps > 1 ? convolution.kernelGradient(recurrentGradient) : nil
    return [
      frameGradient, convolution.kernelGradient(kernelGradient),
      recurrent ?? .zeros(operands.recurrentKernel.shape), biasGradient,
    ]
  }

  /// Frames whose spectra are in memory together: enough of them to make the products worth a pass over the sums. The first
  /// frame has no hidden state before it, so it is on its own.
  private func chunk(of step: Int) -> Range<Int> {
    guard step > 0 else { return 0..<1 }
    let length = max(1, (64 + operands.batch - 1) / operands.batch)
    let start = 1 + (step - 1) / length * length
    return start..<min(start + length, operands.steps)
  }

  /// Takes what a chunk contributes to the gradients that are sums over frames, and its frames' own gradient.
  private func close(_ chunk: Range<Int>, _ spectrum: Spectrum, _ gradients: GateGradients) {
    let isFirst = chunk.upperBound == operands.steps
    kernelGradient.set(
      toCorrelationOf: grid.analyzed(operands.frames(operands.frames, chunk), as: .input), with: spectrum,
      accumulating: !isFirst, inReduced: dtype == .bfloat16)
    if chunk.lowerBound > 0 {
      let states = operands.frames(gradients.hidden, (chunk.lowerBound - 1)..<(chunk.upperBound - 1))
      recurrentGradient.set(
        toCorrelationOf: grid.analyzed(states, as: .input), with: spectrum, accumulating: !isFirst,
        inReduced: dtype == .bfloat16)
    }
    biasGradient.addInPlace(operands.frames(gradients.sums, chunk).sumOfVoxels())
    if gradients.needsFrames { addFrameGradient(chunk, spectrum, dtype: gradients.sums.dtype) }
    open = nil
  }

  private func addFrameGradient(_ chunk: Range<Int>, _ spectrum: Spectrum, dtype: DType) {
    let gradient = frameGradient ?? .emptyChannelsLast3d(operands.frames.shape, dtype: dtype)
    let product = grid.spectrum(samples: chunk.count * operands.batch, lanes: operands.frames.shape[1])
    product.set(to: [.init(spectrum, frameBackward)])
    grid.synthesize(product, as: .input, into: operands.frames(gradient, chunk))
    frameGradient = gradient
  }
}
