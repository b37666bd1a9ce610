import Foundation

/// Marching cubes: the surface on which a grid takes a given value, as one closed, consistently oriented mesh.
///
/// Every crossed grid edge gets exactly one vertex and every cell is filled so that neighbours agree, so the result is
/// a 2-manifold: each edge has exactly two faces (one on the border of an open surface), in opposite directions, and
/// the faces round each vertex form one fan. Ambiguous faces are decided from the sign of the bilinear saddle, in
/// favour of separate solids where it is exactly zero. The result does not depend on the number of threads.
///
/// *Units and frame*: vertices are in the physical space of the grid's frame; faces look outward, also where the frame
/// mirrors space.
/// *Reference*: Lorensen and Cline 1987; Nielson and Hamann 1991 (face decisions). Differs: the filling of a cell is
/// derived, not tabulated, and a tunnel through the inside of a single cell is never opened.
/// *Limits*: samples must be finite; at most 2^32 - 1 vertices.
public struct SurfaceExtraction: Sendable, Equatable {
  /// Which side of the level is solid.
  public enum Inside: Sendable, Equatable {
    /// Solid where the value is below the level, as in a signed distance.
    case below
    /// Solid where the value is above the level, as in a probability or a binary grid.
    case above
  }

  /// What happens where the solid touches the border of the grid.
  public enum Border: Sendable, Equatable {
    /// The surface ends there.
    case open
    /// The surface is closed by one more layer of samples of the given value; without a value, the one farthest
    /// outside among the samples (0 for a binary grid).
    case closed(padding: Float? = nil)
  }

  /// The value on the surface. A sample exactly at the level is outside.
  public var level: Float
  /// Which side is solid.
  public var inside: Inside
  /// What happens at the border.
  public var border: Border
  /// Vertices keep this distance, in voxels, from the grid points, so that samples exactly at the level do not make
  /// faces without area. Zero places them exactly; `Mesh.welded(tolerance:)` then removes such faces.
  public var vertexMargin: Float = 1e-3
  /// Smooths the steps of a binary grid, or leaves the surface as it is.
  public var smoothing: SurfaceSmoothing?
  /// Number of threads; the result is the same for any.
  public var threadCount: Int = ProcessInfo.processInfo.activeProcessorCount

  /// An extraction at the given level.
  public init(level: Float, inside: Inside, border: Border = .closed()) {
    (self.level, self.inside, self.border) = (level, inside, border)
  }

  /// For signed distances: level 0, solid below.
  public static let signedDistance = SurfaceExtraction(level: 0, inside: .below)
  /// For probabilities and binary grids: level 0.5, solid above.
  public static let occupancy = SurfaceExtraction(level: 0.5, inside: .above)
  /// For binary grids: level 0.5 with the steps smoothed away by at most half a voxel.
  public static var smoothOccupancy: SurfaceExtraction {
    var extraction = occupancy
    extraction.smoothing = SurfaceSmoothing()
    return extraction
  }

  /// The surface of a grid; empty if the level is not crossed.
  ///
  /// *Throws*: `SurfaceError` for samples, a level or a frame that are not finite, and for a surface too large to index.
  public func mesh(of grid: ScalarGrid) throws -> Mesh {
    try validate(frame: grid.frame)
    guard let smoothing else { return try march(grid, frame: grid.frame) }
    // Smoothing is measured in voxels, so it is done before the map to physical space.
    let rough = try march(grid, frame: .index)
    return smoothing.smoothed(rough).transformed(by: grid.frame)
  }

  private func march(_ grid: ScalarGrid, frame: GridFrame) throws -> Mesh {
    guard grid.shape.count > 0 else { return Mesh() }
    return try grid.values.withUnsafeBufferPointer { values in
      let pass = try MarchingPass(self, values: values, shape: grid.shape, frame: frame)
      return try pass.run()
    }
  }

  func validate(frame: GridFrame) throws {
    guard level.isFinite else { throw SurfaceError.invalidLevel(level) }
    guard vertexMargin >= 0, vertexMargin < 0.5 else { throw SurfaceError.invalidMargin(vertexMargin) }
    guard frame.isUsable else { throw SurfaceError.unusableFrame }
    if case .closed(let padding?) = border, !padding.isFinite || isInside(padding) {
      throw SurfaceError.invalidPadding(padding)
    }
  }

  /// The value of the padding, where `farthest` is the sample farthest outside.
  func paddingValue(farthest: Float) -> Float {
    guard case .closed(let padding) = border else { return 0 }
    if let padding { return padding }
    // As far outside as any sample, so that a cap lies where a face inside the grid would lie.
    guard isInside(farthest) || farthest == level else { return farthest }
    let distance = max(1, abs(level))
    return inside == .below ? level + distance : level - distance
  }

  func isInside(_ value: Float) -> Bool { inside == .below ? value < level : value > level }
}

/// Why a surface could not be extracted.
public enum SurfaceError: Error, Equatable, CustomStringConvertible {
  /// The level is not a finite number.
  case invalidLevel(Float)
  /// The vertex margin is not between 0 and 0.5.
  case invalidMargin(Float)
  /// The padding value is inside the solid or not finite.
  case invalidPadding(Float)
  /// The frame has entries that are not finite, or cannot be inverted.
  case unusableFrame
  /// A sample is not a finite number.
  case sampleNotFinite(index: [Int], value: Float)
  /// A slope or a safety factor that is none.
  case invalidSlope(Float)
  /// Farthest that vertices may move is negative or not finite.
  case invalidReach(Float)
  /// The grid has too many samples along an axis.
  case gridTooLarge(extent: Int)
  /// More vertices or faces than 32-bit indices reach.
  case tooLarge(vertices: Int)

  /// What went wrong and what to do.
  public var description: String {
    switch self {
    case .invalidLevel(let level): "surface level \(level) is not a finite number; give another level"
    case .invalidMargin(let margin): "vertex margin \(margin) is not between 0 and 0.5 voxels"
    case .invalidPadding(let value): "border padding \(value) is inside the solid or not finite; give a value outside"
    case .unusableFrame: "the grid's affine map is not finite or not invertible; correct the file's header"
    case .sampleNotFinite(let index, let value):
      "the grid holds \(value) at \(index.map(String.init).joined(separator: ",")); replace it by a finite number"
    case .invalidSlope(let slope): "\(slope) bounds no slope; give a positive slope or a safety factor of at least 1"
    case .invalidReach(let reach): "vertices cannot move by \(reach); give a distance that is not negative"
    case .gridTooLarge(let extent):
      "\(extent) samples along an axis are more than \(SparseSurfaceExtraction.largestExtent); use a coarser grid"
    case .tooLarge(let count): "the surface has \(count) vertices, more than a mesh can index; use a coarser grid"
    }
  }
}
