/// How two meshes are compared: the protocol that is printed beside every number.
public struct ComparisonOptions: Sendable, Codable, Equatable {
  /// What a sample's distance is measured to.
  public enum Target: String, Sendable, Codable, CaseIterable {
    /// The nearest sample of the other mesh, as published numbers are: two samplings of one surface are not at 0.
    case points
    /// The nearest point of the other mesh, exactly.
    case surface
  }

  /// Random points of each surface.
  public var sampleCount = 30_000
  /// Random points of the joint box for the overlap of the volumes; 0 leaves it out.
  public var volumeSampleCount = 100_000
  /// What distances are measured to.
  public var target = Target.points
  /// Distances up to which a sample counts as met, in the units of the result; nil is 1 % of the diagonal of the
  /// reference's box.
  public var thresholds: [Double]?
  /// What both meshes are scaled by before anything is measured.
  public var normalization = ComparisonNormalization.none
  /// How inside and outside are told apart.
  public var sign = SignMethod.auto
  /// Seed of all samples.
  public var seed: UInt64 = 1
  /// The number of threads; nil takes all cores. Results do not depend on it.
  public var threadCount: Int?

  /// The usual protocol.
  public init() {}

  /// Samples that are drawn at most; it bounds memory for numbers from outside.
  public static let largestCount = 50_000_000

  func check() throws {
    guard (1...Self.largestCount).contains(sampleCount), (0...Self.largestCount).contains(volumeSampleCount) else {
      throw ComparisonError("numbers of samples must be 1 to \(Self.largestCount)")
    }
    guard (thresholds ?? []).allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw ComparisonError("thresholds must be positive numbers")
    }
  }
}

/// What both shapes of a comparison are scaled by; the reference alone decides, so that they stay where they are
/// relative to each other.
public enum ComparisonNormalization: String, Sendable, Codable, CaseIterable {
  /// Nothing: distances are in the units of the files.
  case none
  /// The reference's box is centred and its farthest vertex comes to distance 1.
  case sphere
  /// The reference's box is centred and its longest side becomes 2.
  case cube

  /// The map of a reference; nil if nothing is to be moved.
  func frame(of reference: Mesh) throws -> GridFrame? {
    guard self != .none else { return nil }
    let corners = reference.usedPositions
    guard let bounds = Bounds(corners) else { throw MeshError.noFaces }
    let center = SIMD3<Double>(bounds.lower) / 2 + SIMD3<Double>(bounds.upper) / 2
    var size = 0.0
    for corner in corners {
      let offset = SIMD3<Double>(corner) - center
      size = max(size, self == .cube ? max(offset.max(), -offset.min()) : (offset * offset).sum().squareRoot())
    }
    guard size > 0 else { throw ComparisonError("the reference has no size to normalize by") }
    return GridFrame(origin: -center / size, spacing: SIMD3(repeating: 1 / size))
  }
}

extension Mesh {
  /// Positions of the corners of all faces, [3 F]: what a mesh shows, without vertices that no face uses.
  var usedPositions: [SIMD3<Float>] {
    var result: [SIMD3<Float>] = []
    result.reserveCapacity(3 * faces.count)
    for face in faces {
      for corner in 0..<3 { result.append(positions[Int(face[corner])]) }
    }
    return result
  }
}

extension Bounds {
  /// The length of the diagonal.
  var diagonal: Double {
    let extent = SIMD3<Double>(upper) - SIMD3<Double>(lower)
    return (extent * extent).sum().squareRoot()
  }
}
