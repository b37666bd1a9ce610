import Torch

/// A convolution in real size, ready to be timed part by part.
package struct ConvolutionTrial {
  /// A part and how to do it.
  package struct Piece {
    /// Which part.
    package let part: ConvolutionPart
    /// How many uses of the kernel one run serves.
    package let uses: Double
    /// Does it once.
    package let run: () -> Void
  }

  /// The parts in the order of their execution.
  package let pieces: [Piece]

  /// Tensors of the size of `call`, which must be one for the processor.
  package init(_ call: ConvolutionCall, _ method: ConvolutionMethod) {
    pieces = withoutGradient {
      switch method {
      case .direct: Self.direct(call)
      case .matrixProduct: Self.matrix(call)
      case .spectral(let tiles): Self.spectral(call, tiles: tiles)
      }
    }
  }

  /// Seconds of one use of the kernel, forward and if training backward, with its share of what is shared; the fastest of a few
  /// runs.
  static func seconds(_ call: ConvolutionCall, _ method: ConvolutionMethod, rates: MachineRates) -> Double {
    var smaller = call
    // A long direct convolution takes as long per sample as a short one, so it is not measured in full.
    if method == .direct {
      while smaller.batch > 2, ConvolutionCost(smaller, method).seconds(rates, precision: call.precision) > 0.03 {
        smaller.batch /= 2
      }
    }
    let seconds = ConvolutionTrial(smaller, method).pieces.reduce(0) { sum, piece in
      sum + piece.seconds(of: 4, budget: 0.015) / piece.uses
    }
    return seconds * Double(call.batch) / Double(smaller.batch)
  }

  private static func volumes(_ call: ConvolutionCall, channels: Int, extents: [Int]) -> Tensor {
    Tensor.full([call.batch] + extents + [channels], value: 0.5, dtype: call.dtype).permuted([0, 4, 1, 2, 3])
  }

  private static func direct(_ call: ConvolutionCall) -> [Piece] {
    let weight = Tensor.full([call.outputChannels, call.inputChannels] + call.kernel, value: 0.5, dtype: call.dtype)
      .channelsLast3d()
    let plain = volumes(call, channels: call.inputChannels, extents: call.extents)
    let isEven = call.before == call.after
    let geometry = ConvolutionGeometry(padding: isEven ? call.before : [0, 0, 0])
    let borders = (0..<3).map { (before: call.before[$0], after: call.after[$0]) }
    let input = isEven ? plain : plain.padded(borders).channelsLast3d()
    let output = volumes(call, channels: call.outputChannels, extents: call.outputExtents)
    let forward = Piece(part: .direct, uses: 1) {
      _ = (isEven ? input : plain.padded(borders)).convolved(weight, geometry)
    }
    guard call.isTraining else { return [forward] }
    let backward = Piece(part: .directGradients, uses: 1) {
      _ = Tensor.convolutionGradients(
        outputGradient: output, input: input, weight: weight, geometry: geometry, needed: (true, true, false))
    }
    return [forward, backward]
  }

  private static func matrix(_ call: ConvolutionCall) -> [Piece] {
    let rows = call.batch * call.extents.reduce(1, *)
    let input = Tensor.full([rows, call.inputChannels], value: 0.5, dtype: call.dtype)
    let weight = Tensor.full([call.outputChannels, call.inputChannels], value: 0.5, dtype: call.dtype)
    let output = Tensor.full([rows, call.outputChannels], value: 0.5, dtype: call.dtype)
    let forward = Piece(part: .matrix, uses: 1) { _ = input.linear(weight) }
    guard call.isTraining else { return [forward] }
    let backward = Piece(part: .matrixGradients, uses: 1) {
      _ = output.matmul(weight)
      _ = output.transposed(0, 1).matmul(input)
    }
    return [forward, backward]
  }

  private static func spectral(_ call: ConvolutionCall, tiles: [Int]) -> [Piece] {
    let convolution = SpectralConvolution(
      extents: call.extents, kernel: call.kernel, before: call.before, after: call.after, tiles: tiles)
    let grid = convolution.grid
    let weight = Tensor.full([call.outputChannels, call.inputChannels] + call.kernel, value: 0.5)
    let input = volumes(call, channels: call.inputChannels, extents: call.extents)
    let output = volumes(call, channels: call.outputChannels, extents: call.outputExtents)
    let kernel = convolution.forwardKernel(weight, for: call.dtype)
    let inputs = grid.spectrum(samples: call.batch, lanes: call.inputChannels)
    let outputs = grid.spectrum(samples: call.batch, lanes: call.outputChannels)
    let forward = [
      Piece(part: .kernelTransform, uses: Double(call.kernelUses)) {
        _ = convolution.forwardKernel(weight, for: call.dtype)
        if call.isTraining { _ = convolution.backwardKernel(weight, for: call.dtype) }
      },
      Piece(part: .inputTransform, uses: 1) { grid.analyze(input, as: .input, into: inputs) },
      Piece(part: .channelProduct, uses: 1) { outputs.set(to: [.init(inputs, kernel)]) },
      Piece(part: .outputTransform, uses: 1) { grid.synthesize(outputs, as: .output, into: output) },
    ]
    guard call.isTraining else { return forward }
    let mirrored = convolution.backwardKernel(weight, for: call.dtype)
    return forward + [
      Piece(part: .gradientTransform, uses: 1) { grid.analyze(output, as: .output, into: outputs) },
      Piece(part: .gradientProduct, uses: 1) { inputs.set(to: [.init(outputs, mirrored)]) },
      Piece(part: .inputGradientTransform, uses: 1) { grid.synthesize(inputs, as: .input, into: input) },
    ] + kernelGradient(call, convolution)
  }

  /// The kernel's gradient, from as many uses as it is summed over at once.
  private static func kernelGradient(_ call: ConvolutionCall, _ convolution: SpectralConvolution) -> [Piece] {
    let (grid, uses) = (convolution.grid, call.gradientUses)
    var chunk = call
    chunk.batch = call.batch * uses
    let input = volumes(chunk, channels: call.inputChannels, extents: call.extents)
    let output = volumes(chunk, channels: call.outputChannels, extents: call.outputExtents)
    let inputs = grid.spectrum(samples: chunk.batch, lanes: call.inputChannels)
    let outputs = grid.analyzed(output, as: .output)
    let sums = Spectrum(frequencyCount: grid.frequencyCount, rows: call.inputChannels, lanes: call.outputChannels)
    sums.set(toCorrelationOf: grid.analyzed(input, as: .input), with: outputs)
    return [
      Piece(part: .kernelProduct, uses: Double(uses)) {
        grid.analyze(input, as: .input, into: inputs)
        sums.set(
          toCorrelationOf: inputs, with: outputs, accumulating: call.repetitions > uses,
          inReduced: call.dtype == .bfloat16)
      },
      Piece(part: .kernelGradientTransform, uses: Double(call.repetitions)) { _ = convolution.kernelGradient(sums) },
    ]
  }
}

extension ConvolutionTrial.Piece {
  /// Seconds of the fastest of at most `count` runs.
  package func seconds(of count: Int, budget: Double = .infinity) -> Double {
    withoutGradient { TrialClock.best(of: count, budget: budget, run) }
  }
}

extension ConvolutionCall {
  fileprivate var dtype: DType { precision == .bfloat16 ? .bfloat16 : .float32 }
}
