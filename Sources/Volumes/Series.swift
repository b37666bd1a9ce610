/// A series of 3D frames: what a forecaster reads and what it predicts.
///
/// *Shapes*: values lie in row-major order [T, D, H, W]; for the cavity data the spatial axes are x, y, z in this order.
public struct Series: Sendable, Equatable {
  /// The extents of a series.
  public struct Shape: Sendable, Equatable, Codable {
    /// Number of frames, T.
    public var frameCount: Int
    /// Extents of one frame, D, H and W.
    public var depth: Int, height: Int, width: Int

    /// Extents of a series of `frameCount` frames.
    public init(frameCount: Int, depth: Int, height: Int, width: Int) {
      (self.frameCount, self.depth, self.height, self.width) = (frameCount, depth, height, width)
    }

    /// Number of voxels of one frame.
    public var voxelsPerFrame: Int { depth * height * width }
    /// Number of voxels of all frames.
    public var count: Int { frameCount * voxelsPerFrame }
    /// T, D, H, W as a list.
    public var dimensions: [Int] { [frameCount, depth, height, width] }
  }

  /// The values, in the type in which they were read.
  public enum Values: Sendable, Equatable {
    /// Bytes; for binary grids 0 and 1.
    case uint8([UInt8])
    /// Single precision.
    case float32([Float])
  }

  /// What the series is called: the stem of its file.
  public var name: String
  /// Extents.
  public var shape: Shape
  /// Values in row-major order.
  public var values: Values
  /// From voxel indices (first, second, third spatial axis) to physical units, where the file says so.
  public var affine: Affine?
  /// Ground truth that came with the file, where it has any.
  public var labels: CavityLabels?

  /// A series of the given values; traps if their number does not fit the shape.
  public init(name: String, shape: Shape, values: Values, affine: Affine? = nil, labels: CavityLabels? = nil) {
    let count =
      switch values {
      case .uint8(let bytes): bytes.count
      case .float32(let floats): floats.count
      }
    precondition(count == shape.count, "series \(name): \(count) values for shape \(shape.dimensions)")
    (self.name, self.shape, self.values, self.affine, self.labels) = (name, shape, values, affine, labels)
  }
}

/// An affine map from voxel indices to physical space, rows of a 3x4 matrix.
///
/// *Units and frame*: as the file gives them; NIfTI means millimetres, right-anterior-superior.
public struct Affine: Sendable, Equatable, Codable {
  /// The three rows: coefficients of the first, second and third voxel index, then the offset.
  public var rows: [SIMD4<Double>]

  /// A map of three rows.
  public init(rows: [SIMD4<Double>]) {
    precondition(rows.count == 3, "an affine map has three rows")
    self.rows = rows
  }
}

/// Labels of a cavity sample: Betti numbers of the solid and the number of cavities of each kind.
public struct CavityLabels: Sendable, Equatable, Codable {
  /// b0, b1, b2, b3 of the solid with its cavities.
  public var bettiNumbers: [UInt8]
  /// Number of B4, S1xB3, S2xB2 and T2xB2 cavities.
  public var objectCounts: [UInt8]

  /// Labels as they lie in a file.
  public init(bettiNumbers: [UInt8], objectCounts: [UInt8]) {
    (self.bettiNumbers, self.objectCounts) = (bettiNumbers, objectCounts)
  }
}
