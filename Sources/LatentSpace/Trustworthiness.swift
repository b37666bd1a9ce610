/// How far neighbours in a map are neighbours among the codes: 1 if all are, about a half for a random map.
public enum Trustworthiness {
  /// Measures a map; every false neighbour counts by how far down the list of true ones it stands.
  ///
  /// *Parameters*: looks at `neighborCount` neighbours of each code, at most a third of the codes.
  ///
  /// *Returns*: nil for fewer than four codes.
  ///
  /// *Reference*: Venna and Kaski, "Neighborhood preservation in nonlinear projection methods", 2001.
  public static func measure(
    _ points: [SIMD2<Double>], of codes: [[Float]], neighborCount: Int = 12, threadCount: Int? = nil
  ) throws(LatentSpaceError) -> Double? {
    guard points.count == codes.count else {
      throw LatentSpaceError("\(codes.count) codes, but \(points.count) points")
    }
    let width = min(neighborCount, (codes.count - 1) / 3)
    guard width > 0 else { return nil }
    let matrix = try CodeMatrix(codes)
    let neighbors = Neighbors(of: try CodeMatrix(points), count: width, threadCount: threadCount)
    let penalties = (0..<codes.count).withBlocks(threadCount: threadCount) { index in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: codes.count) { squares -> Int in
        matrix.squaredDistances(from: index, into: squares)
        return (index * width..<(index + 1) * width).reduce(0) { sum, place in
          let neighbor = Int(neighbors.indices[place])
          var rank = 1
          for other in 0..<codes.count where other != index {
            if squares[other] < squares[neighbor] || squares[other] == squares[neighbor] && other < neighbor {
              rank += 1
            }
          }
          return sum + max(0, rank - width)
        }
      }
    }
    let (count, share) = (Double(codes.count), Double(width))
    return 1 - 2 / (count * share * (2 * count - 3 * share - 1)) * Double(penalties.reduce(0, +))
  }
}
