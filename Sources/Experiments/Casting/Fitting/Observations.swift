import Geometry

/// What is known about the distances of a shape at some points: at each a lowest and a highest value, equal where the
/// distance itself is known.
///
/// *Units and frame*: those of the model.
public struct Observations: Sendable, Equatable {
  /// Points that are known for one reason and drawn with one share.
  public struct Group: Sendable, Equatable {
    /// What they are: inside, outside, surface, free space.
    public var name: String
    /// The share of the points of a step that are drawn from here, relative to the other groups.
    public var share: Double
    /// The points, [P].
    public var points: [SIMD3<Float>] = []
    /// The least and the greatest distance there, [P]; infinite where there is no limit.
    public var lowest: [Float] = [], highest: [Float] = []

    /// An empty group.
    public init(_ name: String, share: Double) { (self.name, self.share) = (name, share) }

    /// Adds a point with a known distance.
    public mutating func add(_ point: SIMD3<Float>, distance: Float) { add(point, distance...distance) }

    /// Adds a point with a range of distances.
    public mutating func add(_ point: SIMD3<Float>, _ range: ClosedRange<Float>) {
      points.append(point)
      lowest.append(range.lowerBound)
      highest.append(range.upperBound)
    }
  }

  /// The groups, none of them empty.
  public let groups: [Group]

  /// All points.
  public var count: Int { groups.reduce(0) { $0 + $1.points.count } }

  /// Observations from groups; empty ones are left out.
  ///
  /// *Throws*: `ExperimentError` if nothing is left, or a number is not finite; `name` says of what.
  public init(_ groups: [Group], name: String) throws {
    self.groups = groups.filter { !$0.points.isEmpty }
    guard !self.groups.isEmpty else { throw ExperimentError("\(name): holds no points to fit a shape to") }
    for group in self.groups {
      for (index, point) in group.points.enumerated() {
        guard (point - point) == .zero, !group.lowest[index].isNaN, !group.highest[index].isNaN else {
          throw ExperimentError(
            "\(name): \(group.name) point \(index) or its distance is not a finite number; remove it")
        }
      }
    }
  }

  /// Points with their signed distances; as many inside as outside are drawn, as DeepSDF does.
  public init(points: [SIMD3<Float>], distances: [Float], name: String) throws {
    guard points.count == distances.count else {
      throw ExperimentError("\(name): has \(points.count) points but \(distances.count) distances")
    }
    guard distances.allSatisfy(\.isFinite) else {
      throw ExperimentError("\(name): a distance is not a finite number; remove those points")
    }
    var (inside, outside) = (Group("inside", share: 1), Group("outside", share: 1))
    for (point, distance) in zip(points, distances) {
      distance < 0 ? inside.add(point, distance: distance) : outside.add(point, distance: distance)
    }
    try self.init([inside, outside], name: name)
  }

  /// The share of the points that lies within a cube of this half side.
  func share(within side: Float) -> Double {
    let within = groups.reduce(0) { sum, group in
      sum + group.points.count { magnitudes($0).max() <= side }
    }
    return Double(within) / Double(max(1, count))
  }
}

/// The sizes of the coordinates.
@inline(__always) func magnitudes(_ vector: SIMD3<Float>) -> SIMD3<Float> {
  vector.replacing(with: -vector, where: vector .< 0)
}
