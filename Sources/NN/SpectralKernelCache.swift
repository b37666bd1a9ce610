import Torch

/// Transforms of kernels that are kept from pass to pass, as long as nobody writes to the kernels.
///
/// A step of training needs each several times: a critic's for two kinds of samples, for its slope and for that slope's own
/// derivatives.
final class SpectralKernelCache {
  private struct Key: Hashable {
    var role: String
    var grid: SpectralGrid
    var dtype: DType
  }

  private struct Entry {
    /// Kept too, so that no other comes to lie at its address.
    var weight: Tensor
    var version: Int
    var spectrum: Spectrum

    func isOf(_ other: Tensor) -> Bool { weight.elements == other.elements && weight.shape == other.shape }
  }

  /// The only kernel whose transforms are kept; nil for every one that is asked for. Gradients of second order ask with kernels
  /// that will not come again.
  var subject: Tensor?
  private var kept: [Key: Entry] = [:]

  /// The transform that `make` gives for a weight in a role, for volumes of a type.
  func spectrum(
    _ role: String, of weight: Tensor, on grid: SpectralGrid, _ dtype: DType, make: () -> Spectrum
  ) -> Spectrum {
    if let subject, subject.elements != weight.elements || subject.shape != weight.shape { return make() }
    let key = Key(role: role, grid: grid, dtype: dtype)
    let version = weight.version
    if let found = kept[key], found.isOf(weight), found.version == version { return found.spectrum }
    let spectrum = make()
    kept = kept.filter { !$1.isOf(weight) || $1.version == version }
    kept[key] = Entry(weight: weight.detached(), version: version, spectrum: spectrum)
    return spectrum
  }

  /// Lets go of all.
  func clear() { kept = [:] }
}
