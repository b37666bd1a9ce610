import Randomness

/// A short closed tour through points of a plane: the best of several, each shortened until no two of its legs are better
/// crossed over.
///
/// *Reference*: Croes, "A method for solving traveling-salesman problems", 1958, doi:10.1287/opre.6.6.791.
public struct Tour: Sendable, Equatable {
  /// Indices of the points in the order of the tour, which begins at point 0 and comes back to it.
  public let order: [Int]
  /// Its length, with the way back.
  public let length: Double
  /// The length that every beginning led to; ``length`` is the least of them.
  public let restartLengths: [Double]

  /// A tour through all points.
  public init(_ points: [SIMD2<Double>], restartCount: Int = 100, seed: UInt64 = 1) {
    guard points.count > 3 else {
      order = Array(points.indices)
      length = Self.length(of: order, through: points)
      restartLengths = [length]
      return
    }
    var best: (order: [Int], length: Double) = ([], .infinity)
    var lengths: [Double] = []
    for restart in 0..<max(1, restartCount) {
      var generator = SeededGenerator(seed: seed, stream: UInt64(restart))
      var order =
        restart == 0 ? Self.nearestFirst(points) : generator.permutation(count: points.count)
      Self.shorten(&order, through: points)
      let length = Self.length(of: order, through: points)
      lengths.append(length)
      if length < best.length { best = (order, length) }
    }
    order = Self.fromFirst(best.order)
    length = best.length
    restartLengths = lengths
  }

  /// The length of a closed way through points.
  public static func length(of order: [Int], through points: [SIMD2<Double>]) -> Double {
    order.indices.reduce(0) { sum, place in
      sum + distance(points[order[place]], points[order[(place + 1) % order.count]])
    }
  }

  private static func distance(_ first: SIMD2<Double>, _ second: SIMD2<Double>) -> Double {
    let offset = first - second
    return (offset * offset).sum().squareRoot()
  }

  /// Always on to the nearest point that is left.
  private static func nearestFirst(_ points: [SIMD2<Double>]) -> [Int] {
    var order = [0]
    var left = Array(points.indices.dropFirst())
    while let next = left.indices.min(by: {
      distance(points[left[$0]], points[order[order.count - 1]])
        < distance(points[left[$1]], points[order[order.count - 1]])
    }) {
      order.append(left.remove(at: next))
    }
    return order
  }

  /// Turns parts of the way round for as long as that shortens it.
  private static func shorten(_ order: inout [Int], through points: [SIMD2<Double>]) {
    let least = 1e-12 * length(of: order, through: points)
    var isShorter = true
    while isShorter {
      isShorter = false
      for first in 0..<order.count - 1 {
        for last in first + 1..<order.count where !(first == 0 && last == order.count - 1) {
          if gain(ofTurning: first...last, order, points) > least {
            order[first...last].reverse()
            isShorter = true
          }
        }
      }
    }
  }

  /// How much shorter the way is with a part of it turned round.
  private static func gain(ofTurning part: ClosedRange<Int>, _ order: [Int], _ points: [SIMD2<Double>]) -> Double {
    let count = order.count
    let (before, after) = (
      points[order[(part.lowerBound + count - 1) % count]], points[order[(part.upperBound + 1) % count]]
    )
    let (first, last) = (points[order[part.lowerBound]], points[order[part.upperBound]])
    return distance(before, first) + distance(last, after) - distance(before, last) - distance(first, after)
  }

  /// The same tour from point 0 on, in the direction of the lower of its two neighbours.
  private static func fromFirst(_ order: [Int]) -> [Int] {
    let start = order.firstIndex(of: 0) ?? 0
    let turned = Array(order[start...] + order[..<start])
    guard turned.count > 2, turned[turned.count - 1] < turned[1] else { return turned }
    return [turned[0]] + turned.dropFirst().reversed()
  }
}
