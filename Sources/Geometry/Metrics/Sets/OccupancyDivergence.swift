import Foundation

/// How differently two sets of clouds fill space: the Jensen-Shannon divergence of where their points are.
///
/// Every point counts for the nearest node of a grid over the cube from -1/2 to 1/2; the counts of all clouds of a set
/// together, over their sum, are its distribution. 0 is the same, 1 is nothing in common.
///
/// *Units and frame*: clouds in the ball or cube of diameter 1 (`CloudNormalization.halfUnitSphere`, `.halfUnitCube`).
///
/// *Reference*: Achlioptas et al. 2018, arXiv:1707.02392, with the grid of its published code: nodes on the borders of the
/// cube, base 2.
public struct OccupancyDivergence: Sendable, Codable, Equatable {
  /// Which nodes there are.
  public enum Region: String, Sendable, Codable, CaseIterable {
    /// Those of the whole cube.
    case cube
    /// Those of the ball in it.
    case ball
  }

  /// The divergence, in bits.
  public var value: Double
  /// The number of nodes along an axis.
  public var resolution: Int
  /// Which nodes there are.
  public var region: Region
  /// Shares of the points of the first and of the second set that lie outside the region, and so count for its border.
  public var outsideShare, otherOutsideShare: Double

  /// Counts the points of two sets.
  ///
  /// *Throws*: `ComparisonError` if a set or a cloud is empty or not finite, or the resolution is not 2 to 128.
  public init(
    _ first: [[SIMD3<Float>]], _ second: [[SIMD3<Float>]], resolution: Int = 28, region: Region = .ball,
    threadCount: Int? = nil
  ) throws {
    guard (2...128).contains(resolution) else {
      throw ComparisonError("a grid of occupancy needs 2 to 128 nodes along an axis, not \(resolution)")
    }
    let nodes = try PointCloudTree(Self.nodes(resolution, region))
    let one = try Occupancy(first, name: "the first set", nodes, region, threadCount)
    let other = try Occupancy(second, name: "the second set", nodes, region, threadCount)
    value = Self.divergence(one.counts, other.counts)
    (outsideShare, otherOutsideShare) = (one.outsideShare, other.outsideShare)
    (self.resolution, self.region) = (resolution, region)
  }

  /// The Jensen-Shannon divergence of two distributions, each given by numbers of its sum, in bits.
  ///
  /// It is half the sum of what either diverges from the mean of both, which has no differences of large numbers.
  static func divergence(_ first: [Int], _ second: [Int]) -> Double {
    let (total, otherTotal) = (Double(first.reduce(0, +)), Double(second.reduce(0, +)))
    var sum = 0.0
    for (count, otherCount) in zip(first, second) {
      let (p, q) = (Double(count) / total, Double(otherCount) / otherTotal)
      let mean = (p + q) / 2
      if p > 0 { sum += p * log2(p / mean) }
      if q > 0 { sum += q * log2(q / mean) }
    }
    return max(0, sum / 2)
  }

  private static func nodes(_ resolution: Int, _ region: Region) -> [SIMD3<Float>] {
    let places = (0..<resolution).map { Double($0) / Double(resolution - 1) - 0.5 }
    var nodes: [SIMD3<Float>] = []
    for x in places {
      for y in places {
        for z in places where region == .cube || (x * x + y * y + z * z).squareRoot() <= 0.5 {
          nodes.append(SIMD3(Float(x), Float(y), Float(z)))
        }
      }
    }
    return nodes
  }

  /// How many points of a set belong to each node.
  private struct Occupancy {
    var counts: [Int]
    var outsideShare: Double

    init(
      _ clouds: [[SIMD3<Float>]], name: String, _ nodes: PointCloudTree, _ region: Region, _ threadCount: Int?
    ) throws {
      guard !clouds.isEmpty else { throw ComparisonError("\(name): there are no clouds") }
      counts = [Int](repeating: 0, count: nodes.points.count)
      var (total, outside) = (0, 0)
      for (index, cloud) in clouds.enumerated() {
        do {
          try ComparisonError.check(cloud)
        } catch {
          throw ComparisonError("\(name), cloud \(index): \(error)")
        }
        for neighbor in nodes.nearest(to: cloud, threadCount: threadCount) { counts[neighbor.index] += 1 }
        total += cloud.count
        outside += cloud.count { Self.isOutside($0, region) }
      }
      outsideShare = Double(outside) / Double(total)
    }

    private static func isOutside(_ point: SIMD3<Float>, _ region: Region) -> Bool {
      // A cloud that was normalised may stand out by rounding.
      let limit: Float = 0.5 + 1e-6
      switch region {
      case .cube: return point.max() > limit || point.min() < -limit
      case .ball: return (point * point).sum().squareRoot() > limit
      }
    }
  }
}
