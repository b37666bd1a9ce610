/// How well codes, or their map, keep categories apart that nobody told them about.
public struct CategoryMeasures: Sendable, Equatable, Codable {
  /// The share of codes whose nearest other code is of their category.
  public let purity: Double
  /// What that share would be if categories were dealt out at random.
  public let chance: Double
  /// The mean silhouette: how much nearer a code lies to its category than to the next one, in -1...1; nil with fewer than
  /// two categories.
  public let silhouette: Double?
  /// Codes with a category.
  public let count: Int

  /// Measures codes with their categories; codes without one are left out.
  ///
  /// *Returns*: nil with fewer than two codes of a category.
  ///
  /// *Reference*: Rousseeuw, "Silhouettes", 1987, doi:10.1016/0377-0427(87)90125-7.
  public init?(_ codes: [[Float]], categories: [String], threadCount: Int? = nil) throws(LatentSpaceError) {
    guard codes.count == categories.count else {
      throw LatentSpaceError("\(codes.count) codes, but \(categories.count) categories")
    }
    let kept = codes.indices.filter { !categories[$0].isEmpty }
    guard kept.count > 1 else { return nil }
    let matrix = try CodeMatrix(kept.map { codes[$0] })
    let names = Set(kept.map { categories[$0] }).sorted()
    let ranks = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    let labels = kept.map { ranks[categories[$0]] ?? 0 }
    let sizes = names.indices.map { label in labels.count { $0 == label } }
    let rows = (0..<matrix.count).withBlocks(threadCount: threadCount) { index in
      Row(of: index, in: matrix, labels: labels, sizes: sizes)
    }
    let total = Double(matrix.count)
    count = matrix.count
    purity = Double(rows.count { $0.isPure }) / total
    chance = sizes.reduce(0) { $0 + Double($1) * Double($1 - 1) } / (total * (total - 1))
    silhouette = names.count > 1 ? rows.reduce(0) { $0 + $1.silhouette } / total : nil
  }

  /// Measures points of a map.
  public init?(_ points: [SIMD2<Double>], categories: [String], threadCount: Int? = nil) throws(LatentSpaceError) {
    try self.init(points.map { [Float($0.x), Float($0.y)] }, categories: categories, threadCount: threadCount)
  }

  /// What one code contributes.
  private struct Row: Sendable {
    let isPure: Bool
    let silhouette: Double

    init(of index: Int, in codes: CodeMatrix, labels: [Int], sizes: [Int]) {
      var (nearest, best) = (Float.infinity, -1)
      var sums = [Double](repeating: 0, count: sizes.count)
      withUnsafeTemporaryAllocation(of: Float.self, capacity: codes.count) { squares in
        codes.squaredDistances(from: index, into: squares)
        for other in 0..<codes.count where other != index {
          if squares[other] < nearest { (nearest, best) = (squares[other], other) }
          sums[labels[other]] += Double(squares[other].squareRoot())
        }
      }
      let own = labels[index]
      isPure = best >= 0 && labels[best] == own
      let others = sizes.indices.filter { $0 != own }.map { sums[$0] / Double(sizes[$0]) }
      guard sizes[own] > 1, let next = others.min() else {
        silhouette = 0
        return
      }
      let within = sums[own] / Double(sizes[own] - 1)
      silhouette = max(within, next) > 0 ? (next - within) / max(within, next) : 0
    }
  }
}
