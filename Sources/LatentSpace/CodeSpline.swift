import Foundation

/// A path through codes, such as the one that an animation of shapes follows.
///
/// The path meets every code exactly: the code of index `i` at ``knots``[i]. Closed kinds come back to the first code at
/// the end of one more segment, and continue beyond it.
///
/// *Reference*: Press et al., "Numerical Recipes", 3rd ed. 2007, 2.7.2 and 3.3.
public struct CodeSpline: Sendable {
  /// How the codes are joined.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Straight lines from the first code to the last.
    case linear
    /// Twice continuously differentiable from the first code to the last, without curvature at both ends.
    case naturalCubic = "natural-cubic"
    /// Straight lines, and one back to the first code.
    case periodicLinear = "periodic-linear"
    /// Twice continuously differentiable everywhere, closed.
    case periodicCubic = "periodic-cubic"

    /// Whether the path comes back to the first code.
    public var isPeriodic: Bool { self == .periodicLinear || self == .periodicCubic }
    /// Whether it is smooth at the codes.
    public var isCubic: Bool { self == .naturalCubic || self == .periodicCubic }
  }

  /// How much of the path lies between two codes.
  public enum Spacing: String, Sendable, Codable, CaseIterable {
    /// The same between all of them.
    case even
    /// In proportion to their distance, so that the path runs at nearly the same speed everywhere.
    case distance
  }

  /// How a path is made of codes.
  public struct Options: Sendable, Equatable {
    /// How the codes are joined.
    public var kind: Kind
    /// How much of the path lies between two codes.
    public var spacing: Spacing
    /// Keeps the distance from the origin, for codes of a Gaussian of many dimensions, which all lie near one sphere: the
    /// middle of a straight line between two of them is nearer to the origin than any code ever drawn.
    ///
    /// Lines become arcs of great circles; a smooth path keeps its directions. The distance from the origin is
    /// interpolated by itself, in the same kind.
    public var isSpherical: Bool

    /// Evenly spaced and in the plain space unless said otherwise.
    public init(_ kind: Kind, spacing: Spacing = .even, isSpherical: Bool = false) {
      (self.kind, self.spacing, self.isSpherical) = (kind, spacing, isSpherical)
    }
  }

  /// How the path was made.
  public let options: Options
  /// Numbers of a code.
  public let latentSize: Int
  /// Where each code lies on the path; closed kinds have one more, for the first code again.
  public let knots: [Double]

  private let curve: CubicCurve
  /// The distances from the origin as a path of their own.
  private let norms: CubicCurve?

  /// A path through these codes in their order.
  ///
  /// *Throws*: `LatentSpaceError` without codes, or with codes of different lengths or numbers that are not finite.
  public init(_ codes: [[Float]], options: Options) throws(LatentSpaceError) {
    guard !codes.isEmpty else { throw LatentSpaceError("a path needs at least one code") }
    latentSize = try LatentSpaceError.check(codes)
    self.options = options
    var rows = codes.map { $0.map(Double.init) }
    if options.kind.isPeriodic && rows.count > 1 { rows.append(rows[0]) }
    knots = Self.knots(of: rows, spacing: options.spacing)
    curve = CubicCurve(rows, knots: knots, kind: options.kind)
    norms =
      options.isSpherical ? CubicCurve(rows.map { [Self.norm($0)] }, knots: knots, kind: options.kind) : nil
  }

  /// A path through these codes, evenly spaced.
  public init(_ codes: [[Float]], kind: Kind) throws(LatentSpaceError) {
    try self.init(codes, options: Options(kind))
  }

  /// Segments of the path: one fewer than codes, or as many if it is closed; none with a single code.
  public var segmentCount: Int { knots.count - 1 }

  /// The code at a place of 0...``segmentCount``; closed paths go round and round, others stay at their ends.
  public func code(at place: Double) -> [Float] {
    guard segmentCount > 0 else { return curve.values(at: 0, segment: 0).map { Float($0) } }
    let end = Double(segmentCount)
    var place = place.isFinite ? place : 0
    if options.kind.isPeriodic && !(0...end).contains(place) {
      place -= (place / end).rounded(.down) * end
    }
    place = min(max(place, 0), end)
    let segment = segment(of: place)
    let share = (place - knots[segment]) / (knots[segment + 1] - knots[segment])
    guard let norms else { return curve.values(at: share, segment: segment).map { Float($0) } }
    let direction = options.kind.isCubic ? curve.values(at: share, segment: segment) : arc(at: share, segment: segment)
    let (length, current) = (max(0, norms.values(at: share, segment: segment)[0]), Self.norm(direction))
    guard current > 0, share > 0, share < 1 else { return direction.map { Float($0) } }
    return direction.map { Float($0 * (length / current)) }
  }

  /// Codes at even steps along the whole path: a closed one stops a step before its beginning, as a loop must.
  public func codes(count: Int) -> [[Float]] {
    guard count > 1 else { return count == 1 ? [code(at: 0)] : [] }
    let steps = Double(options.kind.isPeriodic ? count : count - 1)
    return (0..<count).map { code(at: Double(segmentCount) * Double($0) / steps) }
  }

  /// The last segment that begins at or before a place.
  private func segment(of place: Double) -> Int {
    var (low, high) = (0, segmentCount)
    while high - low > 1 {
      let middle = (low + high) / 2
      if knots[middle] <= place { low = middle } else { high = middle }
    }
    return low
  }

  /// A direction on the great circle between two codes; the straight line where there is no single circle.
  private func arc(at share: Double, segment: Int) -> [Double] {
    let (first, second) = (curve.row(segment), curve.row(segment + 1))
    let (length, otherLength) = (Self.norm(first), Self.norm(second))
    let straight = curve.values(at: share, segment: segment)
    guard length > 0, otherLength > 0, share > 0, share < 1 else { return straight }
    let cosine = zip(first, second).reduce(0) { $0 + $1.0 * $1.1 } / (length * otherLength)
    guard abs(cosine) < 1 - 1e-12 else { return straight }
    let angle = acos(cosine)
    let weights = (sin((1 - share) * angle) / length, sin(share * angle) / otherLength)
    return zip(first, second).map { weights.0 * $0 + weights.1 * $1 }
  }

  private static func norm(_ code: [Double]) -> Double { code.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// Places from 0 to the number of segments. A segment of no length would have no inside: it gets a thousandth of the mean.
  private static func knots(of rows: [[Double]], spacing: Spacing) -> [Double] {
    let even = rows.indices.map(Double.init)
    guard spacing == .distance, rows.count > 2 else { return even }
    let lengths = zip(rows, rows.dropFirst()).map { first, second in norm(zip(first, second).map { $1 - $0 }) }
    let mean = lengths.reduce(0, +) / Double(lengths.count)
    guard mean > 0 else { return even }
    let widened = lengths.map { max($0, mean * 1e-3) }
    let scale = Double(lengths.count) / widened.reduce(0, +)
    var knots = [0.0]
    for length in widened { knots.append(knots[knots.count - 1] + length * scale) }
    knots[knots.count - 1] = Double(lengths.count)
    return knots
  }
}
