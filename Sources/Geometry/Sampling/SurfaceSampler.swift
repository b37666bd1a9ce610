import Randomness

/// A random point of a surface.
public struct SurfaceSample: Sendable, Equatable {
  /// The point.
  public var position: SIMD3<Float>
  /// The unit normal of its face.
  public var normal: SIMD3<Float>
  /// The face on which it lies.
  public var face: Int

  /// A point with its normal and face.
  public init(position: SIMD3<Float>, normal: SIMD3<Float>, face: Int) {
    (self.position, self.normal, self.face) = (position, normal, face)
  }
}

/// Draws points of a mesh with equal chance for equal areas.
///
/// *Units and frame*: those of the mesh.
public struct SurfaceSampler: Sendable {
  /// The area of all faces.
  public let area: Double
  private let mesh: Mesh
  /// Area of all faces up to and including each, [F].
  private let sums: [Double]

  /// Points drawn from one stream of random numbers; a part of the meaning of a seed.
  private static let blockSize = 4096

  /// Prepares a mesh.
  ///
  /// *Throws*: `MeshError` for a mesh without faces or with broken ones, `SurfaceSamplingError` if it has no area.
  public init(_ mesh: Mesh) throws {
    try mesh.validate()
    guard !mesh.faces.isEmpty else { throw MeshError.noFaces }
    var sum = 0.0
    sums = mesh.faces.map { face in
      let normal = Self.scaledNormal(mesh, face)
      sum += (normal * normal).sum().squareRoot() / 2
      return sum
    }
    guard sum > 0, sum.isFinite else { throw SurfaceSamplingError(faceCount: mesh.faces.count) }
    (self.mesh, area) = (mesh, sum)
  }

  /// Independent random points; traps if `count` is negative.
  ///
  /// Point i depends on the mesh, the seed and i alone: more points begin with the same ones, and the number of
  /// threads does not matter.
  public func points(count: Int, seed: UInt64, threadCount: Int? = nil) -> [SurfaceSample] {
    [SurfaceSample](unsafeUninitializedCapacity: count) { buffer, initialized in
      nonisolated(unsafe) let samples = buffer
      concurrently((count + Self.blockSize - 1) / Self.blockSize, threadCount: threadCount) { block in
        var generator = SeededGenerator(seed: seed, stream: UInt64(block))
        for index in block * Self.blockSize..<min(count, (block + 1) * Self.blockSize) {
          samples.initializeElement(at: index, to: sample(&generator))
        }
      }
      initialized = count
    }
  }

  private func sample(_ generator: inout SeededGenerator) -> SurfaceSample {
    let index = face(at: generator.uniform() * area)
    var (u, v) = (generator.uniform(), generator.uniform())
    // The square is folded along its diagonal onto the triangle.
    if u + v > 1 { (u, v) = (1 - u, 1 - v) }
    let face = mesh.faces[index]
    let (a, b, c) = mesh.corners(of: face)
    let along = (SIMD3<Double>(b) - SIMD3<Double>(a)) * u + (SIMD3<Double>(c) - SIMD3<Double>(a)) * v
    let normal = Self.scaledNormal(mesh, face)
    return SurfaceSample(
      position: SIMD3<Float>(SIMD3<Double>(a) + along),
      normal: SIMD3<Float>(normal / (normal * normal).sum().squareRoot()), face: index)
  }

  /// The first face with more area up to it than given; so no face without area is ever chosen.
  private func face(at place: Double) -> Int {
    var (low, high) = (0, sums.count - 1)
    // Rounding may make the place the whole area: then it belongs to the last face that has any.
    let place = place < area ? place : area.nextDown
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] > place { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private static func scaledNormal(_ mesh: Mesh, _ face: SIMD3<UInt32>) -> SIMD3<Double> {
    let (a, b, c) = mesh.corners(of: face)
    return cross(SIMD3<Double>(b) - SIMD3<Double>(a), SIMD3<Double>(c) - SIMD3<Double>(a))
  }
}

/// A mesh on which no point can be drawn.
public struct SurfaceSamplingError: Error, Equatable, CustomStringConvertible {
  /// How many faces it has.
  public let faceCount: Int

  /// What went wrong and what to do.
  public var description: String { "all \(faceCount) faces are without area; nothing can be sampled: repair the mesh" }
}
