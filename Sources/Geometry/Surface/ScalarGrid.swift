import Foundation

/// A scalar sampled on a regular grid: signed distances, probabilities or a binary solid.
///
/// *Shapes*: values lie in row-major order [D, H, W], the last axis fastest.
/// *Units and frame*: `frame` maps the indices of the first, second and third axis to physical x, y and z.
public struct ScalarGrid: Sendable, Equatable {
  /// Extents of the three axes.
  public struct Shape: Sendable, Equatable {
    /// Extents of the first, second and third axis.
    public var depth: Int, height: Int, width: Int

    /// The given extents.
    public init(_ depth: Int, _ height: Int, _ width: Int) {
      (self.depth, self.height, self.width) = (depth, height, width)
    }

    /// The extents of a cube.
    public init(cube side: Int) { self.init(side, side, side) }

    /// Number of samples.
    public var count: Int { depth * height * width }
  }

  /// Extents.
  public let shape: Shape
  /// Samples in row-major order.
  public var values: [Float]
  /// Where the samples lie.
  public var frame: GridFrame

  /// A grid of the given samples; traps if their number does not fit the shape.
  public init(shape: Shape, values: [Float], frame: GridFrame = .index) {
    precondition(shape.depth >= 0 && shape.height >= 0 && shape.width >= 0, "negative extent in \(shape)")
    precondition(values.count == shape.count, "\(values.count) samples for a grid of \(shape)")
    (self.shape, self.values, self.frame) = (shape, values, frame)
  }

  /// A grid of bytes, for example a binary solid of zeros and ones.
  public init(shape: Shape, bytes: [UInt8], frame: GridFrame = .index) {
    self.init(shape: shape, values: bytes.map(Float.init), frame: frame)
  }

  /// Samples a field at every grid position, many at a time.
  ///
  /// *Parameters*: `threadCount` threads share the work if the field allows concurrent calls; the result is the same.
  /// *Throws*: what the field throws.
  public init(
    sampling field: some ScalarField, shape: Shape, frame: GridFrame,
    threadCount: Int = ProcessInfo.processInfo.activeProcessorCount
  ) throws {
    let sampler = FieldSampler(field, threadCount: threadCount)
    var values: [Float] = []
    values.reserveCapacity(shape.count)
    for first in stride(from: 0, to: shape.count, by: FieldSampler.batchSize) {
      values += try sampler.distances(count: min(FieldSampler.batchSize, shape.count - first)) { begin, points in
        for offset in points.indices {
          let index = first + begin + offset
          let row = index / shape.width
          points[offset] = frame.point(row / shape.height, row % shape.height, index % shape.width)
        }
      }
    }
    self.init(shape: shape, values: values, frame: frame)
  }

  /// The sample at a voxel.
  public subscript(_ i: Int, _ j: Int, _ k: Int) -> Float {
    get { values[(i * shape.height + j) * shape.width + k] }
    set { values[(i * shape.height + j) * shape.width + k] = newValue }
  }
}
