import Torch

/// A convolution of stride 1 by products in the frequency domain: far fewer multiplications than taps, and smaller rounding
/// errors, because each output is a sum of fewer and better balanced terms.
///
/// Three maps, each linear in both of its arguments, are each other's derivatives: outputs from input and kernel, the input's
/// gradient from the outputs' gradient and the kernel, the kernel's gradient from the input and the outputs' gradient. So the
/// result can be differentiated as often as one likes.
///
/// Float32 and bfloat16 volumes on the processor go through a kernel of its own; everything else through plain operators (float64
/// in float64, the rest in float32). Spectra and sums are float32; of bfloat16 volumes the factors are rounded to bfloat16 where
/// the processor multiplies those faster.
///
/// *Limits*: no stride, dilation or groups. A voxel that is not a number spoils its whole tile. Where tiles of bfloat16 input
/// gradients overlap, they are added in bfloat16.
package struct SpectralConvolution {
  /// How the volumes lie on the frequencies.
  package let grid: SpectralGrid
  /// Where the kernel's transforms are kept.
  let kernels: SpectralKernelCache?

  /// For volumes of `extents` and kernels of `kernel` with zeros before and after each axis, cut into tiles.
  package init(extents: [Int], kernel: [Int], before: [Int], after: [Int], tiles: [Int] = [1, 1, 1]) {
    self.init(extents: extents, kernel: kernel, before: before, after: after, tiles: tiles, kernels: nil)
  }

  init(
    extents: [Int], kernel: [Int], before: [Int], after: [Int], tiles: [Int], kernels: SpectralKernelCache?
  ) {
    self.kernels = kernels
    grid = SpectralGrid(
      (0..<3).map { axis in
        SpectralAxis(
          input: extents[axis], output: extents[axis] + before[axis] + after[axis] - kernel[axis] + 1,
          kernel: kernel[axis], before: before[axis], tiles: tiles[axis], isEven: axis == 0)
      })
  }

  /// *Shapes*: [N, C, D, H, W] with weight [O, C, kD, kH, kW] and bias [O] to [N, O, ...], channels last in memory.
  package func callAsFunction(_ input: Tensor, weight: Tensor, bias: Tensor? = nil) -> Tensor {
    let inputs = [input, weight] + [bias].compactMap { $0 }
    return CustomGradient.apply(inputs) { inputs in
      ([convolved(inputs[0], inputs[1], bias: inputs.count > 2 ? inputs[2] : nil)], [inputs[0], inputs[1]])
    } selectiveBackward: { saved, gradients, needed in
      guard let gradient = gradients[0] else { return needed.map { _ in nil } }
      let bias = needed.dropFirst(2).map { $0 ? biasGradient(gradient) : nil }
      if needed[0] && needed[1] && !isGradientEnabled && isNative(gradient) && isNative(saved[0]) {
        return bothGradients(input: saved[0], weight: saved[1], gradient: gradient) + bias
      }
      return [
        needed[0] ? inputGradient(gradient, weight: saved[1]) : nil,
        needed[1] ? kernelGradient(input: saved[0], gradient: gradient) : nil,
      ] + bias
    }[0]
  }

  /// The gradients of input and kernel from one transform, where nobody will differentiate them.
  private func bothGradients(input: Tensor, weight: Tensor, gradient: Tensor) -> [Tensor?] {
    let spectrum = grid.analyzed(gradient.channelsLast3d(), as: .output)
    return [
      adjoint(of: spectrum, like: gradient, weight, bias: nil), correlated(input, with: spectrum),
    ]
  }

  /// The gradient of the input; with a bias [C] a transposed convolution.
  package func inputGradient(_ gradient: Tensor, weight: Tensor, bias: Tensor? = nil) -> Tensor {
    let inputs = [gradient, weight] + [bias].compactMap { $0 }
    return CustomGradient.apply(inputs) { inputs in
      ([adjoint(inputs[0], inputs[1], bias: inputs.count > 2 ? inputs[2] : nil)], [inputs[0], inputs[1]])
    } selectiveBackward: { saved, cotangents, needed in
      guard let cotangent = cotangents[0] else { return needed.map { _ in nil } }
      return [
        needed[0] ? self(cotangent, weight: saved[1]) : nil,
        needed[1] ? kernelGradient(input: cotangent, gradient: saved[0]) : nil,
      ] + needed.dropFirst(2).map { $0 ? biasGradient(cotangent) : nil }
    }[0]
  }

  /// The gradient of the kernel.
  package func kernelGradient(input: Tensor, gradient: Tensor) -> Tensor {
    CustomGradient.apply([input, gradient]) {
      ([correlated($0[0], $0[1])], $0)
    } selectiveBackward: {
      saved, cotangents, needed in
      guard let cotangent = cotangents[0] else { return [nil, nil] }
      return [
        needed[0] ? inputGradient(saved[1], weight: cotangent) : nil,
        needed[1] ? self(saved[0], weight: cotangent) : nil,
      ]
    }[0]
  }

  /// The spectrum that inputs of type `dtype` are multiplied with: rows are input channels.
  package func forwardKernel(_ weight: Tensor, for dtype: DType = .float32) -> Spectrum {
    kernel(weight, .forward, for: dtype)
  }

  /// The spectrum that gradients of outputs are multiplied with: rows are output channels.
  package func backwardKernel(_ weight: Tensor, for dtype: DType = .float32) -> Spectrum {
    kernel(weight, .backward, for: dtype)
  }

  /// Which way volumes go through a kernel.
  private enum Direction: String { case forward, backward }

  private func kernel(_ weight: Tensor, _ direction: Direction, for dtype: DType) -> Spectrum {
    let make = {
      let weight = weight.to(dtype: .float32)
      // Rows of pairs of channels become rows of taps: [k, k, k, rows, lanes].
      let pairs = direction == .forward ? weight.transposed(0, 1) : weight
      let kernel = pairs.contiguous().rowsToColumns(axes: 2)
      let spectrum = grid.analyzedKernel(kernel, isConjugated: direction == .forward)
      return dtype == .bfloat16 ? spectrum.reduced() : spectrum
    }
    return kernels?.spectrum(direction.rawValue, of: weight, on: grid, dtype, make: make) ?? make()
  }

  /// The kernel's gradient [O, C, kD, kH, kW] of its spectrum.
  package func kernelGradient(_ spectrum: Spectrum) -> Tensor {
    grid.synthesizedKernel(spectrum).rowsToColumns(axes: 3).transposed(0, 1).contiguous()
  }

  /// Sums over all voxels.
  private func biasGradient(_ gradient: Tensor) -> Tensor {
    gradient.to(dtype: SpectralMatrices.dtype(for: gradient)).sum([0, 2, 3, 4])
  }

  /// Whether the kernel for float32 and bfloat16 on the processor serves these volumes.
  private func isNative(_ volumes: Tensor) -> Bool {
    volumes.device == .cpu && (volumes.dtype == .float32 || volumes.dtype == .bfloat16)
      && grid.axes.allSatisfy { $0.points <= SpectralGrid.maximumPoints }
  }

  private func matrices(_ volumes: Tensor) -> SpectralMatrices { SpectralMatrices(axes: grid.axes, for: volumes) }

  private func convolved(_ input: Tensor, _ weight: Tensor, bias: Tensor?) -> Tensor {
    check(input, channels: weight.shape[1], extents: grid.axes.map(\.input), weight)
    guard isNative(input) else { return matrices(input).convolved(input, weight, bias: bias) }
    let sums = grid.spectrum(samples: input.shape[0], lanes: weight.shape[0])
    sums.set(to: [.init(grid.analyzed(input.channelsLast3d(), as: .input), forwardKernel(weight, for: input.dtype))])
    let result = Tensor.emptyChannelsLast3d(
      [input.shape[0], weight.shape[0]] + grid.axes.map(\.output), dtype: input.dtype)
    grid.synthesize(sums, as: .output, into: result, bias: bias?.to(dtype: .float32))
    return result
  }

  private func adjoint(_ gradient: Tensor, _ weight: Tensor, bias: Tensor?) -> Tensor {
    check(gradient, channels: weight.shape[0], extents: grid.axes.map(\.output), weight)
    guard isNative(gradient) else { return matrices(gradient).adjoint(gradient, weight, bias: bias) }
    let spectrum = grid.analyzed(gradient.channelsLast3d(), as: .output)
    return adjoint(of: spectrum, like: gradient, weight, bias: bias)
  }

  private func adjoint(of spectrum: Spectrum, like gradient: Tensor, _ weight: Tensor, bias: Tensor?) -> Tensor {
    let sums = grid.spectrum(samples: gradient.shape[0], lanes: weight.shape[1])
    sums.set(to: [.init(spectrum, backwardKernel(weight, for: gradient.dtype))])
    let result = Tensor.emptyChannelsLast3d(
      [gradient.shape[0], weight.shape[1]] + grid.axes.map(\.input), dtype: gradient.dtype)
    // Input tiles lie over each other, so that each would bring the bias along.
    let isWhole = grid.tileCount == 1
    grid.synthesize(sums, as: .input, into: result, bias: isWhole ? bias?.to(dtype: .float32) : nil)
    if let bias, !isWhole { result.addInPlace(bias.to(dtype: result.dtype).reshaped([-1, 1, 1, 1])) }
    return result
  }

  private func correlated(_ input: Tensor, _ gradient: Tensor) -> Tensor {
    guard isNative(input) && isNative(gradient) else { return matrices(input).correlated(input, gradient) }
    return correlated(input, with: grid.analyzed(gradient.channelsLast3d(), as: .output))
  }

  private func correlated(_ input: Tensor, with spectrum: Spectrum) -> Tensor {
    let sums = Spectrum(frequencyCount: grid.frequencyCount, rows: input.shape[1], lanes: spectrum.lanes)
    sums.set(
      toCorrelationOf: grid.analyzed(input.channelsLast3d(), as: .input), with: spectrum,
      inReduced: input.dtype == .bfloat16)
    return kernelGradient(sums)
  }

  /// Memory is read and written by these shapes, so that wrong ones must not come through.
  private func check(_ volumes: Tensor, channels: Int, extents: [Int], _ weight: Tensor) {
    let (shape, edges) = (volumes.shape, grid.axes.map(\.kernel))
    precondition(
      shape.count == 5 && shape[1] == channels && Array(shape.suffix(3)) == extents
        && Array(weight.shape.suffix(3)) == edges,
      "a spectral convolution of \(channels) channels of \(extents) by kernels \(edges) met volumes \(shape) and a kernel "
        + "\(weight.shape)")
  }
}
