/// Normals of an extracted surface from the gradient of what it was extracted from: smoother than those of its faces.
///
/// *Units and frame*: unit vectors in physical space that point out of the solid. Where there is no gradient the normal
/// of the faces round the vertex takes its place.
public struct GradientNormals: Sendable, Equatable {
  /// Which side of the level is solid.
  public var inside: SurfaceExtraction.Inside

  /// Normals of a solid on the given side.
  public init(inside: SurfaceExtraction.Inside = .below) { self.inside = inside }

  /// One normal per vertex, from the field's own gradient.
  ///
  /// *Throws*: what the field throws.
  public func normals(of mesh: Mesh, in field: some ScalarField) throws -> [SIMD3<Float>] {
    var gradients: [SIMD3<Float>] = []
    gradients.reserveCapacity(mesh.positions.count)
    for first in stride(from: 0, to: mesh.positions.count, by: FieldSampler.batchSize) {
      let end = min(first + FieldSampler.batchSize, mesh.positions.count)
      let samples = try field.samples(at: Array(mesh.positions[first..<end]), withGradients: true)
      gradients += samples.gradients ?? Array(repeating: .zero, count: end - first)
    }
    return normals(of: mesh, gradients)
  }

  /// One normal per vertex, from central differences of the grid's samples (one-sided at its border), interpolated
  /// between them.
  ///
  /// *Throws*: `SurfaceError` for a frame that cannot be inverted.
  public func normals(of mesh: Mesh, in grid: ScalarGrid) throws -> [SIMD3<Float>] {
    guard grid.frame.isUsable else { throw SurfaceError.unusableFrame }
    guard grid.shape.count > 0 else { return mesh.vertexNormals() }
    let frame = grid.frame
    let (a, b, c) = (frame.step(0), frame.step(1), frame.step(2))
    // Rows of the inverse: from positions to indices, and from differences per index to gradients.
    let scale = 1 / frame.determinant
    let rows = [cross(b, c) * scale, cross(c, a) * scale, cross(a, b) * scale]
    let gradients = mesh.positions.map { position -> SIMD3<Float> in
      let offset = SIMD3<Double>(position) - frame.origin
      let index = SIMD3<Double>((rows[0] * offset).sum(), (rows[1] * offset).sum(), (rows[2] * offset).sum())
      let slope = grid.interpolatedDifferences(at: index)
      return SIMD3<Float>(slope.x * rows[0] + slope.y * rows[1] + slope.z * rows[2])
    }
    return normals(of: mesh, gradients)
  }

  private func normals(of mesh: Mesh, _ gradients: [SIMD3<Float>]) -> [SIMD3<Float>] {
    let ofFaces = gradients.contains { Self.unit($0) == nil } ? mesh.vertexNormals() : []
    return gradients.enumerated().map { vertex, gradient in
      guard let unit = Self.unit(gradient) else { return ofFaces[vertex] }
      return inside == .below ? unit : -unit
    }
  }

  private static func unit(_ vector: SIMD3<Float>) -> SIMD3<Float>? {
    let length = (vector * vector).sum().squareRoot()
    return length > 0 && length.isFinite ? vector / length : nil
  }
}

extension ScalarGrid {
  /// Differences per index step along the three axes at a fractional index, by trilinear interpolation.
  fileprivate func interpolatedDifferences(at index: SIMD3<Double>) -> SIMD3<Double> {
    let last = SIMD3<Double>(Double(shape.depth - 1), Double(shape.height - 1), Double(shape.width - 1))
    let clamped = index.clamped(lowerBound: .zero, upperBound: last)
    let floor = SIMD3<Int>(clamped.rounded(.down))
    let t = clamped - SIMD3<Double>(floor)
    var result = SIMD3<Double>.zero
    for corner in 0..<8 {
      let offset = SIMD3<Int>(corner >> 2, corner >> 1 & 1, corner & 1)
      let sides = SIMD3<Double>(offset)
      let weights = sides * t + (1 - sides) * (1 - t)
      let weight = weights.x * weights.y * weights.z
      if weight > 0 { result += weight * differences(at: floor &+ offset) }
    }
    return result
  }

  private func differences(at position: SIMD3<Int>) -> SIMD3<Double> {
    let last = SIMD3<Int>(shape.depth, shape.height, shape.width) &- 1
    var result = SIMD3<Double>.zero
    for axis in 0..<3 {
      var (ahead, behind) = (position, position)
      ahead[axis] = min(position[axis] + 1, last[axis])
      behind[axis] = max(position[axis] - 1, 0)
      guard ahead[axis] > behind[axis] else { continue }
      let difference = Double(self[ahead.x, ahead.y, ahead.z]) - Double(self[behind.x, behind.y, behind.z])
      result[axis] = difference / Double(ahead[axis] - behind[axis])
    }
    return result
  }
}
