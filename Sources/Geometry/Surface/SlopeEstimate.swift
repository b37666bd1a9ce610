/// How steep a field is, from differences between samples.
struct SlopeEstimate: Sendable {
  /// The steepest slope so far.
  private(set) var steepest: Float = 0
  /// Columns of the inverse of the frame: a difference per voxel along an axis times its column, summed over the axes,
  /// is the gradient.
  private let columns: (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>)
  private let axes: (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>)
  private let steps: SIMD3<Float>

  init(_ frame: GridFrame) {
    let (a, b, c) = (frame.step(0), frame.step(1), frame.step(2))
    let scale = 1 / frame.determinant
    columns = (
      SIMD3<Float>(cross(b, c) * scale), SIMD3<Float>(cross(c, a) * scale), SIMD3<Float>(cross(a, b) * scale)
    )
    axes = (SIMD3<Float>(a), SIMD3<Float>(b), SIMD3<Float>(c))
    func length(_ v: SIMD3<Double>) -> Double { (v * v).sum().squareRoot() }
    steps = SIMD3<Float>(Float(length(a)), Float(length(b)), Float(length(c)))
  }

  /// Takes note of a slope.
  mutating func observe(_ slope: Float) {
    if slope > steepest { steepest = slope }
  }

  /// Takes note of a difference between two samples that lie `offset` voxels apart.
  mutating func observe(difference: Float, over offset: SIMD3<Float>) {
    let length = distance(offset)
    if length > 0 { observe(abs(difference) / length) }
  }

  /// The physical length of an offset in voxels.
  func distance(_ offset: SIMD3<Float>) -> Float {
    let physical = offset.x * axes.0 + offset.y * axes.1 + offset.z * axes.2
    return (physical * physical).sum().squareRoot()
  }

  /// Takes note of eight samples at the corners of a box of `side` voxels, by 4i + 2j + k: of the mean gradient and of
  /// the steepest edge.
  mutating func observe(corners low: SIMD4<Float>, _ high: SIMD4<Float>, side: Float) {
    let first = high - low
    let evens = SIMD4<Float>(low.x, low.y, high.x, high.y)
    let second = SIMD4<Float>(low.z, low.w, high.z, high.w) - evens
    let third = SIMD4<Float>(low.y, low.w, high.y, high.w) - SIMD4<Float>(low.x, low.z, high.x, high.z)
    var gradient = columns.0 * first.sum()
    gradient += columns.1 * second.sum()
    gradient += columns.2 * third.sum()
    observe((gradient * gradient).sum().squareRoot() / (4 * side))
    observe(Self.largest(first) / (steps.x * side))
    observe(Self.largest(second) / (steps.y * side))
    observe(Self.largest(third) / (steps.z * side))
  }

  private static func largest(_ differences: SIMD4<Float>) -> Float {
    max(differences.max(), -differences.min())
  }
}
