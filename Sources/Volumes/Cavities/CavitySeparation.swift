/// Decides whether two cavities come closer to each other than a gap.
///
/// They do so exactly if some point is nearer than half the gap to both. The larger of the two distances is 1-Lipschitz, so
/// a box of 4D space can be discarded as soon as the value at its centre exceeds half the gap by the box's half diagonal.
/// What is still open at a half diagonal of `resolution` counts as too close.
struct CavitySeparation {
  let gap: Double
  /// Side of the lattice: sets the precision.
  let grid: Int
  /// Half diagonal in voxels at which a box is not divided any further.
  var resolution: Float = 0.02

  /// Whether the surfaces of two cavities are at least `gap` apart.
  func areSeparated(_ first: PlacedCavity, _ second: PlacedCavity) -> Bool {
    let offset = first.cavity.center - second.cavity.center
    let distance = (offset * offset).sum().squareRoot()
    if distance - first.cavity.outerRadius - second.cavity.outerRadius >= gap { return true }
    if first.cavity.kind == .ball && second.cavity.kind == .ball { return false }
    let half = gap / 2
    let low = pointwiseMax(first.low, second.low) - half
    let high = pointwiseMin(first.high, second.high) + half
    if any(low .>= high) { return true }
    let extent = (high - low) / 2
    let center = (high + low) / 2
    let search = SeparationSearch(
      first: CavityLanes(first.cavity, grid: grid), second: CavityLanes(second.cavity, grid: grid),
      extent: SIMD4<Float>(extent), threshold: Float(half), resolution: resolution)
    return !search.findsPoint(
      first: search.first.local(center), second: search.second.local(center), scale: 0.5)
  }
}

/// A cavity with the box that holds it.
struct PlacedCavity {
  let cavity: Cavity
  let low: SIMD4<Double>
  let high: SIMD4<Double>

  init(_ cavity: Cavity) {
    let reach = cavity.reach
    self.cavity = cavity
    low = cavity.center - reach.lower
    high = cavity.center + reach.upper
  }
}

/// The branch and bound of `CavitySeparation` over one box.
private struct SeparationSearch {
  typealias Lanes = CavityLanes.Lanes

  let first: CavityLanes
  let second: CavityLanes
  /// Half extents of the whole box.
  let extent: SIMD4<Float>
  let threshold: Float
  let resolution: Float
  private let patterns: (CavityLanes.Local, CavityLanes.Local)
  private let diagonal: Float

  init(first: CavityLanes, second: CavityLanes, extent: SIMD4<Float>, threshold: Float, resolution: Float) {
    (self.first, self.second, self.extent) = (first, second, extent)
    (self.threshold, self.resolution) = (threshold, resolution)
    diagonal = (extent * extent).sum().squareRoot()
    func pattern(_ lanes: CavityLanes) -> CavityLanes.Local {
      lanes.corners(lanes.steps[1] * extent[1], lanes.steps[2] * extent[2], lanes.steps[3] * extent[3])
    }
    patterns = (pattern(first), pattern(second))
  }

  /// Whether a point nearer than the threshold to both lies in the box whose half extents are `2 scale` of the whole,
  /// round the point of the given local coordinates.
  func findsPoint(first center: SIMD4<Float>, second other: SIMD4<Float>, scale: Float) -> Bool {
    let radius = diagonal * scale
    for side: Float in [-scale, scale] {
      let shift = side * extent[0]
      let here = CavityLanes.spread(from: center + first.steps[0] * shift, pattern: patterns.0, scale: scale)
      let there = CavityLanes.spread(from: other + second.steps[0] * shift, pattern: patterns.1, scale: scale)
      let worst = pointwiseMax(first.depth(here), second.depth(there))
      if any(worst .< threshold - first.tolerance) { return true }
      let open = worst .< threshold + radius + first.tolerance
      if !any(open) { continue }
      if radius < resolution { return true }
      for lane in 0..<8 where open[lane] {
        let child = SIMD4(here.0[lane], here.1[lane], here.2[lane], here.3[lane])
        let partner = SIMD4(there.0[lane], there.1[lane], there.2[lane], there.3[lane])
        if findsPoint(first: child, second: partner, scale: scale / 2) { return true }
      }
    }
    return false
  }
}
