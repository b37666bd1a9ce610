import Foundation

/// The Kullback-Leibler divergence of a map from its codes, and the forces that lessen it.
package struct MapForces: Sendable {
  let affinities: Affinities
  /// Far points are taken together within this angle; 0 for all pairs one by one.
  let angle: Double
  let threadCount: Int?

  init(affinities: Affinities, angle: Double, threadCount: Int?) {
    (self.affinities, self.angle, self.threadCount) = (affinities, angle, threadCount)
  }

  /// Those of a map of codes, with all pairs one by one or with the tree.
  package init(of codes: [[Float]], isExact: Bool, options: TSNE.Options) throws(LatentSpaceError) {
    let matrix = try CodeMatrix(codes)
    let perplexity = TSNE.perplexity(options.perplexity, codeCount: codes.count)
    let width = isExact ? codes.count - 1 : min(codes.count - 1, Int(3 * perplexity + 1))
    let neighbors = Neighbors(of: matrix, count: width, threadCount: options.threadCount)
    let affinities = Affinities(
      neighbors, codeCount: codes.count, perplexity: perplexity, threadCount: options.threadCount)
    self.init(affinities: affinities, angle: isExact ? 0 : options.angle, threadCount: options.threadCount)
  }

  /// The affinity of each pair, row by row, for small maps.
  package var pairs: [[Double]] {
    (0..<affinities.count).map { row in
      var line = [Double](repeating: 0, count: affinities.count)
      for place in affinities.starts[row]..<affinities.starts[row + 1] {
        line[Int(affinities.columns[place])] = affinities.values[place]
      }
      return line
    }
  }

  /// The gradient of the divergence with respect to every point, with all affinities times a factor.
  package func gradient(at points: [SIMD2<Double>], exaggeration: Double = 1) -> [SIMD2<Double>] {
    let (repulsion, sums) = angle > 0 ? treeRepulsion(points) : pairRepulsion(points)
    let scale = 1 / sums.reduce(0, +)
    return points.indices.withBlocks(threadCount: threadCount) { index in
      4 * (exaggeration * attraction(on: index, points) - scale * repulsion[index])
    }
  }

  /// The divergence, over all pairs.
  package func divergence(at points: [SIMD2<Double>]) -> Double {
    let sums = pairRepulsion(points).sums
    let total = log(sums.reduce(0, +))
    let rows = points.indices.withBlocks(threadCount: threadCount) { row -> Double in
      var sum = 0.0
      for place in affinities.starts[row]..<affinities.starts[row + 1] {
        let (share, offset) = (affinities.values[place], points[row] - points[Int(affinities.columns[place])])
        if share > 0 { sum += share * (log(share) + log(1 + (offset * offset).sum()) + total) }
      }
      return sum
    }
    return rows.reduce(0, +)
  }

  private func attraction(on row: Int, _ points: [SIMD2<Double>]) -> SIMD2<Double> {
    let own = points[row]
    var force = SIMD2<Double>()
    for place in affinities.starts[row]..<affinities.starts[row + 1] {
      let offset = own - points[Int(affinities.columns[place])]
      force += offset * (affinities.values[place] / (1 + (offset * offset).sum()))
    }
    return force
  }

  /// Forces, and each point's part of what the shares of the map are divided by.
  private func pairRepulsion(_ points: [SIMD2<Double>]) -> (forces: [SIMD2<Double>], sums: [Double]) {
    let both = points.indices.withBlocks(threadCount: threadCount) { row -> (SIMD2<Double>, Double) in
      var (force, sum) = (SIMD2<Double>(), -1.0)
      let own = points[row]
      for point in points {
        let offset = own - point
        let weight = 1 / (1 + (offset * offset).sum())
        sum += weight
        force += offset * (weight * weight)
      }
      return (force, sum)
    }
    return (both.map(\.0), both.map(\.1))
  }

  private func treeRepulsion(_ points: [SIMD2<Double>]) -> (forces: [SIMD2<Double>], sums: [Double]) {
    let tree = PlaneTree(points, angle: angle)
    let order = tree.order
    let sorted = tree.cells.withUnsafeBufferPointer { cells in
      nonisolated(unsafe) let cells = cells
      // Along the curve, so that points that visit the same cells come after one another.
      return order.indices.withBlocks(threadCount: threadCount) { place -> (SIMD2<Double>, Double) in
        Self.repulsion(on: points[order[place]], cells)
      }
    }
    var (forces, sums) = ([SIMD2<Double>](repeating: SIMD2(), count: points.count), points.map { _ in 0.0 })
    for (place, index) in order.enumerated() { (forces[index], sums[index]) = sorted[place] }
    return (forces, sums)
  }

  private static func repulsion(on point: SIMD2<Double>, _ cells: UnsafeBufferPointer<PlaneTree.Cell>) -> (
    SIMD2<Double>, Double
  ) {
    var (force, sum, index) = (SIMD2<Double>(), -1.0, 0)
    while index < cells.count {
      let cell = cells[index]
      let offset = point - cell.center
      let square = (offset * offset).sum()
      guard square > cell.reach else {
        index += 1
        continue
      }
      let weight = 1 / (1 + square)
      sum += cell.count * weight
      force += offset * (cell.count * weight * weight)
      index = cell.next
    }
    return (force, sum)
  }
}

extension Range<Int> {
  /// A value for each number, computed on several threads.
  func withBlocks<Value: Sendable>(threadCount: Int?, _ body: @Sendable (Int) -> Value) -> [Value] {
    let range = self
    return [Value](unsafeUninitializedCapacity: count) { buffer, filled in
      nonisolated(unsafe) let result = buffer
      inBlocks(of: 128, count: range.count, threadCount: threadCount) { block in
        for place in block { (result.baseAddress! + place).initialize(to: body(range.lowerBound + place)) }
      }
      filled = range.count
    }
  }
}
