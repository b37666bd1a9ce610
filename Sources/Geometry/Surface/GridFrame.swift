/// Where the samples of a grid lie: an affine map from voxel indices (first, second, third axis) to physical space.
///
/// Index (0, 0, 0) is the centre of the first voxel, so a voxel reaches half a step to each side of its sample.
///
/// *Units and frame*: whatever the source of the grid says. A map that mirrors space (negative determinant, as NIfTI
/// files often have) is welcome; whoever makes faces turns them round so that they still look outward.
public struct GridFrame: Sendable, Equatable {
  /// Rows of the 3x4 matrix that give x, y and z: coefficients of the three voxel indices, then the offset.
  public var x: SIMD4<Double>, y: SIMD4<Double>, z: SIMD4<Double>

  /// A frame from the rows of a 3x4 matrix.
  public init(x: SIMD4<Double>, y: SIMD4<Double>, z: SIMD4<Double>) {
    (self.x, self.y, self.z) = (x, y, z)
  }

  /// A frame from the rows of a 3x4 matrix (a fourth row, if any, is left out); traps if there are fewer than three.
  public init(rows: [SIMD4<Double>]) {
    precondition(rows.count >= 3, "a grid frame has three rows, not \(rows.count)")
    self.init(x: rows[0], y: rows[1], z: rows[2])
  }

  /// An axis-parallel frame: position = origin + index * spacing.
  public init(origin: SIMD3<Double> = .zero, spacing: SIMD3<Double> = .one) {
    self.init(
      x: [spacing.x, 0, 0, origin.x], y: [0, spacing.y, 0, origin.y], z: [0, 0, spacing.z, origin.z])
  }

  /// Physical space equals index space.
  public static let index = GridFrame()

  /// The frame whose first and last samples lie on -1 and 1 along every axis, as linspace(-1, 1, count) does.
  public static func unitCube(count: Int) -> GridFrame {
    precondition(count > 1, "a grid from -1 to 1 needs at least two samples")
    return GridFrame(origin: SIMD3(repeating: -1), spacing: SIMD3(repeating: 2 / Double(count - 1)))
  }

  /// The image of index (0, 0, 0).
  public var origin: SIMD3<Double> { SIMD3(x.w, y.w, z.w) }

  /// The physical step along one of the three index axes.
  public func step(_ axis: Int) -> SIMD3<Double> { SIMD3(x[axis], y[axis], z[axis]) }

  /// The signed volume of one voxel.
  public var determinant: Double {
    let (a, b, c) = (step(0), step(1), step(2))
    return a.x * (b.y * c.z - b.z * c.y) + a.y * (b.z * c.x - b.x * c.z) + a.z * (b.x * c.y - b.y * c.x)
  }

  /// Whether the map turns a right-handed frame into a left-handed one.
  public var isMirrored: Bool { determinant < 0 }

  /// Whether all entries are finite and the map can be inverted.
  public var isUsable: Bool {
    let sum = (x + y + z).sum()
    return sum.isFinite && determinant.isFinite && determinant != 0
  }

  /// The physical position of a (fractional) voxel index.
  public func position(of index: SIMD3<Double>) -> SIMD3<Double> {
    origin + index.x * step(0) + index.y * step(1) + index.z * step(2)
  }

  /// Where a field is asked for the sample of a voxel.
  func point(_ i: Int, _ j: Int, _ k: Int) -> SIMD3<Float> {
    SIMD3<Float>(position(of: SIMD3(Double(i), Double(j), Double(k))))
  }

  /// The same frame with its index origin moved by `offset` voxels.
  public func shifted(by offset: SIMD3<Double>) -> GridFrame {
    let moved = position(of: offset)
    var frame = self
    (frame.x.w, frame.y.w, frame.z.w) = (moved.x, moved.y, moved.z)
    return frame
  }
}
