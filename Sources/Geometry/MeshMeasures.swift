/// An axis-parallel box round a set of points.
public struct Bounds: Sendable, Equatable, Codable {
  /// Smallest and largest coordinates.
  public var lower: SIMD3<Float>, upper: SIMD3<Float>

  /// A box between two corners.
  public init(lower: SIMD3<Float>, upper: SIMD3<Float>) {
    (self.lower, self.upper) = (lower, upper)
  }

  /// Middle of the box.
  public var center: SIMD3<Float> { lower + (upper - lower) / 2 }
  /// Edge lengths.
  public var extent: SIMD3<Float> { upper - lower }
}

extension Mesh {
  /// Corner positions of a face; traps if an index is out of range.
  @inline(__always)
  func corners(of face: SIMD3<UInt32>) -> (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>) {
    (positions[Int(face.x)], positions[Int(face.y)], positions[Int(face.z)])
  }

  /// Box round all vertices; nil without vertices.
  public var bounds: Bounds? {
    guard var lower = positions.first else { return nil }
    var upper = lower
    for position in positions {
      lower.replace(with: position, where: position .< lower)
      upper.replace(with: position, where: position .> upper)
    }
    return Bounds(lower: lower, upper: upper)
  }

  /// Sum of the areas of all faces.
  public var area: Double {
    faces.reduce(0) { sum, face in
      let normal = scaledNormal(of: face)
      return sum + (normal * normal).sum().squareRoot() / 2
    }
  }

  /// Volume inside a closed surface, positive if its faces look outward; without meaning for an open one.
  public var signedVolume: Double {
    // Measured from a vertex, because far from the origin the terms would cancel each other's digits.
    guard let origin = positions.first.map({ SIMD3<Double>($0) }) else { return 0 }
    return faces.reduce(0) { sum, face in
      let (a, b, c) = corners(of: face)
      let (u, v) = (SIMD3<Double>(b) - origin, SIMD3<Double>(c) - origin)
      return sum + ((SIMD3<Double>(a) - origin) * cross(u, v)).sum() / 6
    }
  }

  /// Normal of a face, as long as twice its area.
  private func scaledNormal(of face: SIMD3<UInt32>) -> SIMD3<Double> {
    let (a, b, c) = corners(of: face)
    return cross(SIMD3<Double>(b) - SIMD3<Double>(a), SIMD3<Double>(c) - SIMD3<Double>(a))
  }

  /// Unit normals of the faces, [F]; (0, 0, 1) for a face without area.
  public func faceNormals() -> [SIMD3<Float>] { faces.map { normalized(scaledNormal(of: $0)) } }

  /// Unit normals of the vertices, [V]: the mean of the faces around, weighted by area; (0, 0, 1) where there is none.
  public func vertexNormals() -> [SIMD3<Float>] {
    var sums = [SIMD3<Double>](repeating: .zero, count: positions.count)
    for face in faces {
      let normal = scaledNormal(of: face)
      for corner in 0..<3 { sums[Int(face[corner])] += normal }
    }
    return sums.map(normalized)
  }

  /// The mesh moved by an affine map; faces are turned round if the map mirrors space, so that they still look outward.
  public func transformed(by frame: GridFrame) -> Mesh {
    let moved = positions.map { SIMD3<Float>(frame.position(of: SIMD3<Double>($0))) }
    return Mesh(positions: moved, faces: frame.isMirrored ? flipped().faces : faces)
  }

  /// The mesh with all faces turned round.
  public func flipped() -> Mesh {
    Mesh(positions: positions, faces: faces.map { SIMD3($0.x, $0.z, $0.y) })
  }

  /// Several meshes as one.
  public static func joined(_ meshes: some Sequence<Mesh>) -> Mesh {
    var result = Mesh()
    for mesh in meshes {
      let offset = SIMD3(repeating: UInt32(result.positions.count))
      result.positions += mesh.positions
      result.faces += mesh.faces.map { $0 &+ offset }
    }
    return result
  }
}

@inline(__always)
func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
  SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

private func normalized(_ vector: SIMD3<Double>) -> SIMD3<Float> {
  let length = (vector * vector).sum().squareRoot()
  return length > 0 && length.isFinite ? SIMD3<Float>(vector / length) : [0, 0, 1]
}
