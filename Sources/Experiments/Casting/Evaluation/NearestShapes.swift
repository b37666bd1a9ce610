import Foundation
import Geometry
import Synchronization

/// The nearest of many shapes to each of some others, by Chamfer distance (both mean squared distances, added).
///
/// Each candidate is read once. A pair is given up as soon as the sum over some of its points is larger than the best
/// sum so far: sums only grow, so the result is the same as without.
struct NearestShapes {
  /// The nearest candidate.
  struct Neighbor: Equatable {
    /// Its number.
    var index: Int
    /// The sum of both mean squared distances.
    var chamfer: Double
  }

  /// Points that are asked about between two looks at the best sum.
  private static let blockSize = 1024

  /// Clouds of the shapes that neighbours are looked for.
  let targets: [PointCloudTree]

  init(_ targets: [[SIMD3<Float>]]) throws { self.targets = try targets.map { try PointCloudTree($0) } }

  /// The neighbours among `count` candidates; nil without candidates. Of equals the first counts.
  ///
  /// *Parameters*: `cloud` reads a candidate, from any thread; `progress` is told the number done, from any thread.
  /// *Throws*: what `cloud` throws for the first candidate that fails.
  func search(
    _ count: Int, cloud: @escaping @Sendable (Int) throws -> [SIMD3<Float>],
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws -> [Neighbor?] {
    let best = Mutex([Neighbor?](repeating: nil, count: targets.count))
    let failure = Mutex<(index: Int, error: any Error)?>(nil)
    let next = Atomic<Int>(0)
    let done = Atomic<Int>(0)
    let threads = max(1, min(count, ProcessInfo.processInfo.activeProcessorCount))
    let targets = targets
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count, failure.withLock({ $0 == nil }) else { return }
        do {
          let candidate = try PointCloudTree(try cloud(index))
          for (place, target) in targets.enumerated() {
            let bound = best.withLock { $0[place]?.chamfer } ?? .infinity
            guard let chamfer = Self.chamfer(candidate, target, bound: bound) else { continue }
            best.withLock { list in
              let found = Neighbor(index: index, chamfer: chamfer)
              if list[place].map({ (found.chamfer, found.index) < ($0.chamfer, $0.index) }) ?? true {
                list[place] = found
              }
            }
          }
        } catch {
          failure.withLock { known in
            if known.map({ index < $0.index }) ?? true { known = (index, error) }
          }
        }
        progress(done.wrappingAdd(1, ordering: .relaxed).newValue)
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure.error }
    return best.withLock { $0 }
  }

  /// The Chamfer distance of two clouds, or nil once it is sure to be larger than `bound`.
  static func chamfer(_ first: PointCloudTree, _ second: PointCloudTree, bound: Double) -> Double? {
    var sum = 0.0
    for (from, to) in [(second, first), (first, second)] {
      var part = 0.0
      for start in stride(from: 0, to: from.points.count, by: blockSize) {
        let block = from.points[start..<min(from.points.count, start + blockSize)]
        for neighbor in to.nearest(to: Array(block), threadCount: 1) { part += neighbor.distance * neighbor.distance }
        guard sum + part / Double(from.points.count) <= bound else { return nil }
      }
      sum += part / Double(from.points.count)
    }
    return sum
  }
}
