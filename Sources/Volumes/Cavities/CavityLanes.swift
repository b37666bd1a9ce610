import Foundation

/// A cavity prepared for bulk evaluation: signed core distance minus size in single precision, eight points at a time.
///
/// Single precision only ever prunes. Whoever needs a decision treats values within `tolerance` of zero as open and asks
/// `Cavity.contains` in double precision, so that results are those of the double precision formula.
struct CavityLanes {
  typealias Lanes = SIMD8<Float>
  /// Local coordinates of eight points.
  typealias Local = (Lanes, Lanes, Lanes, Lanes)

  let cavity: Cavity
  /// Bound of the error of single precision.
  let tolerance: Float
  /// Row k: the change of the four local coordinates along axis k of the lattice.
  let steps: [SIMD4<Float>]
  private let kind: CavityKind
  private let size: Float, major: Float, sweep: Float, cosine: Float, sine: Float

  init(_ cavity: Cavity, grid: Int) {
    self.cavity = cavity
    tolerance = Float(grid) * 1e-5
    steps = (0..<4).map { axis in
      SIMD4<Float>(SIMD4(cavity.axes[0][axis], cavity.axes[1][axis], cavity.axes[2][axis], cavity.axes[3][axis]))
    }
    kind = cavity.kind
    size = Float(cavity.size)
    major = Float(2 * cavity.size)
    sweep = Float(cavity.sweepRadius)
    cosine = Float(cos(cavity.tilt))
    sine = Float(sin(cavity.tilt))
  }

  /// The four local coordinates of a point.
  func local(_ point: SIMD4<Double>) -> SIMD4<Float> {
    let offset = point - cavity.center
    let axes = cavity.axes
    return SIMD4<Float>(
      SIMD4(
        (axes[0] * offset).sum(), (axes[1] * offset).sum(), (axes[2] * offset).sum(), (axes[3] * offset).sum()))
  }

  /// Eight points in a row from `start`, each one `step` further.
  @inline(__always)
  static func row(from start: SIMD4<Float>, step: SIMD4<Float>) -> Local {
    let ramp = Lanes(0, 1, 2, 3, 4, 5, 6, 7)
    return (start[0] + ramp * step[0], start[1] + ramp * step[1], start[2] + ramp * step[2], start[3] + ramp * step[3])
  }

  /// The eight points at `start` plus a pattern times a scale.
  @inline(__always)
  static func spread(from start: SIMD4<Float>, pattern: Local, scale: Float) -> Local {
    (
      start[0] + pattern.0 * scale, start[1] + pattern.1 * scale, start[2] + pattern.2 * scale,
      start[3] + pattern.3 * scale
    )
  }

  /// The eight corners of a box round the origin, for half extents along three axes of the lattice; bit 2 of the lane
  /// is the sign along the first of them, bit 0 along the last.
  func corners(_ first: SIMD4<Float>, _ second: SIMD4<Float>, _ third: SIMD4<Float>) -> Local {
    let high = Lanes(-1, -1, -1, -1, 1, 1, 1, 1)
    let middle = Lanes(-1, -1, 1, 1, -1, -1, 1, 1)
    let low = Lanes(-1, 1, -1, 1, -1, 1, -1, 1)
    func pattern(_ index: Int) -> Lanes { high * first[index] + middle * second[index] + low * third[index] }
    return (pattern(0), pattern(1), pattern(2), pattern(3))
  }

  /// Core distance minus size: negative inside.
  @inline(__always)
  func depth(_ local: Local) -> Lanes {
    let planar = local.0 * local.0 + local.1 * local.1
    switch kind {
    case .ball:
      return (planar + local.2 * local.2 + local.3 * local.3).squareRoot() - size
    case .ring:
      let radial = planar.squareRoot() - major
      return (radial * radial + local.2 * local.2 + local.3 * local.3).squareRoot() - size
    case .shell:
      let radial = (planar + local.2 * local.2).squareRoot() - major
      return (radial * radial + local.3 * local.3).squareRoot() - size
    case .torus:
      let swept = planar.squareRoot() - sweep
      let across = swept * cosine - local.3 * sine
      let along = swept * sine + local.3 * cosine
      let radial = (across * across + local.2 * local.2).squareRoot() - major
      return (radial * radial + along * along).squareRoot() - size
    }
  }
}
