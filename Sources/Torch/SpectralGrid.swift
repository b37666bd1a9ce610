import CTorch

/// How one axis of a convolution lies on the points of a transform.
///
/// `output[i] = sum over t of kernel[t] input[i + t - before]`, with zeros outside of the input. In one piece, a circular
/// convolution may be shorter than input and kernel together: what wraps round may fall on places that are not looked
/// at. In tiles, each takes the input that its outputs need, borders included.
package struct SpectralAxis: Hashable, Sendable {
  /// Elements of the input, of the output and of the kernel.
  package let input: Int, output: Int, kernel: Int
  /// Zeros before the input.
  package let before: Int
  /// Into how many pieces the output is cut.
  package let tiles: Int
  /// Points of the transform.
  package let points: Int

  /// An axis with the fewest points that work; an even number if asked for.
  package init(input: Int, output: Int, kernel: Int, before: Int, tiles: Int = 1, isEven: Bool = false) {
    precondition(input > 0 && output > 0 && kernel > 0 && tiles > 0, "an empty axis")
    let step = (output + tiles - 1) / tiles
    let least =
      tiles > 1
      ? step + kernel - 1 : max(input, output, kernel, output + kernel - 1 - before, input + before)
    (self.input, self.output, self.kernel, self.before, self.tiles) = (input, output, kernel, before, tiles)
    points = isEven ? (least + 1) / 2 * 2 : least
  }

  /// Outputs of a tile.
  package var step: Int { (output + tiles - 1) / tiles }

  fileprivate func axis(_ side: SpectralGrid.Side, stride: Int) -> ct_spectral_axis {
    var axis = ct_spectral_axis()
    (axis.stride, axis.points, axis.tiles, axis.step) = (Int64(stride), Int64(points), Int64(tiles), Int64(step))
    switch side {
    case .input:
      axis.extent = Int64(input)
      (axis.start, axis.length) = tiles > 1 ? (Int64(-before), Int64(step + kernel - 1)) : (0, Int64(input))
    case .output: (axis.extent, axis.length) = (Int64(output), Int64(step))
    case .kernel:
      (axis.extent, axis.length, axis.tiles) = (Int64(kernel), Int64(kernel), 1)
      axis.first = tiles > 1 ? 0 : Int64(-before)
    }
    return axis
  }
}

