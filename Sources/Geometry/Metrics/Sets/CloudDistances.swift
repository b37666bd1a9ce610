import CMeshQueries
import Synchronization

/// The distances of every cloud of one set to every cloud of another.
///
/// Chamfer distances come from one pass over both clouds at once, in blocks of sixteen neighbouring points of which only
/// those meet that may have something nearer; the result is that of looking at all pairs, in single precision. The means
/// are taken in double precision. No result depends on the number of threads.
public struct CloudDistances: Sendable, Codable, Equatable {
  /// The number of clouds of the first and of the second set.
  public let rowCount, columnCount: Int
  /// What was measured.
  public let distance: CloudDistance
  /// Row by row, [rows, columns].
  public let values: [Double]

  /// A cloud of a set and how far it is.
  public struct Neighbor: Sendable, Codable, Equatable {
    /// Its number in its set; of clouds at the same distance the lowest.
    public var index: Int
    /// Its distance.
    public var distance: Double
  }

  /// Takes distances that are known; traps unless there are as many as rows times columns, at least one.
  public init(_ values: [Double], rowCount: Int, columnCount: Int, distance: CloudDistance) {
    precondition(
      rowCount > 0 && columnCount > 0 && values.count == rowCount * columnCount,
      "\(values.count) distances are not those of \(rowCount) x \(columnCount) clouds")
    (self.values, self.rowCount, self.columnCount, self.distance) = (values, rowCount, columnCount, distance)
  }

  /// Measures the distances from every cloud of a set to every one of another.
  ///
  /// *Throws*: `ComparisonError` if the distance cannot be measured between such clouds or memory does not suffice.
  public init(
    from rows: CloudSet, to columns: CloudSet, _ distance: CloudDistance, threadCount: Int? = nil
  ) throws {
    try CloudSet.check(rows, columns, for: distance)
    let pairs = (0..<rows.count * columns.count).map { ($0 / columns.count, $0 % columns.count) }
    let values = try Self.measure(pairs, rows, columns, distance, threadCount)
    self.init(values, rowCount: rows.count, columnCount: columns.count, distance: distance)
  }

  /// Measures the distances between the clouds of one set: each pair once, which makes them symmetric.
  ///
  /// *Throws*: as for two sets.
  public init(among clouds: CloudSet, _ distance: CloudDistance, threadCount: Int? = nil) throws {
    try CloudSet.check(clouds, clouds, for: distance)
    let pairs = (0..<clouds.count).flatMap { row in (row..<clouds.count).map { (row, $0) } }
    let measured = try Self.measure(pairs, clouds, clouds, distance, threadCount)
    var values = [Double](repeating: 0, count: clouds.count * clouds.count)
    for ((row, column), value) in zip(pairs, measured) {
      values[row * clouds.count + column] = value
      values[column * clouds.count + row] = value
    }
    self.init(values, rowCount: clouds.count, columnCount: clouds.count, distance: distance)
  }

  /// The distance of a cloud of the first set to one of the second.
  public subscript(row: Int, column: Int) -> Double { values[row * columnCount + column] }

  /// The nearest cloud of the second set for each one of the first. Of generated shapes against those of the training
  /// this tells copies from new ones.
  public func nearestColumns() -> [Neighbor] {
    (0..<rowCount).map { row in Self.nearest(columnCount) { self[row, $0] } }
  }

  /// The nearest cloud of the first set for each one of the second.
  public func nearestRows() -> [Neighbor] {
    (0..<columnCount).map { column in Self.nearest(rowCount) { self[$0, column] } }
  }

  private static func nearest(_ count: Int, _ distance: (Int) -> Double) -> Neighbor {
    var nearest = Neighbor(index: 0, distance: distance(0))
    for index in 1..<max(1, count) where distance(index) < nearest.distance {
      nearest = Neighbor(index: index, distance: distance(index))
    }
    return nearest
  }

  /// Measures pairs of clouds on several threads.
  private static func measure(
    _ pairs: [(Int, Int)], _ rows: CloudSet, _ columns: CloudSet, _ distance: CloudDistance, _ threadCount: Int?
  ) throws -> [Double] {
    let failures = Atomic<Int>(0)
    let values = [Double](unsafeUninitializedCapacity: pairs.count) { buffer, count in
      nonisolated(unsafe) let result = buffer
      concurrently(pairs.count, threadCount: threadCount) { number in
        let (row, column) = pairs[number]
        let value = measure(rows.handles[row], columns.handles[column], distance)
        if value == nil { failures.wrappingAdd(1, ordering: .relaxed) }
        result.initializeElement(at: number, to: value ?? .nan)
      }
      count = pairs.count
    }
    guard failures.load(ordering: .relaxed) == 0 else {
      throw ComparisonError("not enough memory for \(distance) between \(rows.name) and \(columns.name)")
    }
    return values
  }

  /// The distance of two clouds; nil if memory does not suffice.
  private static func measure(
    _ row: OpaquePointer, _ column: OpaquePointer, _ distance: CloudDistance
  ) -> Double? {
    var (chamfer, value) = (mq_chamfer(), 0.0)
    switch distance {
    case .chamferSquared: return mq_cloud_chamfer(row, column, &chamfer) == 0 ? chamfer.squared : nil
    case .chamfer: return mq_cloud_chamfer(row, column, &chamfer) == 0 ? chamfer.plain / 2 : nil
    case .earthMover: return mq_cloud_earth_mover(row, column, &value) == 0 ? value : nil
    case .sinkhorn(let epsilon, let iterations):
      return mq_cloud_sinkhorn(row, column, epsilon, iterations, &value) == 0 ? value : nil
    }
  }
}
