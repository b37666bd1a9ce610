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

  /// Whether the points cover the whole surface: what lies beyond their box is then outside.
  public var isComplete = false

  /// A cloud.
  public init(_ cloud: PointCloud, eye: SIMD3<Float>? = nil) {
    points = cloud.positions
    normals = cloud.normals?.map(Self.unit)
    eyes = eye.map { [$0] } ?? []
  }

  /// The same view.
  public static func == (left: PartialView, right: PartialView) -> Bool {
    left.points == right.points && left.normals == right.normals && left.eyes == right.eyes
      && left.isComplete == right.isComplete
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
      if let normal = normal(at: index, along: ray) {
        before.add(point + offset * normal, distance: offset)
        behind.add(point - offset * normal, distance: -offset)
      } else if let direction = ray.map(Self.unit), direction != .zero {
        // How steeply the ray meets the surface is not known: the point behind is at most as far as the offset.
        before.add(point + offset * direction, offset / 4...offset)
        behind.add(point - offset * direction, -offset...(-offset / 4))
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
    let within = free.filter { magnitudes($0).max() <= 1 }
    var space = Observations.Group("free space", share: 1)
    for (point, nearest) in zip(within, tree.nearest(to: within)) { space.add(point, 0...Float(nearest.distance)) }
    let around = isComplete ? beyondBox(tree, count: kept.count, &generator) : .init("beyond the box", share: 1)
    return try Observations([surface, before, behind, space, around], name: name)
  }

  /// Random points beyond the box of a whole surface: at least as far from it as from the box, at most as from a point.
  private func beyondBox(_ tree: PointCloudTree, count: Int, _ generator: inout SeededGenerator) -> Observations.Group {
    var group = Observations.Group("beyond the box", share: 1)
    guard let box = Bounds(points) else { return group }
    var places: [(point: SIMD3<Float>, gap: Float)] = []
    for _ in 0..<count {
      let point = SIMD3<Float>(
        Float(generator.uniform(in: -1..<1)), Float(generator.uniform(in: -1..<1)), Float(generator.uniform(in: -1..<1))
      )
      let beyond =
        (box.lower - point).replacing(with: 0, where: point .> box.lower)
        + (point - box.upper).replacing(with: 0, where: point .< box.upper)
      let gap = (beyond * beyond).sum().squareRoot()
      if gap > 0 { places.append((point, gap)) }
    }
    for (place, nearest) in zip(places, tree.nearest(to: places.map(\.point))) {
      group.add(place.point, place.gap...max(place.gap, Float(nearest.distance)))
    }
    return group
  }

  private func check(_ name: String) throws {
    for (index, point) in points.enumerated() where !((point - point) == .zero) {
      throw ExperimentError("\(name): point \(index) is not finite; remove it")
    }
    for eye in eyes where !((eye - eye) == .zero) {
      throw ExperimentError("\(name): the place of the sensor is not finite")
    }
  }

  private func eye(of index: Int) -> SIMD3<Float>? { eyes.count > 1 ? eyes[index] : eyes.first }

  /// The normal at a point, turned to the eye if there is one; nil where none is known.
  private func normal(at index: Int, along ray: SIMD3<Float>?) -> SIMD3<Float>? {
    guard let normal = normals?[index], normal != .zero else { return nil }
    guard let ray, (ray * normal).sum() < 0 else { return normal }
    return -normal
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
