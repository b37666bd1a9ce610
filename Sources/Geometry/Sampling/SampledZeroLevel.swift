import Foundation

/// Points of a surface of which only points with their signed distances are known.
///
/// The samples nearest to the surface are moved onto it: each by its own distance, along the gradient of a linear
/// function that is fitted to the distances of its neighbours. Near samples are drawn by area, so the points are too.
///
/// *Units and frame*: those of the samples.
/// *Limits*: it can be no better than the samples are dense; `residual` says how well they fit together.
public struct SampledZeroLevel: Sendable, Equatable {
  /// The points, [P].
  public var points: [SIMD3<Float>] = []
  /// Outward unit normals, [P].
  public var normals: [SIMD3<Float>] = []
  /// The largest distance that a point was moved.
  public var reach: Float = 0
  /// Median difference between the distances of neighbours and the fitted linear functions.
  public var residual: Float = 0

  /// Neighbours of a sample that its gradient is fitted to, itself included.
  static let neighborCount = 16

  /// Moves the `count` samples nearest to the surface onto it; fewer where gradients cannot be told.
  ///
  /// *Throws*: `SamplingError` unless there are a few dozen samples on both sides of the surface.
  public init(of points: [SIMD3<Float>], distances: [Float], count: Int, threadCount: Int? = nil) throws {
    precondition(points.count == distances.count, "there must be a distance for every point")
    let inside = distances.count { $0 < 0 }
    guard min(inside, points.count - inside) >= Self.neighborCount else {
      throw SamplingError("of \(points.count) samples \(inside) are inside; a surface needs some on both sides")
    }
    let order = distances.indices.sorted {
      (abs(distances[$0]), $0) < (abs(distances[$1]), $1)
    }
    // Four times as many as are moved serve as neighbours: the nearest ones would lie in a sheet and say little.
    let near = Array(order.prefix(max(4 * count, 256)))
    let tree = try PointCloudTree(near.map { points[$0] })
    let known = near.map { distances[$0] }
    let moved = min(count, near.count)
    var fits = [Fit?](repeating: nil, count: moved)
    fits.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let result = buffer
      concurrently((moved + 255) / 256, threadCount: threadCount) { block in
        for index in block * 256..<min(moved, (block + 1) * 256) { result[index] = Fit(at: index, tree, known) }
      }
    }
    let found = fits.compactMap(\.self)
    guard !found.isEmpty else {
      throw SamplingError("the samples near the surface lie too far apart to tell its place")
    }
    (self.points, normals) = (found.map(\.point), found.map(\.normal))
    reach = found.map(\.reach).max() ?? 0
    residual = found.map(\.residual).sorted()[found.count / 2]
  }

  /// The linear function through the distances round a sample.
  private struct Fit {
    var point, normal: SIMD3<Float>
    var reach, residual: Float

    /// Nil where the neighbours lie in a plane, or the function is far from a distance.
    init?(at index: Int, _ tree: PointCloudTree, _ distances: [Float]) {
      let center = tree.points[index]
      let found = withUnsafeTemporaryAllocation(of: Int.self, capacity: SampledZeroLevel.neighborCount) { numbers in
        let count = tree.nearest(to: center, into: numbers)
        return (0..<count).map { numbers[$0] }
      }
      // Least squares of distance - own distance = gradient . offset.
      var (xx, yy, zz, xy, xz, yz) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
      var right = SIMD3<Double>.zero
      for number in found {
        let offset = SIMD3<Double>(tree.points[number]) - SIMD3<Double>(center)
        let rise = Double(distances[number]) - Double(distances[index])
        (xx, yy, zz) = (xx + offset.x * offset.x, yy + offset.y * offset.y, zz + offset.z * offset.z)
        (xy, xz, yz) = (xy + offset.x * offset.y, xz + offset.x * offset.z, yz + offset.y * offset.z)
        right += rise * offset
      }
      let rows = [SIMD3(xx, xy, xz), SIMD3(xy, yy, yz), SIMD3(xz, yz, zz)]
      guard let gradient = Self.solve(rows, right) else { return nil }
      let length = (gradient * gradient).sum().squareRoot()
      guard (0.5...1.5).contains(length) else { return nil }
      let direction = gradient / length
      let errors = found.map { number in
        let offset = SIMD3<Double>(tree.points[number]) - SIMD3<Double>(center)
        return abs((gradient * offset).sum() - Double(distances[number]) + Double(distances[index]))
      }
      normal = SIMD3<Float>(direction)
      point = SIMD3<Float>(SIMD3<Double>(center) - Double(distances[index]) * direction)
      reach = abs(distances[index])
      residual = Float(errors.reduce(0, +) / Double(max(1, errors.count)))
    }

    /// The solution of a symmetric system by Cramer's rule; nil if it is nearly singular.
    private static func solve(_ rows: [SIMD3<Double>], _ right: SIMD3<Double>) -> SIMD3<Double>? {
      func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
        SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
      }
      let (yz, zx, xy) = (cross(rows[1], rows[2]), cross(rows[2], rows[0]), cross(rows[0], rows[1]))
      let determinant = (rows[0] * yz).sum()
      let size = (rows[0].x + rows[1].y + rows[2].z) / 3
      guard determinant > 1e-9 * size * size * size, size > 0 else { return nil }
      return (yz * right.x + zx * right.y + xy * right.z) / determinant
    }
  }
}