/// The frequencies of a convolution's volumes and how to get there and back, for float32 or bfloat16 on the processor.
///
/// With X, W, Y the spectra of input, kernel and output: forward Y = X conj(W); the input's gradient X' = Y' W^T; the
/// kernel's gradient W' = X^T conj(Y'). Kernels are therefore transformed once plainly and once conjugated.
package struct SpectralGrid: Hashable, Sendable {
  /// Depth, height and width; the first has an even number of points.
  package let axes: [SpectralAxis]

  /// Which of the three volumes of a convolution is meant.
  package enum Side { case input, output, kernel }

  /// A grid of three axes.
  package init(_ axes: [SpectralAxis]) {
    precondition(axes.count == 3 && axes[0].points % 2 == 0, "three axes, the first with an even number of points")
    self.axes = axes
  }

  /// The most points that an axis may have.
  package static let maximumPoints = Int(CT_SPECTRAL_MAXIMUM_POINTS)

  /// Complex numbers in the spectrum of one channel of a tile.
  package var frequencyCount: Int { axes[0].points / 2 * axes[1].points * axes[2].points }
  /// Tiles of one sample.
  package var tileCount: Int { axes[0].tiles * axes[1].tiles * axes[2].tiles }

  /// An unset spectrum of this many samples.
  package func spectrum(samples: Int, lanes: Int) -> Spectrum {
    Spectrum(frequencyCount: frequencyCount, rows: samples * tileCount, lanes: lanes)
  }

  /// Transforms volumes [N, C, D, H, W], channels last in memory, into the rows of `spectrum` from sample `first` on.
  package func analyze(_ volumes: Tensor, as side: Side, into spectrum: Spectrum, first: Int = 0) {
    precondition(
      first + volumes.shape[0] <= spectrum.rowCount / tileCount && volumes.shape[1] == spectrum.lanes,
      "volumes \(volumes.shape) past the end of a spectrum")
    var description = description(of: volumes, as: side)
    ct_spectral_analysis(&description, spectrum.rows(from: first * tileCount), 0)
    withExtendedLifetime((volumes, spectrum)) {}
  }

  /// The spectrum of volumes.
  package func analyzed(_ volumes: Tensor, as side: Side) -> Spectrum {
    let spectrum = spectrum(samples: volumes.shape[0], lanes: volumes.shape[1])
    analyze(volumes, as: side, into: spectrum)
    return spectrum
  }

  /// The spectrum of a kernel [k, k, k, I, O] (contiguous): rows I, lanes O.
  package func analyzedKernel(_ kernel: Tensor, isConjugated: Bool) -> Spectrum {
    let spectrum = Spectrum(frequencyCount: frequencyCount, rows: kernel.shape[3], lanes: kernel.shape[4])
    var description = kernelDescription(kernel)
    let flat = ct_spectral_rows(data: spectrum.start, rows: 1, first: 0)
    ct_spectral_analysis(&description, flat, isConjugated ? 1 : 0)
    withExtendedLifetime((kernel, spectrum)) {}
    return spectrum
  }

  /// Volumes [N, C, D, H, W] of the rows of a spectrum from sample `first` on, written into `volumes`.
  package func synthesize(
    _ spectrum: Spectrum, as side: Side, into volumes: Tensor, bias: Tensor? = nil, first: Int = 0
  ) {
    // Only the borders of input tiles lie over each other; outputs are written once.
    if side == .input && tileCount > 1 { volumes.zeroInPlace() }
    var description = description(of: volumes, as: side)
    precondition(first + volumes.shape[0] <= spectrum.rowCount / tileCount, "volumes past the end of a spectrum")
    let bias = bias?.to(dtype: .float32).contiguous()
    precondition(bias.map { $0.count == volumes.shape[1] } ?? true, "a bias of another number of channels")
    ct_spectral_synthesis(
      &description, spectrum.rows(from: first * tileCount), bias?.elements.assumingMemoryBound(to: Float.self))
    withExtendedLifetime((volumes, spectrum, bias)) {}
  }

  /// The kernel [k, k, k, I, O] of a spectrum.
  package func synthesizedKernel(_ spectrum: Spectrum) -> Tensor {
    let kernel = Tensor.empty(axes.map(\.kernel) + [spectrum.rowCount, spectrum.lanes])
    var description = kernelDescription(kernel)
    ct_spectral_synthesis(&description, ct_spectral_rows(data: spectrum.start, rows: 1, first: 0), nil)
    withExtendedLifetime(spectrum) {}
    return kernel
  }

  private func requireShortAxes() {
    precondition(
      axes.allSatisfy { $0.points <= Self.maximumPoints },
      "a transform of \(axes.map(\.points)) points: at most \(Self.maximumPoints), more tiles are needed")
  }

  private func description(of volumes: Tensor, as side: Side) -> ct_spectral_volume {
    let shape = volumes.shape
    requireShortAxes()
    let extents = axes.map { side == .input ? $0.input : $0.output }
    precondition(
      volumes.isContiguous(channelsLast3d: true) && Array(shape.suffix(3)) == extents,
      "volumes of \(extents), channels last, not \(shape)")
    let (lanes, height, width) = (shape[1], shape[3], shape[4])
    return ct_spectral_volume(
      data: volumes.elements, rows: Int64(shape[0]), row_stride: Int64(lanes * shape[2] * height * width),
      lanes: Int64(lanes),
      axes: (
        axes[0].axis(side, stride: height * width * lanes), axes[1].axis(side, stride: width * lanes),
        axes[2].axis(side, stride: lanes)
      ), is_bfloat16: volumes.dtype == .bfloat16 ? 1 : 0, threads: Int32(Runtime.threadCount))
  }

  /// A kernel is one volume whose lanes are all pairs of channels.
  private func kernelDescription(_ kernel: Tensor) -> ct_spectral_volume {
    let shape = kernel.shape
    requireShortAxes()
    precondition(
      kernel.isContiguous() && kernel.dtype == .float32 && Array(shape.prefix(3)) == axes.map(\.kernel),
      "kernels lie [k, k, k, I, O] in float32, not \(shape)")
    let lanes = shape[3] * shape[4]
    return ct_spectral_volume(
      data: kernel.elements, rows: 1, row_stride: 0, lanes: Int64(lanes),
      axes: (
        axes[0].axis(.kernel, stride: shape[1] * shape[2] * lanes), axes[1].axis(.kernel, stride: shape[2] * lanes),
        axes[2].axis(.kernel, stride: lanes)
      ), is_bfloat16: 0, threads: Int32(Runtime.threadCount))
  }
}
