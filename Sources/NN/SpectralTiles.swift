import Torch

/// Cuts volumes into the tiles that a spectral convolution transforms, and joins them again, by plain operators.
///
/// Volumes lie [D, H, W, N, C]; tiles become further rows beside the samples, [d, h, w, tiles * N, C].
struct SpectralTiles {
  /// How the volumes are cut.
  let axes: [SpectralAxis]
  /// Which of the three volumes of a convolution they are.
  let side: SpectralGrid.Side

  /// The elements of a tile: how many, and the point of the first.
  static func window(_ axis: SpectralAxis, _ side: SpectralGrid.Side) -> (length: Int, point: Int) {
    switch side {
    case .input: (axis.tiles > 1 ? axis.step + axis.kernel - 1 : axis.input, 0)
    case .output: (axis.step, 0)
    case .kernel: (axis.kernel, axis.tiles > 1 ? 0 : -axis.before)
    }
  }

  /// Tiles of volumes.
  func cut(_ volumes: Tensor) -> Tensor {
    guard axes.contains(where: { $0.tiles > 1 }) else { return volumes }
    var tiles = volumes.padded(margins + [(0, 0), (0, 0)])
    for (index, axis) in axes.enumerated() where axis.tiles > 1 {
      let length = Self.window(axis, side).length
      let parts = (0..<axis.tiles).map { tiles.narrowed(index, start: $0 * axis.step, length: length) }
      tiles = Tensor.concatenated(parts, dim: 3)
    }
    return tiles
  }

  /// Volumes of tiles; where tiles lie over each other, they are added.
  func joined(_ tiles: Tensor) -> Tensor {
    var volumes = tiles
    for (index, axis) in axes.enumerated().reversed() where axis.tiles > 1 {
      let (shape, length) = (volumes.shape, Self.window(axis, side).length)
      let rows = shape[3] / axis.tiles
      var whole = shape
      (whole[index], whole[3]) = ((axis.tiles - 1) * axis.step + length, rows)
      let sum = Tensor.zeros(whole, dtype: tiles.dtype, device: tiles.device)
      for tile in 0..<axis.tiles {
        sum.narrowed(index, start: tile * axis.step, length: length)
          .addInPlace(volumes.narrowed(3, start: tile * rows, length: rows))
      }
      let (before, _) = margins[index]
      volumes = sum.narrowed(index, start: before, length: side == .input ? axis.input : axis.output)
    }
    return volumes
  }

  /// What tiles take beyond the volume before and behind; a negative number behind is what none of them takes.
  private var margins: [(before: Int, after: Int)] {
    axes.map { axis in
      guard axis.tiles > 1 else { return (0, 0) }
      let reach = (axis.tiles - 1) * axis.step + Self.window(axis, side).length
      return side == .input ? (axis.before, max(0, reach - axis.before - axis.input)) : (0, reach - axis.output)
    }
  }
}
