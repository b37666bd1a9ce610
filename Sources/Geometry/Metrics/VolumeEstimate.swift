import Randomness

/// Counts random points inside two meshes.
struct VolumeEstimate {
  /// Nil if no point is inside either.
  let overlap: VolumeOverlap?
  let meshSign, referenceSign: SignDecision

  private static let blockSize = 4096
  /// Sets the points of the box apart from those of the surfaces.
  private static let seedOffset: UInt64 = 0x5DEE_CE66_D1CE_4E5B

  init(_ mesh: Mesh, _ reference: Mesh, _ options: ComparisonOptions) throws {
    let own = try Solid(mesh, options)
    let other = try Solid(reference, options)
    (meshSign, referenceSign) = (own.field.sign, other.field.sign)
    let box = own.bounds.union(other.bounds)
    var (both, either, ambiguous) = (0, 0, 0)
    // Slabs of points bound the memory of large counts.
    let slab = 64 * Self.blockSize
    for start in stride(from: 0, to: options.volumeSampleCount, by: slab) {
      let count = min(slab, options.volumeSampleCount - start)
      let points = Self.points(count, firstBlock: start / Self.blockSize, in: box, options)
      let (inside, otherInside) = (own.contains(points), other.contains(points))
      ambiguous += inside.ambiguousCount + otherInside.ambiguousCount
      for (a, b) in zip(inside.flags, otherInside.flags) {
        both += a && b ? 1 : 0
        either += a || b ? 1 : 0
      }
    }
    overlap = VolumeOverlap(
      sampleCount: options.volumeSampleCount, insideBoth: both, insideEither: either, ambiguousCount: ambiguous)
  }

  private static func points(
    _ count: Int, firstBlock: Int, in box: Bounds, _ options: ComparisonOptions
  ) -> [SIMD3<Float>] {
    let (lower, extent) = (SIMD3<Double>(box.lower), SIMD3<Double>(box.upper) - SIMD3<Double>(box.lower))
    return [SIMD3<Float>](unsafeUninitializedCapacity: count) { buffer, initialized in
      nonisolated(unsafe) let result = buffer
      concurrently((count + blockSize - 1) / blockSize, threadCount: options.threadCount) { block in
        var generator = SeededGenerator(seed: options.seed &+ seedOffset, stream: UInt64(firstBlock + block))
        for index in block * blockSize..<min(count, (block + 1) * blockSize) {
          let share = SIMD3(generator.uniform(), generator.uniform(), generator.uniform())
          result.initializeElement(at: index, to: SIMD3<Float>(lower + share * extent))
        }
      }
      initialized = count
    }
  }

  /// A mesh that points are asked to be in.
  private struct Solid {
    let field: MeshDistanceField
    let bounds: Bounds

    init(_ mesh: Mesh, _ options: ComparisonOptions) throws {
      guard let bounds = Bounds(mesh.usedPositions) else { throw MeshError.noFaces }
      self.bounds = bounds
      field = try MeshDistanceField(mesh, sign: options.sign, threadCount: options.threadCount)
    }

    /// Which points are inside; those beyond the box of the mesh are outside by any rule and are not asked about.
    func contains(_ points: [SIMD3<Float>]) -> (flags: [Bool], ambiguousCount: Int) {
      let asked = points.indices.filter { all(points[$0] .>= bounds.lower) && all(points[$0] .<= bounds.upper) }
      let result = field.query(asked.map { points[$0] })
      var flags = [Bool](repeating: false, count: points.count)
      for (index, distance) in zip(asked, result.distances) { flags[index] = distance < 0 }
      return (flags, result.ambiguousCount)
    }
  }
}
