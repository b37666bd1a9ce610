import Torch

/// What a convolution layer computes: its operands and options, and which of the ways there are leads to the result.
package struct LayerConvolution {
  /// [O, C / groups, k...], of a transpose [C, O / groups, k...].
  let weight: Tensor
  /// [O].
  let bias: Tensor?
  /// Everything else.
  let options: ConvolutionOptions
  /// Whether it is the transpose of a convolution.
  let isTransposed: Bool
  /// Element type of the products.
  let precision: Precision
  /// Where the layer keeps its kernel's transforms.
  var kernels: SpectralKernelCache?

  /// The computation of a layer with this weight and bias.
  package init(weight: Tensor, bias: Tensor?, options: ConvolutionOptions, isTransposed: Bool, precision: Precision) {
    (self.weight, self.bias, self.options) = (weight, bias, options)
    (self.isTransposed, self.precision) = (isTransposed, precision)
  }

  private var kernel: [Int] { Array(weight.shape.suffix(3)) }
  private var stride: [Int] { options.stride.axes }

  /// Convolves a checked input.
  package func callAsFunction(_ input: Tensor, staysReduced: Bool) -> Tensor {
    guard input.rank == 5 else { fatalError("a 3D convolution needs [N, C, D, H, W], not \(input.shape)") }
    let result = convolved(input)
    return precision == .bfloat16 ? result.to(dtype: staysReduced ? .bfloat16 : .float32) : result
  }

  private func convolved(_ input: Tensor) -> Tensor {
    let isEnlarging = options.upsampling != 1
    if options.isDense && options.stride == 1 {
      let (before, after) = padding(enlargedExtents(input))
      let unit = UnitConvolution(
        before: before, after: after, isTransposed: isTransposed, method: options.method, precision: precision,
        kernels: isEnlarging ? nil : kernels)
      return isEnlarging ? enlarged(input, unit) : unit(input, weight: weight, bias: bias)
    }
    let x = isEnlarging ? input.upsampledNearest3d(scale: options.upsampling) : input
    return options.isDense ? phased(x) ?? direct(x) : direct(x)
  }

  private func enlargedExtents(_ input: Tensor) -> [Int] {
    zip(input.shape.suffix(3), options.upsampling.axes).map { $0 * $1 }
  }

  // MARK: Borders

  /// Zeros before and after each axis; of a transpose those of the convolution that it transposes.
  private func padding(_ extents: [Int]) -> (before: [Int], after: [Int]) {
    guard isTransposed else {
      return options.padding.amounts(size: extents, reach: reach, stride: stride)
    }
    let (before, extra, surplus) = transposedPadding
    return (before, (0..<3).map { before[$0] - extra[$0] + surplus[$0] })
  }

  private var reach: [Int] { zip(kernel, options.dilation.axes).map { ($0 - 1) * $1 + 1 } }

  /// Zeros to take off both sides, to add behind, and what has to be cut off behind afterwards.
  private var transposedPadding: (both: [Int], extra: [Int], surplus: [Int]) {
    switch options.padding {
    case .valid: return ([0, 0, 0], options.outputPadding.axes, [0, 0, 0])
    case .explicit(let extent): return (extent.axes, options.outputPadding.axes, [0, 0, 0])
    case .same:
      let excess = zip(reach, stride).map { $0 - $1 }
      return (excess.map { max($0, 0) / 2 }, excess.map { max(-$0, 0) }, excess.map { max($0, 0) % 2 })
    }
  }

  // MARK: Enlarged input

  /// The convolution `unit` of the input with every voxel repeated, on the input's own grid.
  private func enlarged(_ input: Tensor, _ unit: UnitConvolution) -> Tensor {
    let scale = options.upsampling.axes
    let (before, after) = unit.plainPadding(kernel)
    if kernel.allSatisfy({ $0 == 1 }) && (before + after).allSatisfy({ $0 == 0 }) {
      // Voxels that are seen one by one are the same before and after.
      return unit(input, weight: weight, bias: bias).upsampledNearest3d(scale: options.upsampling)
    }
    guard (before + after).allSatisfy({ $0 >= 0 }) else {
      return unit(input.upsampledNearest3d(scale: options.upsampling), weight: weight, bias: bias)
    }
    let grid = PhaseGrid(
      axes: (0..<3).map {
        PhaseAxis(
          enlarging: input.shape[$0 + 2], by: scale[$0], kernel: kernel[$0], before: before[$0], after: after[$0],
          isMirrored: isTransposed)
      })
    let coarse = UnitConvolution(
      before: grid.axes.map(\.before), after: grid.axes.map(\.after), method: options.method, precision: precision)
    let sums = coarse(
      input, weight: grid.kernelToPhases(isTransposed ? weight.transposed(0, 1) : weight),
      bias: bias?.repeated([grid.phaseCount]))
    return grid.depthToSpace(sums, extents: grid.axes.map(\.output))
  }

  // MARK: Strides

  /// A convolution with strides, or its transpose, in the frequency domain over the phases of the fine grid, if that is asked
  /// for or pays.
  private func phased(_ input: Tensor) -> Tensor? {
    if options.method == .direct { return nil }
    guard let grid = strideGrid(input) else {
      precondition(options.method == nil, "a convolution of \(input.shape) with strides \(stride) can only be direct")
      return nil
    }
    let fine = grid.phaseCount * weight.shape[1]
    let unit = UnitConvolution(
      before: grid.axes.map(\.before), after: grid.axes.map(\.after), isTransposed: isTransposed,
      method: options.method, precision: precision)
    let x = precision.input(input)
    let isTraining = isGradientEnabled && (input.requiresGradient || weight.requiresGradient)
    let call = unit.call(
      x, extents: isTransposed ? nil : grid.axes.map(\.input),
      weightShape: [weight.shape[0], fine] + grid.axes.map(\.taps), isTraining: isTraining)
    let method = unit.chosenMethod(call)
    guard case .spectral = method else {
      precondition(options.method == nil, "a convolution with strides \(stride) is direct or spectral, not \(method)")
      return nil
    }
    if options.method == nil, let call, !pays(call, method, grid) { return nil }
    let coarse = UnitConvolution(
      before: unit.before, after: unit.after, isTransposed: isTransposed, method: method, precision: precision)
    let kernel = grid.kernelFromPhases(weight)
    guard isTransposed else { return coarse(grid.spaceToDepth(x), weight: kernel, bias: bias) }
    let sums = coarse(x, weight: kernel, bias: bias?.repeated([grid.phaseCount]))
    return grid.depthToSpace(sums, extents: transposedExtents(input))
  }

  private func transposedExtents(_ input: Tensor) -> [Int] {
    let (before, after) = padding([])
    return (0..<3).map { (input.shape[$0 + 2] - 1) * stride[$0] + kernel[$0] - before[$0] - after[$0] }
  }

  /// The phases of the fine grid, nil where they do not cover it.
  private func strideGrid(_ input: Tensor) -> PhaseGrid? {
    let extents = isTransposed ? transposedExtents(input) : Array(input.shape.suffix(3))
    let (before, after) = padding(extents)
    let axes = (0..<3).compactMap { axis in
      PhaseAxis(
        stride: stride[axis], extent: extents[axis], kernel: kernel[axis], before: before[axis], after: after[axis])
    }
    guard axes.count == 3 else { return nil }
    // The voxels that no tap of a stepping kernel meets get nothing but the bias from its transpose.
    let isCovering = zip(axes, extents).allSatisfy { $0.input * $0.scale >= $1 }
    return isTransposed && !isCovering ? nil : PhaseGrid(axes: axes)
  }

  /// The planner compares with the direct convolution of the phases, whose kernels hold zeros. Without these the direct way may
  /// be the cheaper one.
  private func pays(_ call: ConvolutionCall, _ method: ConvolutionMethod, _ grid: PhaseGrid) -> Bool {
    if ConvolutionPlanner.shared.policy == .spectral { return true }
    let filled = grid.axes.map { Double($0.kernel) / Double($0.taps * $0.scale) }.reduce(1, *)
    let rates = MachineRates.nominal(threads: 2)
    let direct = ConvolutionCost(call, .direct).seconds(rates, precision: precision) * filled
    return ConvolutionCost(call, method).seconds(rates, precision: precision) < direct
  }

  // MARK: The library's own

  private func direct(_ input: Tensor) -> Tensor {
    if precision.isUnsafe(forKernel: kernel, over: Array(input.shape.suffix(3))) {
      return LayerConvolution(
        weight: weight, bias: bias, options: options, isTransposed: isTransposed, precision: .float32
      ).direct(input.to(dtype: .float32))
    }
    let x = precision.input(input)
    return isTransposed ? directTranspose(x) : directConvolution(x)
  }

  private func directConvolution(_ input: Tensor) -> Tensor {
    let (before, after) = padding(Array(input.shape.suffix(3)))
    let isEven = before == after
    let x = isEven ? input : input.padded((0..<3).map { (before[$0], after[$0]) })
    return x.conv3d(
      precision.input(weight), bias: bias.map(precision.input), stride: options.stride,
      padding: isEven ? before : [0, 0, 0], dilation: options.dilation, groups: options.groupCount)
  }

  private func directTranspose(_ input: Tensor) -> Tensor {
    let (padding, extra, surplus) = transposedPadding
    var result = input.convTranspose3d(
      precision.input(weight), bias: bias.map(precision.input), stride: options.stride, padding: padding,
      outputPadding: extra, dilation: options.dilation, groups: options.groupCount)
    for axis in 0..<3 where surplus[axis] > 0 {
      result = result.narrowed(axis + 2, start: 0, length: result.shape[axis + 2] - surplus[axis])
    }
    return result
  }
}
