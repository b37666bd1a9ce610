import Foundation
import Geometry
import Synchronization

/// The nearest of many shapes to each of some others, by Chamfer distance (both mean squared distances, added).
///
/// All candidates are read once to bound their distances from below. Then each shape looks at its candidates in the
/// order of these bounds, until the next bound is larger than the best distance; and a pair is given up as soon as the sum over
/// some of its points is larger. So the result is that of all pairs.
package struct NearestShapes: Sendable {
  /// The nearest candidate.
  package struct Neighbor: Equatable, Sendable {
    /// Its number.
    package var index: Int
    /// The sum of both mean squared distances.
    package var chamfer: Double
  }

  /// Points that are asked about between two looks at the best sum.
  private static let blockSize = 1024

  /// Clouds of the shapes that neighbours are looked for, and their bounds.
  private let targets: [(tree: PointCloudTree, bound: CloudDistanceBound)]

  /// Shapes by points of their surfaces.
  package init(_ targets: [[SIMD3<Float>]]) throws {
    self.targets = try targets.map { (try PointCloudTree($0), CloudDistanceBound($0)) }
  }

  /// The neighbours among `count` candidates; nil without candidates. Of equals the first counts.
  ///
  /// *Parameters*: `cloud` reads a candidate, from any thread, some of them twice; `progress` is told the number read for
  /// the first time, from any thread.
  /// *Throws*: what `cloud` throws for the first candidate that fails.
  package func search(
    _ count: Int, cloud: @escaping @Sendable (Int) throws -> [SIMD3<Float>],
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws -> [Neighbor?] {
    let cache = TreeCache(cloud)
    let bounds = Mutex([[Double]](repeating: [], count: count))
    let done = Mutex(0)
    try Self.inParallel(count) { index in
      let candidate = try cache.tree(index)
      let own = CloudDistanceBound(candidate.points)
      let row = targets.map { target in
        own.squaredSum(of: target.tree.points) / Double(target.tree.points.count)
          + target.bound.squaredSum(of: candidate.points) / Double(candidate.points.count)
      }
      bounds.withLock { $0[index] = row }
      // Under the lock, so that the numbers told never fall.
      done.withLock {
        $0 += 1
        progress($0)
      }
    }
    let table = bounds.withLock { $0 }
    let found = Mutex([Neighbor?](repeating: nil, count: targets.count))
    try Self.inParallel(targets.count) { place in
      let neighbor = try nearest(to: targets[place].tree, bounds: table.map { $0[place] }, cache)
      found.withLock { $0[place] = neighbor }
    }
    return found.withLock { $0 }
  }

  private func nearest(to target: PointCloudTree, bounds: [Double], _ cache: TreeCache) throws -> Neighbor? {
    var best: Neighbor?
    for index in bounds.indices.sorted(by: { (bounds[$0], $0) < (bounds[$1], $1) }) {
      guard bounds[index] <= best?.chamfer ?? .infinity else { break }
      let limit = best?.chamfer ?? .infinity
      guard let chamfer = Self.chamfer(try cache.tree(index), target, limit: limit) else { continue }
      let found = Neighbor(index: index, chamfer: chamfer)
      if best.map({ (found.chamfer, found.index) < ($0.chamfer, $0.index) }) ?? true { best = found }
    }
    return best
  }

  /// The Chamfer distance of two clouds, or nil once it is sure to be larger than `limit`.
  static func chamfer(_ first: PointCloudTree, _ second: PointCloudTree, limit: Double) -> Double? {
    var sum = 0.0
    for (from, to) in [(second, first), (first, second)] {
      var part = 0.0
      for start in stride(from: 0, to: from.points.count, by: blockSize) {
        let block = from.points[start..<min(from.points.count, start + blockSize)]
        for neighbor in to.nearest(to: Array(block), threadCount: 1) { part += neighbor.distance * neighbor.distance }
        guard sum + part / Double(from.points.count) <= limit else { return nil }
      }
      sum += part / Double(from.points.count)
    }
    return sum
  }

  /// Calls a body for every number, on all processors; throws the error of the lowest number that failed.
  private static func inParallel(_ count: Int, _ body: @Sendable (Int) throws -> Void) throws {
    let next = Atomic<Int>(0)
    let failure = Mutex<(index: Int, error: any Error)?>(nil)
    let threads = max(1, min(count, ProcessInfo.processInfo.activeProcessorCount))
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count, failure.withLock({ $0 == nil }) else { return }
        do {
          try body(index)
        } catch {
          failure.withLock { known in
            if known.map({ index < $0.index }) ?? true { known = (index, error) }
          }
        }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure.error }
  }
}

/// The trees of candidates that were read last.
private final class TreeCache: Sendable {
  /// Some 300 MB at 30,000 points.
  private static let capacity = 256
  private let cloud: @Sendable (Int) throws -> [SIMD3<Float>]
  private let state = Mutex((trees: [Int: PointCloudTree](), order: [Int]()))

  init(_ cloud: @escaping @Sendable (Int) throws -> [SIMD3<Float>]) { self.cloud = cloud }

  func tree(_ index: Int) throws -> PointCloudTree {
    if let known = state.withLock({ $0.trees[index] }) { return known }
    let tree = try PointCloudTree(try cloud(index))
    state.withLock { state in
      guard state.trees.updateValue(tree, forKey: index) == nil else { return }
      state.order.append(index)
      if state.order.count > Self.capacity { state.trees[state.order.removeFirst()] = nil }
    }
    return tree
  }
}
