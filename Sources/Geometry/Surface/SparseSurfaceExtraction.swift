import Foundation

/// The surface on which a field takes a given value, at any resolution: like sampling a grid and extracting its surface,
/// but only where the surface can be.
///
/// A hierarchy of blocks is refined: a block is given up if the field's value at its centre is farther from the level
/// than the field can change within the block. What is left is sampled at grid points, and marching cubes runs on
/// those. Where a surface leaves the samples, it is followed, so the result is closed; and random samples check the
/// blocks that were given up. The mesh is that of `SurfaceExtraction` on the same grid, vertex by vertex and in the same
/// order, wherever every crossed cell was found; `SparseStatistics` says what stands behind that. Memory grows with the
/// surface, not with the grid.
///
/// *Units and frame*: vertices are in the physical space of `frame`, as those of a grid of this shape and frame.
/// *Limits*: a part of the solid that is smaller than a block can be missed if the field has steeper slopes than it is
/// thought to have. With a true bound (`slope`, or `ScalarField.slopeBound`) nothing that the grid shows is missed.
public struct SparseSurfaceExtraction: Sendable, Equatable {
  /// How fast a field can change: what decides whether a block can hold a part of the surface.
  public enum Slope: Sendable, Equatable {
    /// The field's own bound if it has one, else an estimate with a safety factor of 1.5.
    case automatic
    /// No difference quotient exceeds this. 1 for true distances, also clipped ones.
    case atMost(Float)
    /// The steepest slope between samples, at every scale, times this. A field without any slope on the coarsest
    /// blocks, as a clipped one may be, is taken for a clipped distance.
    case estimated(safety: Float)
    /// Blocks are given up as if no difference quotient exceeded this, whatever single samples show; what is wrong with that
    /// is found by samples on the wrong side and by following the surface. With 1, for networks that learned distances:
    /// they are steeper in places, but not on the way from a block's centre to a surface. Of the smallest blocks only those
    /// samples are taken that can lie at the surface as far as the blocks around tell.
    case assumed(Float)
  }

  /// Where vertices are placed.
  public enum Method: String, Sendable, Codable, CaseIterable {
    /// On the crossed grid edges, as a dense extraction does.
    case marchingCubes
    /// Inside the cells, where tangent planes meet: sharp edges and corners stay sharp. Needs a field with gradients and
    /// two more samples for each crossed edge; never smoothed. Faces may cross each other near details of the size of a
    /// cell, two that touch there may share an edge with two others, and an open surface ends up to a cell early.
    case dualContouring
  }

  /// Level, solid side, border, smoothing and threads. Without a padding value a closed border takes the sample
  /// farthest outside among those that were asked for.
  public var extraction: SurfaceExtraction
  /// Extents of the grid.
  public var shape: ScalarGrid.Shape
  /// Where its samples lie.
  public var frame: GridFrame
  /// Where vertices are placed.
  public var method = Method.marchingCubes
  /// How fast the field can change.
  public var slope = Slope.automatic
  /// Random samples of the blocks that were given up, as a share of all samples (at least 1,024); zero checks nothing.
  public var checkedShare = 0.02
  /// Seed of the random samples.
  public var seed: UInt64 = 0

  /// An extraction on a grid of the given shape and frame.
  public init(_ extraction: SurfaceExtraction = .signedDistance, shape: ScalarGrid.Shape, frame: GridFrame) {
    (self.extraction, self.shape, self.frame) = (extraction, shape, frame)
  }

  /// An extraction on `resolution` samples from -1 to 1 along every axis; traps if there are fewer than two.
  public init(_ extraction: SurfaceExtraction = .signedDistance, resolution: Int) {
    self.init(extraction, shape: .init(cube: resolution), frame: .unitCube(count: resolution))
  }

  /// Largest extent of a grid.
  public static let largestExtent = 1 << 14

