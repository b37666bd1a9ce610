import Foundation
import Geometry
import Randomness

/// A part of the surface of a shape, as a scanner sees it: surface points, the ways in which they face, the place from
/// which they were seen, and rays that meet nothing.
///
/// *Units and frame*: those of the model.
public struct PartialView: Sendable, Equatable {
  /// How observations are made of what is seen.
  public struct Options: Sendable, Codable, Equatable {
    /// How far before and behind the surface points of known distance are put.
    public var offset = 0.01
    /// Points of free space that are drawn for each surface point.
    public var freePointsPerRay = 4
    /// Most surface points that are used; more are thinned at random.
    public var largestCount = 100_000
    /// The seed of what is drawn.
    public var seed: UInt64 = 1

    /// The usual numbers: DeepSDF does not give its offset; this is a tenth of the distance at which it clips.
    public init() {}
  }

  /// Points of the surface, [P].
  public var points: [SIMD3<Float>]
  /// Outward unit normals, [P]; nil where they are not known.
  public var normals: [SIMD3<Float>]?
  /// From where each point was seen, [P] or one for all; empty where it is not known.
  public var eyes: [SIMD3<Float>] = []
  /// Rays that meet nothing within -1 to 1.
  public var emptyRays: [(origin: SIMD3<Float>, direction: SIMD3<Float>)] = []

  /// A cloud.
  public init(_ cloud: PointCloud, eye: SIMD3<Float>? = nil) {
    points = cloud.positions
    normals = cloud.normals?.map(Self.unit)
    eyes = eye.map { [$0] } ?? []
  }

  /// The same view.
  public static func == (left: PartialView, right: PartialView) -> Bool {
    left.points == right.points && left.normals == right.normals && left.eyes == right.eyes
      && left.emptyRays.elementsEqual(right.emptyRays) { $0 == $1 }
  }

  /// What is known from the view.
  ///
  /// Surface points are at distance 0. Before and behind them, along the normal or else along the ray to the eye, lie
  /// points at plus and minus the offset. Along the rays from the eye to the surface, and along rays that meet nothing,
  /// the distance is at least 0 and at most that to the nearest seen point.
  ///
  /// *Reference*: Park et al., "DeepSDF", 2019, arXiv:1901.05103, section 6.3 and supplement ("Shape completion").
  /// Differs: free space is bounded above too.
  public func observations(_ options: Options, name: String) throws -> Observations {
    guard !points.isEmpty else { throw ExperimentError("\(name): holds no points") }
    try check(name)
    var generator = SeededGenerator(seed: options.seed, stream: 0x7669_6577)
    let kept = Self.thinned(points.count, to: options.largestCount, &generator)
    let (offset, tree) = (Float(options.offset), try PointCloudTree(points))
    var surface = Observations.Group("surface", share: 1)
    var (before, behind) = (Observations.Group("before", share: 1), Observations.Group("behind", share: 1))
    var free: [SIMD3<Float>] = []
    for index in kept {
      let point = points[index]
      surface.add(point, distance: 0)
      let ray = eye(of: index).map { $0 - point }
      if let outward = outward(at: index, along: ray) {
        before.add(point + offset * outward, distance: offset)
        behind.add(point - offset * outward, distance: -offset)
      }
      guard let ray else { continue }
      for _ in 0..<options.freePointsPerRay {
        free.append(point + Float(generator.uniform()) * ray)
      }
    }
    for index in Self.thinned(emptyRays.count, to: options.largestCount, &generator) {
      let (origin, direction) = emptyRays[index]
      guard let range = Self.range(of: origin, direction) else { continue }
      for _ in 0..<options.freePointsPerRay {
        let place = range.lowerBound + Float(generator.uniform()) * (range.upperBound - range.lowerBound)
        free.append(origin + place * direction)
      }
    }
    let within = free.filter { all(abs($0) .<= 1) }
    var space = Observations.Group("free space", share: 1)
    for (point, nearest) in zip(within, tree.nearest(to: within)) { space.add(point, 0...Float(nearest.distance)) }
    return try Observations([surface, before, behind, space], name: name)
  }

  private func check(_ name: String) throws {
    for (index, point) in points.enumerated() where !((point - point) == .zero) {
      throw ExperimentError("\(name): point \(index) is not finite; remove it")
    }
    for eye in eyes where !((eye - eye) == .zero) { throw ExperimentError("\(name): the place of the sensor is not finite") }
  }

  private func eye(of index: Int) -> SIMD3<Float>? { eyes.count > 1 ? eyes[index] : eyes.first }

  /// The way out of the surface at a point: its normal, turned to the eye if there is one, or the way to the eye.
  private func outward(at index: Int, along ray: SIMD3<Float>?) -> SIMD3<Float>? {
    if let normal = normals?[index], normal != .zero {
      guard let ray, (ray * normal).sum() < 0 else { return normal }
      return -normal
    }
    let direction = ray.map(Self.unit)
    return direction == .zero ? nil : direction
  }

  /// Which of `count` are kept, in ascending order.
  private static func thinned(_ count: Int, to limit: Int, _ generator: inout SeededGenerator) -> [Int] {
    guard count > limit else { return Array(0..<count) }
    return generator.permutation(count: count).prefix(limit).sorted()
  }

  /// Where a ray passes through the cube from -1 to 1, in multiples of its direction from its origin on.
  static func range(of origin: SIMD3<Float>, _ direction: SIMD3<Float>) -> ClosedRange<Float>? {
    var (low, high) = (Float(0), Float.infinity)
    for axis in 0..<3 {
      guard direction[axis] != 0 else {
        guard Swift.abs(origin[axis]) <= 1 else { return nil }
        continue
      }
      let ends = [(-1 - origin[axis]) / direction[axis], (1 - origin[axis]) / direction[axis]].sorted()
      (low, high) = (max(low, ends[0]), min(high, ends[1]))
    }
    return low < high && high.isFinite ? low...high : nil
  }

  /// The direction of a vector; zero for one without.
  static func unit(_ vector: SIMD3<Float>) -> SIMD3<Float> {
    let length = (vector * vector).sum().squareRoot()
    return length > 0 && length.isFinite ? vector / length : .zero
  }
}
