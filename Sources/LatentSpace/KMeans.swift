import Randomness

/// Points divided into groups around their means: Lloyd's algorithm from the beginnings of k-means++, the best of several.
///
/// *Reference*: Lloyd, 1982, doi:10.1109/TIT.1982.1056489; Arthur and Vassilvitskii, "k-means++", SODA 2007.
public struct KMeans: Sendable {
  /// The mean of each group, the largest group first.
  public let centers: [[Double]]
  /// The group of each point.
  public let assignments: [Int]
  /// Squared distances of all points from their means, added up.
  public let spread: Double

  /// How the groups are looked for.
  public struct Options: Sendable, Equatable {
    /// Groups; fewer come out where there are not as many different points.
    public var count: Int
    /// Beginnings; the best end is kept.
    public var restartCount = 10
    /// Most steps from each.
    public var iterationLimit = 300
    /// Seed of the beginnings.
    public var seed: UInt64 = 1

    /// So many groups.
    public init(count: Int, seed: UInt64 = 1) { (self.count, self.seed) = (count, seed) }
  }

  /// Groups points of a plane.
  public init(_ points: [SIMD2<Double>], options: Options) throws(LatentSpaceError) {
    try self.init(rows: points.map { [$0.x, $0.y] }, options: options)
  }

  /// Groups codes.
  public init(_ codes: [[Float]], options: Options) throws(LatentSpaceError) {
    _ = try LatentSpaceError.check(codes)
    try self.init(rows: codes.map { $0.map(Double.init) }, options: options)
  }

  private init(rows: [[Double]], options: Options) throws(LatentSpaceError) {
    guard options.count > 0 else { throw LatentSpaceError("there must be at least one cluster, not \(options.count)") }
    guard rows.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { throw LatentSpaceError("a point is not finite") }
    var best: Grouping?
    for restart in 0..<max(1, options.restartCount) {
      var generator = SeededGenerator(seed: options.seed, stream: UInt64(restart))
      var grouping = Grouping(rows, count: options.count, generator: &generator)
      grouping.improve(limit: options.iterationLimit)
      if grouping.spread < best?.spread ?? .infinity { best = grouping }
    }
    let sizes = (best?.centers.indices ?? 0..<0).map { group in best?.assignments.count { $0 == group } ?? 0 }
    let firsts = sizes.indices.map { group in best?.assignments.firstIndex(of: group) ?? rows.count }
    let order = sizes.indices.filter { sizes[$0] > 0 }.sorted { (sizes[$1], firsts[$0]) < (sizes[$0], firsts[$1]) }
    var ranks = [Int](repeating: 0, count: sizes.count)
    for (rank, group) in order.enumerated() { ranks[group] = rank }
    centers = order.map { best?.centers[$0] ?? [] }
    assignments = (best?.assignments ?? []).map { ranks[$0] }
    spread = best?.spread ?? 0
  }
}

/// One beginning of k-means and where it leads.
private struct Grouping {
  private let rows: [[Double]]
  private(set) var centers: [[Double]] = []
  private(set) var assignments: [Int] = []
  private(set) var spread = 0.0

  /// Every next mean is a point drawn in proportion to its squared distance from those before.
  init(_ rows: [[Double]], count: Int, generator: inout SeededGenerator) {
    self.rows = rows
    guard !rows.isEmpty else { return }
    var nearest = [Double](repeating: .infinity, count: rows.count)
    var chosen = generator.integer(below: rows.count)
    while true {
      centers.append(rows[chosen])
      var total = 0.0
      for (index, row) in rows.enumerated() {
        nearest[index] = min(nearest[index], Self.square(row, rows[chosen]))
        total += nearest[index]
      }
      guard centers.count < count, total > 0 else { break }
      var rest = generator.uniform() * total
      chosen = nearest.lastIndex { $0 > 0 } ?? 0
      for (index, square) in nearest.enumerated() where square > 0 {
        rest -= square
        if rest < 0 {
          chosen = index
          break
        }
      }
    }
    assign()
  }

  mutating func improve(limit: Int) {
    for _ in 0..<limit {
      let before = assignments
      moveCenters()
      assign()
      if assignments == before { return }
    }
  }

  private mutating func assign() {
    spread = 0
    assignments = rows.map { row in
      var (best, square) = (0, Double.infinity)
      for (group, center) in centers.enumerated() {
        let distance = Self.square(row, center)
        if distance < square { (best, square) = (group, distance) }
      }
      spread += square
      return best
    }
  }

  /// A group that lost all its points stays where it is; another beginning will do better.
  private mutating func moveCenters() {
    guard let size = rows.first?.count else { return }
    var sums = centers.map { _ in [Double](repeating: 0, count: size) }
    var counts = centers.map { _ in 0.0 }
    for (row, group) in zip(rows, assignments) {
      for column in 0..<size { sums[group][column] += row[column] }
      counts[group] += 1
    }
    for group in centers.indices where counts[group] > 0 { centers[group] = sums[group].map { $0 / counts[group] } }
  }

  private static func square(_ first: [Double], _ second: [Double]) -> Double {
    var sum = 0.0
    for column in first.indices {
      let difference = first[column] - second[column]
      sum += difference * difference
    }
    return sum
  }
}
