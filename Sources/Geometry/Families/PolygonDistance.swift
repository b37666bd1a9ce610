/// The exact signed distance of a flat region that is bounded by closed polygons, negative inside.
///
/// Inside is where a ray crosses the boundary an odd number of times, so a polygon within another is a hole.
/// *Units and frame*: those of the corners; computed in double precision.
public struct PolygonDistance: Sendable {
  /// Where a point stands: its signed distance, and the unit direction in which that grows fastest.
  public struct Place: Sendable, Equatable {
    /// Negative inside.
    public var distance: Double
    /// Unit length.
    public var gradient: SIMD2<Double>
  }

  private struct Edge {
    var start, along: SIMD2<Double>
    /// One over the squared length.
    var inverse: Double
    /// Edges that only close the region, such as those on the axis of a turned solid, are no surface.
    var isSurface: Bool
  }

  /// The closed polygons.
  public let contours: [[SIMD2<Double>]]
  private let edges: [Edge]

  /// A region between closed polygons; the last corner of each is joined with its first.
  ///
  /// *Parameters*: edges both of whose ends satisfy `isSeam` count for the sign and not for the distance.
  public init(_ contours: [[SIMD2<Double>]], isSeam: (SIMD2<Double>) -> Bool = { _ in false }) {
    self.contours = contours
    edges = contours.flatMap { corners in
      corners.indices.compactMap { index in
        let (start, end) = (corners[index], corners[(index + 1) % corners.count])
        let along = end - start
        let length = (along * along).sum()
        guard length > 0 else { return nil }
        return Edge(
          start: start, along: along, inverse: 1 / length, isSurface: !(isSeam(start) && isSeam(end)))
      }
    }
  }

  /// The signed distance of a point.
  public func place(of point: SIMD2<Double>) -> Place {
    var (least, offset, normal) = (Double.infinity, SIMD2<Double>.zero, SIMD2<Double>(1, 0))
    var isInside = false
    for edge in edges {
      let toPoint = point - edge.start
      let end = edge.start.y + edge.along.y
      if (edge.start.y > point.y) != (end > point.y),
        edge.along.x * toPoint.y / edge.along.y > toPoint.x
      {
        isInside.toggle()
      }
      guard edge.isSurface else { continue }
      let share = min(max((toPoint * edge.along).sum() * edge.inverse, 0), 1)
      let across = toPoint - share * edge.along
      let squared = (across * across).sum()
      guard squared < least else { continue }
      (least, offset) = (squared, across)
      normal = SIMD2(edge.along.y, -edge.along.x) * edge.inverse.squareRoot()
    }
    let distance = least.squareRoot()
    // On the surface itself there is no direction to it: a step along the normal of the edge says which side is which.
    guard distance > 0 else { return Place(distance: 0, gradient: place(of: point + 1e-9 * normal).gradient) }
    return isInside
      ? Place(distance: -distance, gradient: offset / -distance)
      : Place(distance: distance, gradient: offset / distance)
  }
}
