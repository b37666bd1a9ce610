import Foundation
import Geometry

/// What a reconstruction is held against: a mesh, or where there is none the zero level of samples.
///
/// *Units and frame*: those of the model.
enum ReferenceSurface {
  /// A surface.
  case mesh(Mesh)
  /// Points that samples were moved to on the surface, and uniform points whose side is known.
  case samples(SampledZeroLevel, uniform: (points: [SIMD3<Float>], distances: [Float]))

  /// The zero level of samples.
  init(samplesOf file: SampleFile, count: Int, name: String) throws {
    let level = try MeshInput.naming(name) {
      try SampledZeroLevel(of: file.points, distances: file.distances, count: count)
    }
    self = .samples(
      level, uniform: (points: Array(file.points[file.uniform]), distances: Array(file.distances[file.uniform])))
  }

  /// What it is, for a protocol.
  var kind: String {
    switch self {
    case .mesh: "mesh"
    case .samples(let level, _):
      "zero level of the samples: the \(level.points.count) nearest, moved by at most \(level.reach)"
    }
  }

  /// Points of it that can be drawn.
  var shownPoints: [SIMD3<Float>] {
    switch self {
    case .mesh(let mesh): mesh.positions
    case .samples(let level, _): level.points
    }
  }

  /// What a picture shows of it.
  var shown: Mesh {
    switch self {
    case .mesh(let mesh): mesh
    case .samples(let level, _): PointMarks.mesh(level.points)
    }
  }

  /// Points by area.
  func cloud(_ options: ComparisonOptions) throws -> [SIMD3<Float>] {
    switch self {
    case .mesh(let mesh):
      try SurfaceSampler(mesh).points(count: options.sampleCount, seed: options.seed, threadCount: options.threadCount)
        .map(\.position)
    case .samples(let level, _): level.points
    }
  }

  /// How near a surface is to it; nil for a surface without faces.
  ///
  /// *Throws*: `MeshError`, `SurfaceSamplingError` or `ComparisonError` for surfaces that cannot be compared.
  func score(of mesh: Mesh, _ options: ComparisonOptions) throws -> ShapeScore? {
    guard !mesh.faces.isEmpty else { return nil }
    switch self {
    case .mesh(let reference):
      return ShapeScore(try ShapeComparison(of: mesh, to: reference, options: options), reference: kind)
    case .samples(let level, let uniform):
      let points = try SurfaceSampler(mesh).points(
        count: options.sampleCount, seed: options.seed, threadCount: options.threadCount)
      let comparison = try ShapeComparison(
        of: points.map(\.position), to: level.points, thresholds: options.thresholds, threadCount: options.threadCount)
      var score = ShapeScore(comparison, reference: kind)
      guard !uniform.points.isEmpty, options.volumeSampleCount > 0 else { return score }
      let field = try MeshDistanceField(mesh, sign: options.sign, threadCount: options.threadCount)
      let own = field.query(uniform.points).distances
      let both = zip(own, uniform.distances).count { $0 < 0 && $1 < 0 }
      let either = zip(own, uniform.distances).count { $0 < 0 || $1 < 0 }
      score.volumeSampleCount = uniform.points.count
      score.iou = either > 0 ? Double(both) / Double(either) : nil
      return score
    }
  }

  /// How near points of a surface are to it; nothing is known of the volume.
  func score(ofPoints points: [SIMD3<Float>], _ options: ComparisonOptions) throws -> ShapeScore {
    let comparison = try ShapeComparison(
      of: points, to: cloud(options), thresholds: options.thresholds, threadCount: options.threadCount)
    return ShapeScore(comparison, reference: kind)
  }
}

/// How near a shape is to its reference.
public struct ShapeScore: Sendable, Codable, Equatable {
  /// The Chamfer distance in the conventions in use.
  public var chamfer: ChamferDistance
  /// That of two samplings of the reference: what a perfect shape gets; nil without a reference mesh.
  public var chamferFloor: ChamferDistance?
  /// The largest distance of a sample either way.
  public var hausdorff: Double
  /// Mean |cosine| between normals; nil without a reference mesh.
  public var normalConsistency: Double?
  /// The volume inside both over that inside either; nil if nothing is known of the volume.
  public var iou: Double?
  /// Random points behind `iou`.
  public var volumeSampleCount: Int
  /// What it was held against.
  public var reference: String

  init(_ comparison: ShapeComparison, reference: String) {
    (chamfer, chamferFloor) = (comparison.chamfer, comparison.chamferFloor)
    hausdorff = comparison.hausdorff.symmetric
    normalConsistency = comparison.normalConsistency?.mean
    iou = comparison.overlap?.iou
    volumeSampleCount = comparison.overlap?.sampleCount ?? 0
    self.reference = reference
  }
}
