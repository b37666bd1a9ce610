import Torch

/// A convolution of stride 1 without dilation or groups, or its transpose, by whichever method is asked for or planned.
struct UnitConvolution {
  /// Zeros before each axis; of the convolution whose transpose it is, if it is one.
  var before: [Int]
  /// Zeros behind each axis.
  var after: [Int]
  /// Whether it is the transpose: weights are [C, O, ...] then, and the paddings are taken off.
  var isTransposed = false
  /// The method, if it is not the planner's choice.
  var method: ConvolutionMethod?
  /// Element type of the products.
  var precision: Precision = .float32
  /// Where the transforms of this kernel are kept from call to call, if they are.
  var kernels: SpectralKernelCache?

  /// *Shapes*: [N, C, D, H, W] with bias [O]; the result's type is the input's or, where bfloat16 cannot be trusted, float32.
  func callAsFunction(_ input: Tensor, weight: Tensor, bias: Tensor?) -> Tensor {
    let x = precision.input(input)
    if method == nil, let result = toOneChannel(x, weight: weight, bias: bias) { return result }
    let isTraining = isGradientEnabled && (input.requiresGradient || weight.requiresGradient)
    switch chosenMethod(call(x, weightShape: weight.shape, isTraining: isTraining)) {
    case .direct: return direct(input, weight: weight, bias: bias)
    case .matrixProduct: return multiplied(x, weight: weight, bias: bias)
    case .spectral(let tiles): return spectral(x, weight: weight, bias: bias, tiles: tiles)
    }
  }

  /// What the planner is asked about volumes of an extent, if it is not that of the input itself, and a kernel. Nil where zeros
  /// are taken off that were never there, and for float64, of which it knows nothing.
  func call(_ input: Tensor, extents: [Int]? = nil, weightShape: [Int], isTraining: Bool) -> ConvolutionCall? {
    let kernel = Array(weightShape.suffix(3))
    let (before, after) = plainPadding(kernel)
    guard (before + after).allSatisfy({ $0 >= 0 }), input.dtype != .float64 else { return nil }
    return ConvolutionCall(
      batch: input.shape[0], inputChannels: weightShape[isTransposed ? 0 : 1],
      outputChannels: weightShape[isTransposed ? 1 : 0], extents: extents ?? Array(input.shape.suffix(3)),
      kernel: kernel, before: before, after: after, precision: precision, device: "\(input.device)",
      isTraining: isTraining, repetitions: 1)
  }

  /// The method of a call.
  func chosenMethod(_ call: ConvolutionCall?) -> ConvolutionMethod {
    method ?? call.map(ConvolutionPlanner.shared.method) ?? .direct
  }

  /// The zeros around the input of the plain convolution that this is: a transpose is one with the mirrored kernel.
  func plainPadding(_ kernel: [Int]) -> (before: [Int], after: [Int]) {
    guard isTransposed else { return (before, after) }
    return (zip(kernel, before).map { $0 - 1 - $1 }, zip(kernel, after).map { $0 - 1 - $1 })
  }

  /// The kernel of the plain convolution that this is.
  private func plainKernel(_ weight: Tensor) -> Tensor {
    isTransposed ? weight.flipped([2, 3, 4]).transposed(0, 1) : weight
  }

  private func toOneChannel(_ input: Tensor, weight: Tensor, bias: Tensor?) -> Tensor? {
    let kernel = Array(weight.shape.suffix(3))
    let (before, after) = plainPadding(kernel)
    guard before == kernel.map({ $0 / 2 }), after == before else { return nil }
    let channels = isTransposed ? [weight.shape[1], weight.shape[0]] : Array(weight.shape.prefix(2))
    guard OneChannelConvolution.isFaster(input, weightShape: channels + kernel) else { return nil }
    let plain = plainKernel(weight)
    let sums = OneChannelConvolution(weight: plain)(input, weight: plain)
    return bias.map { sums + $0 } ?? sums
  }

  private func direct(_ input: Tensor, weight: Tensor, bias: Tensor?) -> Tensor {
    if precision.isUnsafe(forKernel: weight.shape.suffix(3), over: input.shape.suffix(3)) {
      return Self(before: before, after: after, isTransposed: isTransposed, method: .direct)(
        input.to(dtype: .float32), weight: weight, bias: bias)
    }
    let (kernel, shift) = (precision.input(weight), bias.map(precision.input))
    let x = precision.input(input)
    if isTransposed { return directTranspose(x, kernel, bias: shift) }
    if before == after { return x.conv3d(kernel, bias: shift, padding: before) }
    return x.padded((0..<3).map { (before[$0], after[$0]) }).conv3d(kernel, bias: shift)
  }

  private func directTranspose(_ input: Tensor, _ weight: Tensor, bias: Tensor?) -> Tensor {
    let common = zip(before, after).map(min)
    var result = input.convTranspose3d(weight, bias: bias, padding: common)
    for axis in 0..<3 where before[axis] != after[axis] {
      let length = result.shape[axis + 2] - before[axis] - after[axis] + 2 * common[axis]
      result = result.narrowed(axis + 2, start: before[axis] - common[axis], length: length)
    }
    return result
  }

  private func spectral(_ input: Tensor, weight: Tensor, bias: Tensor?, tiles: [Int]) -> Tensor {
    precondition(tiles.count == 3, "tiles along three axes, not \(tiles)")
    let (kernel, extents) = (Array(weight.shape.suffix(3)), Array(input.shape.suffix(3)))
    // Of a transpose the input's place is taken by the result.
    let large = (0..<3).map { extents[$0] + kernel[$0] - 1 - before[$0] - after[$0] }
    kernels?.subject = weight
    let convolution = SpectralConvolution(
      extents: isTransposed ? large : extents, kernel: kernel, before: before, after: after, tiles: tiles,
      kernels: kernels)
    return isTransposed
      ? convolution.inputGradient(input, weight: weight, bias: bias) : convolution(input, weight: weight, bias: bias)
  }

  /// A product over the channels of every voxel; nothing is copied, whichever way the channels lie.
  private func multiplied(_ input: Tensor, weight: Tensor, bias: Tensor?) -> Tensor {
    let shape = weight.shape
    precondition(shape.suffix(3).allSatisfy { $0 == 1 }, "a matrix product is no convolution with a kernel \(shape)")
    let (x, added) = (framed(input), bias.map(precision.input))
    let matrix = precision.input(weight).reshaped(Array(shape.prefix(2)))
    let rows = isTransposed ? matrix.transposed() : matrix
    guard x.isContiguous(), !x.isContiguous(channelsLast3d: true) else {
      return x.permuted([0, 2, 3, 4, 1]).linear(rows, bias: added).permuted([0, 4, 1, 2, 3])
    }
    let samples = x.shape[0]
    let sums = rows.unsqueezed(0).expanded([samples, -1, -1]).bmm(x.reshaped([samples, x.shape[1], -1]))
    let result = sums.reshaped([samples, rows.shape[0]] + x.shape.suffix(3))
    return added.map { result + $0.reshaped([-1, 1, 1, 1]) } ?? result
  }

  /// With the zeros that a kernel of one voxel needs, or without what its transpose takes off.
  private func framed(_ input: Tensor) -> Tensor {
    guard (before + after).contains(where: { $0 != 0 }) else { return input }
    let sign = isTransposed ? -1 : 1
    return input.padded((0..<3).map { (sign * before[$0], sign * after[$0]) })
  }
}
