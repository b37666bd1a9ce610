import Torch

/// A recurrent layer's products in the frequency domain: kernels are transformed once per call, input and recurrent product
/// are summed before one inverse transform, and the kernels' gradients over all frames before theirs.
final class SpectralGateProducts: GateProducts {
  private let operands: GateOperands
  private let convolution: SpectralConvolution
  private lazy var forwardKernels = (
    input: convolution.forwardKernel(operands.kernel), recurrent: convolution.forwardKernel(operands.recurrentKernel)
  )
  private lazy var recurrentBackward = convolution.backwardKernel(operands.recurrentKernel)
  /// Rooms that every step uses again.
  private lazy var sums = grid.spectrum(samples: operands.batch, lanes: operands.kernel.shape[0])
  private lazy var frameSpectrum = grid.spectrum(samples: operands.batch, lanes: operands.frames.shape[1])
  private lazy var hiddenSpectrum = grid.spectrum(samples: operands.batch, lanes: filters)

  private var grid: SpectralGrid { convolution.grid }
  private var filters: Int { operands.recurrentKernel.shape[1] }

  init(_ operands: GateOperands, tiles: [Int]) {
    self.operands = operands
    let edges = Array(operands.kernel.shape.suffix(3))
    convolution = SpectralConvolution(
      extents: Array(operands.frames.shape.suffix(3)), kernel: edges, before: edges.map { $0 / 2 },
      after: edges.map { $0 / 2 }, tiles: tiles)
  }

  func preactivationRoom() -> Tensor {
    .emptyChannelsLast3d(
      [operands.frames.shape[0], operands.kernel.shape[0]] + grid.axes.map(\.output), dtype: operands.frames.dtype)
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

  func hiddenGradient(step: Int, sums gradient: Tensor) -> Tensor {
    grid.analyze(gradient, as: .output, into: sums)
    hiddenSpectrum.set(to: [.init(sums, recurrentBackward)])
    let result = Tensor.emptyChannelsLast3d(
      [operands.batch, filters] + grid.axes.map(\.input), dtype: gradient.dtype)
    grid.synthesize(hiddenSpectrum, as: .input, into: result)
    return result
  }

  func gradients(sums: Tensor, hidden: Tensor, needsFrames: Bool) -> [Tensor?] {
    let channels = operands.frames.shape[1]
    let kernelSpectrum = Spectrum(
      frequencyCount: grid.frequencyCount, rows: channels, lanes: operands.kernel.shape[0])
    let recurrentSpectrum = Spectrum(
      frequencyCount: grid.frequencyCount, rows: filters, lanes: operands.kernel.shape[0])
    let backwardKernel = needsFrames ? convolution.backwardKernel(operands.kernel) : nil
    let frameGradient = needsFrames ? Tensor.emptyChannelsLast3d(operands.frames.shape, dtype: sums.dtype) : nil
    for (index, frames) in chunks.enumerated() {
      let spectrum = grid.analyzed(samples(sums, frames), as: .output)
      kernelSpectrum.set(
        toCorrelationOf: grid.analyzed(samples(operands.frames, frames), as: .input), with: spectrum,
        accumulating: index > 0)
      correlate(hidden, before: frames, with: spectrum, into: recurrentSpectrum)
      guard let backwardKernel, let frameGradient else { continue }
      let product = grid.spectrum(samples: frames.count * operands.batch, lanes: channels)
      product.set(to: [.init(spectrum, backwardKernel)])
      grid.synthesize(product, as: .input, into: samples(frameGradient, frames))
    }
    let hasRecurrence = operands.steps > 1
    return [
      frameGradient, convolution.kernelGradient(kernelSpectrum),
      hasRecurrence ? convolution.kernelGradient(recurrentSpectrum) : .zeros(operands.recurrentKernel.shape),
      sums.to(dtype: .float32).sum([0, 2, 3, 4]),
    ]
  }

  /// Frames whose spectra are in memory together: enough of them to make the products worth a pass over the sums.
  private var chunks: [Range<Int>] {
    let length = max(1, (64 + operands.batch - 1) / operands.batch)
    // The first frame has no hidden state before it, so it is on its own.
    return [0..<1] + stride(from: 1, to: operands.steps, by: length).map { $0..<min($0 + length, operands.steps) }
  }

  private func samples(_ tensor: Tensor, _ frames: Range<Int>) -> Tensor {
    tensor.narrowed(0, start: frames.lowerBound * operands.batch, length: frames.count * operands.batch)
  }

  /// Adds what the frames of a chunk contribute to the recurrent kernel's gradient, from the hidden states before them.
  private func correlate(_ hidden: Tensor, before frames: Range<Int>, with spectrum: Spectrum, into sum: Spectrum) {
    guard frames.lowerBound > 0 else { return }
    let states = samples(hidden, (frames.lowerBound - 1)..<(frames.upperBound - 1))
    sum.set(toCorrelationOf: grid.analyzed(states, as: .input), with: spectrum, accumulating: frames.lowerBound > 1)
  }
}
