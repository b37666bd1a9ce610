/// Moves the vertices of an extracted surface onto the level itself, along the gradient of the field.
///
/// Marching cubes places a vertex where a straight line between two samples crosses the level, which is off by the
/// field's curvature between them. Newton steps put that right; a step that does not bring the vertex nearer to the
/// level is halved, and no vertex goes farther than `reach` from where it was, so the faces cannot turn over.
///
/// *Units and frame*: those of the field.
/// *Limits*: vertices move, faces stay; edges sharper than the grid stay cut off as they are. Where the field has no
/// gradient, as a clipped one far from its surface, vertices stay in place.
public struct LevelProjection: Sendable, Equatable {
  /// The value on the surface.
  public var level: Float
  /// Farthest that a vertex moves; half the spacing of the grid is a good choice.
  public var reach: Float
  /// Times that the field is asked at most.
  public var stepCount = 8
  /// Vertices nearer than this times the reach to the level stay.
  public var tolerance: Float = 1e-6

  /// A projection onto a level.
  public init(level: Float, reach: Float) { (self.level, self.reach) = (level, reach) }

  /// A projection by at most half the shortest step of a grid.
  public init(level: Float, frame: GridFrame) {
    let steps = (0..<3).map { axis in
      let step = frame.step(axis)
      return (step * step).sum().squareRoot()
    }
    self.init(level: level, reach: Float((steps.min() ?? 0) / 2))
  }

  /// The mesh with its vertices on the level.
  ///
  /// *Throws*: what the field throws; `SurfaceError` for a level or a reach that is not usable.
  public func projected(_ mesh: Mesh, onto field: some ScalarField) throws -> Mesh {
    guard level.isFinite else { throw SurfaceError.invalidLevel(level) }
    guard reach >= 0, reach.isFinite else { throw SurfaceError.invalidReach(reach) }
    var result = mesh
    let batch = FieldSampler.batchSize
    for first in stride(from: 0, to: mesh.positions.count, by: batch) {
      let range = first..<min(first + batch, mesh.positions.count)
      result.positions.replaceSubrange(range, with: try project(Array(mesh.positions[range]), field))
    }
    return result
  }

  /// A vertex on its way.
  private struct Walker {
    let index: Int
    let start: SIMD3<Float>
    /// The nearest to the level so far.
    var best: SIMD3<Float>
    var error: Float = .infinity
    /// From the best position to the next one to be tried.
    var step = SIMD3<Float>.zero
  }

  private func project(_ positions: [SIMD3<Float>], _ field: some ScalarField) throws -> [SIMD3<Float>] {
    var result = positions
    var walkers = positions.indices.map { Walker(index: $0, start: positions[$0], best: positions[$0]) }
    for _ in 0...max(0, stepCount) where !walkers.isEmpty {
      let samples = try field.samples(at: walkers.map { $0.best + $0.step }, withGradients: true)
      let gradients = samples.gradients ?? Array(repeating: .zero, count: walkers.count)
      for number in walkers.indices { advance(&walkers[number], samples.distances[number] - level, gradients[number]) }
      for walker in walkers { result[walker.index] = walker.best }
      walkers.removeAll { $0.error <= tolerance * reach || $0.step == .zero }
    }
    return result
  }

  /// Takes a step that helped, and plans the next one; or halves a step that did not.
  private func advance(_ walker: inout Walker, _ offset: Float, _ gradient: SIMD3<Float>) {
    guard abs(offset) < walker.error else {
      walker.step *= 0.5
      return
    }
    walker.best += walker.step
    walker.error = abs(offset)
    let squared = (gradient * gradient).sum()
    guard squared > 0, squared.isFinite else {
      walker.step = .zero
      return
    }
    var moved = walker.best - offset / squared * gradient - walker.start
    let length = (moved * moved).sum().squareRoot()
    if length > reach { moved *= reach / length }
    walker.step = walker.start + moved - walker.best
  }
}
