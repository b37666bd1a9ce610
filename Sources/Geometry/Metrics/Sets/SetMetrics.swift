/// How a set of generated shapes stands to a set of real ones.
///
/// *Reference*: Achlioptas et al. 2018, arXiv:1707.02392 (coverage, minimum matching distance); Lopez-Paz and Oquab 2017,
/// arXiv:1610.06545, and Yang et al. 2019 (PointFlow), arXiv:1906.12320 (1-nearest-neighbour accuracy).
///
/// *Limits*: coverage and minimum matching distance are only comparable between sets of the same sizes.
public struct SetMetrics: Sendable, Codable, Equatable {
  /// Share of the real shapes that are the nearest one of at least one generated shape: COV, 1 at best. Of equally near
  /// ones the first counts.
  public var coverage: Double
  /// Mean over the real shapes of the distance to the nearest generated one: MMD, 0 at best.
  public var minimumMatchingDistance: Double
  /// Share of all shapes whose nearest other shape comes from the same set: 1-NNA, 1/2 at best, 1 for sets apart.
  ///
  /// Of equally near shapes the first counts, generated ones coming before real ones. Copies of the real shapes make it
  /// less than 1/2, down to 0 where every shape has its copy in the other set only.
  public var nearestNeighborAccuracy: Double

  /// The figures of known values.
  public init(coverage: Double, minimumMatchingDistance: Double, nearestNeighborAccuracy: Double) {
    self.coverage = coverage
    self.minimumMatchingDistance = minimumMatchingDistance
    self.nearestNeighborAccuracy = nearestNeighborAccuracy
  }

  /// The figures of all shapes of both sets.
  public init(_ distances: SetDistances) {
    self.init(
      distances, generated: ShapeDraw(allOf: distances.generatedCount),
      reference: ShapeDraw(allOf: distances.referenceCount))
  }

  /// The figures of shapes that were drawn, some several times. A shape is no neighbour of itself, however often drawn.
  init(_ distances: SetDistances, generated: ShapeDraw, reference: ShapeDraw) {
    let between = distances.between
    var rows = [NearestShape](repeating: NearestShape(), count: between.rowCount)
    var columns = [NearestShape](repeating: NearestShape(), count: between.columnCount)
    for row in generated.shapes {
      for column in reference.shapes {
        let distance = between[row, column]
        rows[row].offer(column, distance)
        columns[column].offer(row, distance)
      }
    }
    let covered = Set(generated.shapes.map { rows[$0].index })
    let (generatedTotal, referenceTotal) = (Double(generated.total), Double(reference.total))
    var (coverage, matching, matches) = (0, 0.0, 0)
    for column in reference.shapes {
      let count = reference.counts[column]
      if covered.contains(column) { coverage += count }
      matching += columns[column].distance * Double(count)
      // An equally near generated shape comes first.
      let own = Self.nearestOther(of: column, among: reference.shapes, distances.withinReference)
      if own < columns[column].distance { matches += count }
    }
    for row in generated.shapes {
      let own = Self.nearestOther(of: row, among: generated.shapes, distances.withinGenerated)
      if own <= rows[row].distance { matches += generated.counts[row] }
    }
    self.init(
      coverage: Double(coverage) / referenceTotal, minimumMatchingDistance: matching / referenceTotal,
      nearestNeighborAccuracy: Double(matches) / (generatedTotal + referenceTotal))
  }

  /// The distance of the nearest other shape of the same set; infinite if there is none.
  private static func nearestOther(of shape: Int, among shapes: [Int], _ distances: CloudDistances) -> Double {
    var least = Double.infinity
    for other in shapes where other != shape { least = min(least, distances[shape, other]) }
    return least
  }
}

/// The nearest shape so far.
private struct NearestShape {
  var index = 0
  var distance = Double.infinity

  mutating func offer(_ other: Int, _ distance: Double) {
    if distance < self.distance { (index, self.distance) = (other, distance) }
  }
}

/// How often each shape of a set is there.
struct ShapeDraw {
  let counts: [Int]
  /// Those that are there, in ascending order.
  let shapes: [Int]
  /// All, with repetitions.
  let total: Int

  /// Every shape once.
  init(allOf count: Int) { self.init(counts: [Int](repeating: 1, count: count)) }

  init(counts: [Int]) {
    self.counts = counts
    shapes = counts.indices.filter { counts[$0] > 0 }
    total = counts.reduce(0, +)
  }
}
