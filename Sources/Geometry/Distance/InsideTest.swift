import CMeshQueries

/// Queries that lie near each other, in the frame of a `FaceTree`.
struct QueryBlock {
  /// Three numbers a query.
  var points: UnsafePointer<Float>
  /// Nearest points of the surface.
  var nearest: UnsafePointer<mq_nearest>
  /// Number of queries.
  var count: Int

  @inline(__always) func point(_ index: Int) -> SIMD3<Float> {
    SIMD3(points[3 * index], points[3 * index + 1], points[3 * index + 2])
  }
}

/// Tells inside from outside.
protocol InsideTest: Sendable {
  /// Writes the margin of every query: from 1, surely inside, through 0, undecided, to -1, surely outside.
  func margins(of block: QueryBlock, into margins: UnsafeMutablePointer<Float>)
}

/// What margins mean.
enum InsideMargin {
  /// Below this size a margin is called ambiguous.
  static let ambiguous: Float = 0.5
}
