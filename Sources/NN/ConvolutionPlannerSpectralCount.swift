import Torch

/// Operations and bytes of a convolution in the frequency domain.
struct SpectralCount {
  private let call: ConvolutionCall
  private let grid: SpectralGrid
  /// Complex numbers of one channel's spectrum, F.
  private let frequencies: Double
  /// Rows of the spectra: tiles of all samples.
  private let rows: Double

  init(_ call: ConvolutionCall, tiles: [Int]) {
    self.call = call
    grid =
      SpectralConvolution(
        extents: call.extents, kernel: call.kernel, before: call.before, after: call.after, tiles: tiles
      ).grid
    frequencies = Double(grid.frequencyCount)
    rows = Double(call.batch * grid.tileCount)
  }

  /// Bytes of the kernel's spectrum in float32: `8 F Ci Co`.
  var fullKernelBytes: Double { 8 * frequencies * Double(call.inputChannels) * Double(call.outputChannels) }
  /// Bytes of the kernel's spectrum as products read it: half as many for bfloat16 volumes.
  var kernelBytes: Double { fullKernelBytes * call.elementBytes / 4 }
  /// Bytes of the spectra of input and output.
  var activationBytes: Double { 8 * frequencies * rows * Double(call.inputChannels + call.outputChannels) }

  var parts: [ConvolutionWork] {
    let (inputs, outputs) = (call.inputChannels, call.outputChannels)
    let repetitions = Double(call.repetitions)
    // The channel product: four multiplications and additions of each pair of numbers.
    let product = 8 * frequencies * rows * Double(inputs) * Double(outputs)
    let productBytes = kernelBytes + activationBytes
    let pairs = Double((inputs * outputs + 15) / 16 * 16)
    // Fresh memory is cleared, read into the cache and written.
    let kernel = (operations: pairs * operations(spans(.kernel)), bytes: 3 * kernelBytes)
    let copies = call.isTraining ? 2.0 : 1
    var parts = [
      ConvolutionWork(
        part: .kernelTransform, operations: copies * kernel.operations, bytes: copies * kernel.bytes,
        uses: Double(call.kernelUses)),
      transform(.inputTransform, .input),
      ConvolutionWork(part: .channelProduct, operations: product, bytes: productBytes, uses: 1),
      transform(.outputTransform, .output),
    ]
    guard call.isTraining else { return parts }
    let again = transform(.inputTransform, .input)
    let uses = Double(call.gradientUses)
    parts += [
      transform(.gradientTransform, .output),
      ConvolutionWork(part: .gradientProduct, operations: product, bytes: productBytes, uses: 1),
      transform(.inputGradientTransform, .input),
      ConvolutionWork(
        part: .kernelProduct, operations: uses * (product + again.operations),
        bytes: uses * (activationBytes + again.bytes) + 2 * kernelBytes, uses: uses),
      ConvolutionWork(
        part: .kernelGradientTransform, operations: kernel.operations, bytes: kernelBytes, uses: repetitions),
    ]
    return parts
  }

  /// The transform of a batch, to the frequencies or back.
  private func transform(_ part: ConvolutionPart, _ side: SpectralGrid.Side) -> ConvolutionWork {
    let channels = side == .input ? call.inputChannels : call.outputChannels
    let voxels = side == .input ? call.inputVoxels : call.outputVoxels
    let lanes = Double((channels + 15) / 16 * 16)
    return ConvolutionWork(
      part: part, operations: rows * lanes * operations(spans(side)),
      bytes: Double(channels)
        * (8 * frequencies * rows + call.elementBytes * Double(call.batch) * voxels), uses: 1)
  }

  /// How many elements of a tile lie on each axis.
  private func spans(_ side: SpectralGrid.Side) -> [Double] {
    grid.axes.map { axis in
      switch side {
      case .kernel: Double(axis.kernel)
      case .output: Double(axis.step)
      case .input: Double(axis.tiles > 1 ? min(axis.points, axis.input) : axis.input)
      }
    }
  }

  /// Operations for one channel of one tile. With the points j and P - j summed first, an axis of P points takes two products of
  /// P/2 by P/2 numbers instead of one of P by P: `P^2` operations for a row of real numbers, `2 P^2` for a complex one.
  ///
  /// The first axis goes from real numbers to P/2 planes, in each of which the second axis and then the third are done.
  private func operations(_ spans: [Double]) -> Double {
    let points = grid.axes.map { Double($0.points) }
    let first = spans[1] * spans[2] * points[0] * points[0]
    let second = points[0] / 2 * spans[2] * 2 * points[1] * points[1]
    let third = points[0] / 2 * points[1] * 2 * points[2] * points[2]
    return first + second + third
  }
}
