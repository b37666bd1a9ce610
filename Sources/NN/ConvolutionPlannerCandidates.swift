import Torch

extension ConvolutionCall {
  /// Float32 kernel spectra beyond this are not tried: training keeps three of them.
  private static let maximumKernelBytes = 512e6
  /// Spectra of all samples that are in memory together beyond this are not tried.
  private static let maximumActivationBytes = 2e9

  /// All ways to compute it, the library's first.
  public var candidates: [ConvolutionMethod] { [.direct] + matrixCandidates + spectralCandidates }

  private var isCountable: Bool {
    batch > 0 && inputChannels > 0 && outputChannels > 0 && repetitions > 0
      && [extents, kernel, before, after].allSatisfy { $0.count == 3 && $0.allSatisfy { (0...4096).contains($0) } }
      && (extents + kernel + outputExtents).allSatisfy { $0 > 0 }
  }

  /// Kernels of one voxel without borders.
  var matrixCandidates: [ConvolutionMethod] {
    isCountable && device == "cpu" && kernel.allSatisfy { $0 == 1 } && (before + after).allSatisfy { $0 == 0 }
      ? [.matrixProduct] : []
  }

  /// One, two, four... tiles along each axis, as far as the transforms reach and memory allows.
  var spectralCandidates: [ConvolutionMethod] {
    guard isCountable, device == "cpu", kernel.contains(where: { $0 > 1 }) else { return [] }
    let counts = (0..<3).map(tileCounts)
    return counts[0].flatMap { first in
      counts[1].flatMap { second in counts[2].map { ConvolutionMethod.spectral(tiles: [first, second, $0]) } }
    }.filter { method in
      guard case .spectral(let tiles) = method else { return false }
      let count = SpectralCount(self, tiles: tiles)
      let together = isTraining ? Double(gradientUses) : 1
      return count.fullKernelBytes <= Self.maximumKernelBytes
        && together * count.activationBytes <= Self.maximumActivationBytes
    }
  }

  private func tileCounts(_ axis: Int) -> [Int] {
    let output = outputExtents[axis]
    return (0..<10).map { 1 << $0 }.filter { tiles in
      let points = SpectralAxis(
        input: extents[axis], output: output, kernel: kernel[axis], before: before[axis], tiles: tiles,
        isEven: axis == 0
      ).points
      // No tile without outputs, and none of a single one.
      let step = (output + tiles - 1) / tiles
      return points <= SpectralGrid.maximumPoints && (tiles == 1 || step > 1 && step * (tiles - 1) < output)
    }
  }
}
