/// All distances within and between a set of generated shapes and a set of real ones: what figures of sets follow from.
public struct SetDistances: Sendable, Codable, Equatable {
  /// From each generated shape to each other one.
  public let withinGenerated: CloudDistances
  /// From each generated shape (row) to each real one (column).
  public let between: CloudDistances
  /// From each real shape to each other one.
  public let withinReference: CloudDistances

  /// Takes matrices of one kind of distance.
  ///
  /// *Throws*: `ComparisonError` if their sizes or kinds do not belong together.
  public init(withinGenerated: CloudDistances, between: CloudDistances, withinReference: CloudDistances) throws {
    let (generated, reference) = (between.rowCount, between.columnCount)
    for (name, matrix, count) in [
      ("within the generated set", withinGenerated, generated),
      ("within the reference set", withinReference, reference),
    ] {
      guard matrix.rowCount == count, matrix.columnCount == count else {
        throw ComparisonError(
          "distances \(name) are \(matrix.rowCount) x \(matrix.columnCount), those between the sets are "
            + "\(generated) x \(reference)")
      }
      guard matrix.distance == between.distance else {
        throw ComparisonError(
          "distances \(name) are \(matrix.distance), those between the sets are \(between.distance)")
      }
    }
    for (name, matrix) in [
      ("within the generated set", withinGenerated), ("between the sets", between),
      ("within the reference set", withinReference),
    ] {
      guard let place = matrix.values.firstIndex(where: { !$0.isFinite }) else { continue }
      let (row, column) = (place / matrix.columnCount, place % matrix.columnCount)
      throw ComparisonError("the distance of clouds \(row) and \(column) \(name) is not finite")
    }
    (self.withinGenerated, self.between, self.withinReference) = (withinGenerated, between, withinReference)
  }

  /// Measures all three matrices.
  ///
  /// *Throws*: `ComparisonError` if the distance cannot be measured between such clouds.
  public init(
    generated: CloudSet, reference: CloudSet, _ distance: CloudDistance, threadCount: Int? = nil
  ) throws {
    try self.init(
      withinGenerated: CloudDistances(among: generated, distance, threadCount: threadCount),
      between: CloudDistances(from: generated, to: reference, distance, threadCount: threadCount),
      withinReference: CloudDistances(among: reference, distance, threadCount: threadCount))
  }

  /// The number of generated shapes.
  public var generatedCount: Int { between.rowCount }
  /// The number of real shapes.
  public var referenceCount: Int { between.columnCount }
}
