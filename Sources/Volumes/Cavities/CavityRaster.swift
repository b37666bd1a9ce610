/// Evaluates a sample on its lattice: pooled or in full, always as double precision decides every single lattice point.
///
/// Blocks of the lattice are decided as a whole where the value at their centre allows it (core distances are
/// 1-Lipschitz); the rest is divided. No block is ever approximated.
public struct CavityRaster: Sendable {
  /// The sample that is evaluated.
  public let sample: CavitySample

  /// A raster of one sample.
  public init(_ sample: CavitySample) {
    self.sample = sample
  }

  /// The sample pooled by `pool` in space: 1 where any lattice point of a block lies in a cavity.
  ///
  /// *Shapes*: [grid, grid/pool, grid/pool, grid/pool], 1 = cavity: the layout of the TFRecord files.
  public func pooled(by pool: Int) throws -> Series {
    let grid = sample.grid
    guard pool >= 1, pool <= grid, grid % pool == 0 else { throw CavityError.pool(pool, grid: grid) }
    let side = grid / pool
    let shape = Series.Shape(frameCount: grid, depth: side, height: side, width: side)
    let bytes = [UInt8](unsafeUninitializedCapacity: shape.count) { buffer, count in
      buffer.initialize(repeating: 0)
      for cavity in sample.cavities {
        PooledCavityRaster(cavity, grid: grid, pool: pool).fill(buffer)
      }
      count = shape.count
    }
    return Series(
      name: sample.name(pooledBy: pool), shape: shape, values: .uint8(bytes), labels: sample.composition.labels)
  }

  /// Frame `time` of the full lattice, 1 = cavity unless `solid`, which stores 1 = solid as the original files do.
  ///
  /// A full hypervolume of 128^4 bytes is written frame by frame with this, so that memory stays at one frame.
  /// *Shapes*: [grid, grid, grid].
  public func frame(_ time: Int, solid: Bool = false) -> [UInt8] {
    let grid = sample.grid
    precondition((0..<grid).contains(time), "frame \(time) of a lattice of side \(grid)")
    let count = grid * grid * grid
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      buffer.initialize(repeating: solid ? 1 : 0)
      for cavity in sample.cavities {
        FrameCavityRaster(cavity, grid: grid, time: time, value: solid ? 0 : 1).fill(buffer)
      }
      initialized = count
    }
  }
}

/// The blocks or points of a lattice axis, `first...last`, that a solid can touch.
struct CavityBounds {
  let first: SIMD4<Int>
  let last: SIMD4<Int>

  /// Bounds from the support function, one voxel wider for rounding, kept inside the lattice.
  init(_ cavity: Cavity, grid: Int) {
    let reach = cavity.reach
    var (low, high) = (SIMD4<Int>(), SIMD4<Int>())
    for axis in 0..<4 {
      low[axis] = max(0, Int((cavity.center[axis] - reach.lower[axis]).rounded(.down)) - 1)
      high[axis] = min(grid - 1, Int((cavity.center[axis] + reach.upper[axis]).rounded(.up)) + 1)
    }
    (first, last) = (low, high)
  }
}
