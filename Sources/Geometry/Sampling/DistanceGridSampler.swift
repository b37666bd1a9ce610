/// Signed distances of a mesh on a grid.
///
/// *Shapes*: `values[i, j, k]` is the distance at x_i, y_j, z_k, so the first index runs along x.
public struct DistanceGridSampler: Sendable {
  /// What it makes.
  public struct Result: Sendable {
    /// The distances, in the unit of the grid's frame.
    public var grid: ScalarGrid
    /// How many of them have a sign that is not sure.
    public var ambiguousCount: Int
  }

  /// Samples along the axes.
  public var shape: ScalarGrid.Shape
  /// Where they lie.
  public var frame: GridFrame
  /// Leads from the space of `frame` to that of the field; the distances are in units of the former.
  public var placement: UnitFrame

  /// Most points that are asked for at once.
  private static let batchSize = 1 << 18
  /// Most samples of a grid: 4 GiB of distances.
  public static let largestCount = 1 << 30

  /// A grid anywhere.
  public init(_ shape: ScalarGrid.Shape, frame: GridFrame, placement: UnitFrame = .identity) {
    (self.shape, self.frame, self.placement) = (shape, frame, placement)
  }

  /// The grid of linspace(-1, 1, side) along each axis, as the published systems have it.
  public init(side: Int, placement: UnitFrame = .identity) {
    let frame =
      side > 1 ? GridFrame.unitCube(count: side) : GridFrame(origin: SIMD3(repeating: -1), spacing: SIMD3(repeating: 2))
    self.init(ScalarGrid.Shape(cube: side), frame: frame, placement: placement)
  }

  /// Samples a field; `onBatch` is told the number of samples done before each batch, and may end the
  /// work with an error of its own.
  ///
  /// *Throws*: `SamplingError` for a grid that is too large, and what `onBatch` throws.
  public func sample(_ field: MeshDistanceField, onBatch: (Int) throws -> Void = { _ in }) throws -> Result {
    let extents = [shape.depth, shape.height, shape.width]
    guard extents.allSatisfy({ (1...1 << 20).contains($0) }), shape.count <= Self.largestCount else {
      throw SamplingError(
        "a grid of \(extents.map(String.init).joined(separator: " x ")) samples is too large or empty")
    }
    var values: [Float] = []
    values.reserveCapacity(shape.count)
    var ambiguousCount = 0
    let scale = Float(1 / placement.unitLength)
    var points: [SIMD3<Float>] = []
    points.reserveCapacity(min(shape.count, Self.batchSize))
    for start in stride(from: 0, to: shape.count, by: Self.batchSize) {
      try onBatch(start)
      points.removeAll(keepingCapacity: true)
      for index in start..<min(shape.count, start + Self.batchSize) {
        let place = SIMD3(
          Double(index / (shape.height * shape.width)), Double(index / shape.width % shape.height),
          Double(index % shape.width))
        points.append(SIMD3<Float>(placement.outer(frame.position(of: place))))
      }
      let answer = field.query(points)
      ambiguousCount += answer.ambiguousCount
      if scale == 1 { values += answer.distances } else { values += answer.distances.lazy.map { $0 * scale } }
    }
    return Result(grid: ScalarGrid(shape: shape, values: values, frame: frame), ambiguousCount: ambiguousCount)
  }
}

extension ScalarGrid {
  /// The grid with all values brought between minus and plus `limit`.
  public func clipped(to limit: Float) -> ScalarGrid {
    ScalarGrid(shape: shape, values: values.map { min(limit, max(-limit, $0)) }, frame: frame)
  }

  /// The grid with one more sample of the given value at either end of every axis; the others stay where they are.
  public func padded(with value: Float = 1) -> ScalarGrid {
    let outer = Shape(shape.depth + 2, shape.height + 2, shape.width + 2)
    var result = ScalarGrid(
      shape: outer, values: [Float](repeating: value, count: outer.count),
      frame: frame.shifted(by: SIMD3(repeating: -1)))
    for i in 0..<shape.depth {
      for j in 0..<shape.height {
        let source = (i * shape.height + j) * shape.width
        let target = ((i + 1) * outer.height + j + 1) * outer.width + 1
        result.values.replaceSubrange(target..<target + shape.width, with: values[source..<source + shape.width])
      }
    }
    return result
  }
}
