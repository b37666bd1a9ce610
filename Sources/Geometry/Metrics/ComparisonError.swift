/// Why two shapes could not be compared.
public struct ComparisonError: Error, Equatable, CustomStringConvertible {
  /// What is wrong and what to do, in one line.
  public let description: String

  init(_ description: String) { self.description = description }

  /// Throws unless points are there and have coordinates that single precision can square.
  static func check(_ points: [SIMD3<Float>]) throws {
    guard points.count <= 1 << 30 else { throw ComparisonError("\(points.count) points are too many") }
    guard let first = points.first else { throw ComparisonError("there are no points to compare") }
    var (lower, upper) = (first, first)
    for (index, point) in points.enumerated() {
      guard Bounds.isUsable(point) else {
        throw ComparisonError("point \(index) has a coordinate that is not finite or beyond 1e15; repair or scale it")
      }
      lower = pointwiseMin(lower, point)
      upper = pointwiseMax(upper, point)
    }
    let extent = (upper - lower).max()
    guard extent == 0 || extent > 1e-15 else {
      throw ComparisonError("the shape is only \(extent) wide, too small for exact distances; scale it")
    }
  }
}