  /// The surface of a field; empty if the level is not crossed.
  ///
  /// *Throws*: what the field throws, and `SurfaceError` as `SurfaceExtraction.mesh(of:)` does.
  public func surface(of field: some ScalarField) throws -> SparseSurface {
    try extraction.validate(frame: frame)
    guard max(shape.depth, shape.height, shape.width) <= Self.largestExtent else {
      throw SurfaceError.gridTooLarge(extent: max(shape.depth, shape.height, shape.width))
    }
    switch slope {
    case .atMost(let bound), .assumed(let bound):
      guard bound > 0, bound.isFinite else { throw SurfaceError.invalidSlope(bound) }
    case .automatic, .estimated: break
    }
    if case .estimated(let safety) = slope, !(safety >= 1 && safety.isFinite) {
      throw SurfaceError.invalidSlope(safety)
    }
    guard min(shape.depth, shape.height, shape.width) > 0 else {
      return SparseSurface(mesh: Mesh(), statistics: SparseStatistics())
    }
    let refinement = SparseRefinement(self, field: field)
    try refinement.run()
    var statistics = refinement.statistics
    let isSmoothed = extraction.smoothing != nil && method == .marchingCubes
    let pass = BrickMarching(
      extraction, bricks: refinement.bricks, frame: isSmoothed ? .index : frame, farthest: refinement.farthest)
    var mesh = try pass.run()
    statistics.visitedCellCount = pass.visitedCellCount
    statistics.crossedCellCount = pass.crossedCellCount
    statistics.peakBytes += pass.byteCount + mesh.positions.count * 16 + mesh.faces.count * 16
    if method == .dualContouring {
      let contouring = DualContouring(
        patches: DualPatches(pass, vertexCount: mesh.positions.count), sampler: refinement.requests.sampler,
        level: extraction.level, frame: frame, pad: refinement.pad)
      statistics.sampleCount += 2 * mesh.positions.count
      statistics.peakBytes += mesh.positions.count * 160
      return SparseSurface(mesh: try contouring.mesh(crossings: mesh.positions), statistics: statistics)
    }
    if let smoothing = extraction.smoothing { mesh = smoothing.smoothed(mesh).transformed(by: frame) }
    return SparseSurface(mesh: mesh, statistics: statistics)
  }
}

/// A surface and how it was found.
public struct SparseSurface: Sendable, Equatable {
  /// The surface.
  public var mesh: Mesh
  /// What was asked and checked.
  public var statistics: SparseStatistics

  /// A surface and how it was found.
  public init(mesh: Mesh, statistics: SparseStatistics) { (self.mesh, self.statistics) = (mesh, statistics) }
}

/// What a sparse extraction asked of its field, and how far its result can be trusted.
public struct SparseStatistics: Sendable, Equatable, Codable {
  /// Whether the field forced more work than blocks that are proven empty.
  public enum Fallback: String, Sendable, Codable {
    /// None: no check failed.
    case none
    /// Slopes were steeper than thought, or parts were missed: some blocks were refined or sampled in full afterwards.
    case partial
    /// The field changes too fast, or checks kept failing: every sample of the grid was taken.
    case dense
  }

  /// The blocks of one size.
  public struct Level: Sendable, Equatable, Codable {
    /// Cells along the edge of a block.
    public var blockSide: Int
    /// Blocks that were looked at.
    public var blockCount: Int
    /// Blocks that can hold a part of the surface.
    public var keptCount: Int
  }

  /// Samples that a dense extraction takes.
  public var gridSampleCount = 0
  /// Samples that were taken.
  public var sampleCount = 0
  /// Blocks by size, large ones first.
  public var levels: [Level] = []
  /// Cells of the grid all of whose corners were sampled, and those of them that the surface passes through.
  public var visitedCellCount = 0, crossedCellCount = 0
  /// The slope that decided in the end, per unit of physical space.
  public var slopeBound: Float = 0
  /// Whether that slope was promised by the field or the caller.
  public var isSlopePromised = false
  /// Random samples in blocks that were given up.
  public var checkCount = 0
  /// Those of them that lay on the wrong side, and those that showed a slope steeper than thought.
  public var wrongSideCount = 0, steeperCount = 0
  /// Blocks that were sampled because the surface led there.
  public var followedBlockCount = 0
  /// What the checks led to.
  public var fallback = Fallback.none
  /// Memory at its largest, without that of the field and the caller.
  public var peakBytes = 0

  /// Nothing yet.
  public init() {}
}
