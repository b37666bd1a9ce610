/// Which samples of the smallest blocks can lie at the surface, as far as the centres of the blocks around tell.
///
/// The field is extended from a block's centre by its differences to the neighbours; a sample is wanted if the level is no
/// farther from that than the field changes over a cell, with a margin, and than its differences differ. What this misses is
/// found by following the surface.
struct SamplePrediction {
  /// What the steepest differences are multiplied with.
  private static let margin: Float = 1.2

  private let gradients: [SIMD3<Float>]
  private let reaches: [Float]

  /// Blocks of side two with their values, and where these were taken.
  init(_ blocks: [SparseBlock], _ centers: [SIMD3<Int32>]) {
    let unknown = SIMD3<Float>(repeating: .nan)
    var ahead = [SIMD3<Float>](repeating: unknown, count: blocks.count)
    var behind = ahead
    BlockNeighbors(blocks).forEachPair { axis, first, second in
      let step = centers[second][axis] - centers[first][axis]
      guard step > 0 else { return }
      let slope = (blocks[second].value - blocks[first].value) / Float(step)
      ahead[first][axis] = slope
      behind[second][axis] = slope
    }
    var gradients: [SIMD3<Float>] = []
    var reaches: [Float] = []
    for (ahead, behind) in zip(ahead, behind) {
      // Where there is one neighbour along an axis, it stands for both; where there is none, the reach stays unknown.
      let (high, low) = (
        ahead.replacing(with: behind, where: ahead .!= ahead), behind.replacing(with: ahead, where: behind .!= behind)
      )
      let (steepHigh, steepLow) = (
        high.replacing(with: -high, where: high .< 0), low.replacing(with: -low, where: low .< 0)
      )
      let steepest = steepHigh.replacing(with: steepLow, where: steepLow .> steepHigh)
      let bend = (high - low) / 2
      gradients.append((high + low) / 2)
      reaches.append((Self.margin * steepest + bend.replacing(with: -bend, where: bend .< 0)).sum())
    }
    (self.gradients, self.reaches) = (gradients, reaches)
  }

  /// The wanted samples of a row of three: places -1 to 1 along the last axis, beside the centre by `i` and `j`. Nil for none;
  /// `clearance` is the centre's value minus the level.
  func row(of block: Int, clearance: Float, i: Int, j: Int) -> ClosedRange<Int>? {
    let (gradient, reach) = (gradients[block], reaches[block])
    guard reach == reach else { return -1...1 }
    let middle = clearance + Float(i) * gradient.x + Float(j) * gradient.y
    var range: ClosedRange<Int>?
    for k in -1...1 where abs(middle + Float(k) * gradient.z) <= reach {
      range = (range?.lowerBound ?? k)...k
    }
    return range
  }
}
