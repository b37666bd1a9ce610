/// One axis of a convolution between a fine grid and one that is coarser by a whole number, as a convolution of stride 1
/// of the coarse grid whose channels are multiplied by the places, or phases, within a coarse voxel.
///
/// With the phase r and the coarse index q, fine index s q + r, tap t of a kernel moves by t - before fine voxels, which is a
/// whole number of coarse voxels and a change of phase.
struct PhaseAxis: Hashable {
  /// Fine voxels in a coarse one, s.
  let scale: Int
  /// Taps of the coarse kernel.
  let taps: Int
  /// Taps of the fine kernel.
  let kernel: Int
  /// Zeros before the coarse input.
  let before: Int
  /// Zeros behind it.
  let after: Int
  /// Coarse voxels of the input.
  let input: Int
  /// Voxels of the result: fine ones of an enlarged input, coarse ones of a stepping kernel.
  let output: Int
  /// How many coarse outputs each phase leaves out at the front.
  let shifts: [Int]
  /// Which fine taps make up the coarse tap of a phase: [scale * taps, kernel], zeros and ones.
  let table: [Double]

  /// Outputs of the coarse convolution.
  var coarseOutput: Int { input + before + after - taps + 1 }

  /// A convolution of the coarse input with every voxel repeated `scale` times.
  init(enlarging input: Int, by scale: Int, kernel: Int, before: Int, after: Int, isMirrored: Bool) {
    let lowest = (0..<scale).map { floorQuotient($0 - before, scale) }
    let highest = (0..<scale).map { floorQuotient($0 + kernel - 1 - before, scale) }
    let taps = zip(lowest, highest).map { $1 - $0 + 1 }.max() ?? 1
    var table = [Double](repeating: 0, count: scale * taps * kernel)
    for phase in 0..<scale {
      for tap in 0..<kernel {
        let row = phase * taps + floorQuotient(phase + tap - before, scale) - lowest[phase]
        table[row * kernel + (isMirrored ? kernel - 1 - tap : tap)] = 1
      }
    }
    (self.scale, self.taps, self.kernel, self.input, self.table) = (scale, taps, kernel, input, table)
    output = scale * input + before + after - kernel + 1
    shifts = lowest.map { $0 - lowest[0] }
    self.before = -lowest[0]
    let outputs = (output + scale - 1) / scale + (shifts.last ?? 0)
    self.after = outputs + taps - 1 - input - self.before
  }

  /// A convolution whose kernel steps by `stride` over a fine input of `extent`. Nil if the kernel lies on nothing but zeros.
  init?(stride: Int, extent: Int, kernel: Int, before: Int, after: Int) {
    let (lowest, highest) = (floorQuotient(-before, stride), floorQuotient(kernel - 1 - before, stride))
    let taps = highest - lowest + 1
    var table = [Double](repeating: 0, count: stride * taps * kernel)
    for tap in 0..<kernel {
      let coarse = floorQuotient(tap - before, stride)
      let phase = tap - before - coarse * stride
      table[(phase * taps + coarse - lowest) * kernel + tap] = 1
    }
    (scale, self.taps, self.kernel, self.table) = (stride, taps, kernel, table)
    output = (extent + before + after - kernel) / stride + 1
    self.before = -lowest
    input = min((extent + stride - 1) / stride, output + taps - 1 + lowest)
    self.after = output + taps - 1 + lowest - input
    shifts = Array(repeating: 0, count: stride)
    guard input > 0, output > 0 else { return nil }
  }
}

private func floorQuotient(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((b - 1 - a) / b) }
