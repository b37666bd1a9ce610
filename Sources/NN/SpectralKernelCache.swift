import Torch

/// Transforms of kernels that inference keeps from call to call, as long as nobody writes to the kernels.
///
/// Training makes them anew at every step and lets go of these.
final class SpectralKernelCache {
  private struct Key: Hashable {
    var grid: SpectralGrid
    var dtype: DType
    var weight: UnsafeMutableRawPointer
    var version: Int
  }

  private var kept: [String: (key: Key, weight: Tensor, spectrum: Spectrum)] = [:]

  /// The transform that `make` gives for a weight in a role, for volumes of a type.
  func spectrum(
    _ role: String, of weight: Tensor, on grid: SpectralGrid, _ dtype: DType, make: () -> Spectrum
  ) -> Spectrum {
    let key = Key(grid: grid, dtype: dtype, weight: weight.elements, version: weight.version)
    if let found = kept[role], found.key == key { return found.spectrum }
    let spectrum = make()
    // The weight is kept too, so that no other comes to lie at its address.
    kept[role] = (key, weight, spectrum)
    return spectrum
  }

  /// Lets go of all.
  func clear() { kept = [:] }
}
