/// The code that stands for a cluster of a map.
public struct Representative: Sendable, Equatable, Codable {
  /// The cluster.
  public let cluster: Int
  /// The code's index.
  public let index: Int
  /// The category of most of the cluster's codes; empty if they have none.
  public let category: String
  /// Codes in the cluster.
  public let memberCount: Int
  /// The share of them that are of that category.
  public let share: Double

  /// One for each cluster: of the codes of its most frequent category the one nearest to the cluster's mean.
  ///
  /// Of equally frequent categories the first by name is taken, of equally near codes the first.
  public static func all(
    of clusters: KMeans, points: [SIMD2<Double>], categories: [String]
  ) throws(LatentSpaceError) -> [Representative] {
    guard points.count == clusters.assignments.count, points.count == categories.count else {
      throw LatentSpaceError(
        "\(clusters.assignments.count) cluster numbers and \(categories.count) categories for \(points.count) points")
    }
    var members = clusters.centers.map { _ in [Int]() }
    for (index, cluster) in clusters.assignments.enumerated() { members[cluster].append(index) }
    return clusters.centers.indices.compactMap { cluster in
      let groups = Dictionary(grouping: members[cluster]) { categories[$0] }
      let majority = groups.min { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
      let center = SIMD2(clusters.centers[cluster][0], clusters.centers[cluster][1])
      func square(_ index: Int) -> Double { ((points[index] - center) * (points[index] - center)).sum() }
      guard let majority, let index = majority.value.min(by: { (square($0), $0) < (square($1), $1) }) else {
        return nil
      }
      return Representative(
        cluster: cluster, index: index, category: majority.key, memberCount: members[cluster].count,
        share: Double(majority.value.count) / Double(members[cluster].count))
    }
  }
}
