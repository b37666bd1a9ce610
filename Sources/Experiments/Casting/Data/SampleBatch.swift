import Randomness

/// Samples of several shapes to learn from.
public struct SampleBatch: Sendable, Equatable {
  /// Coordinates, [P,3].
  public var points: [Float]
  /// Signed distances, [P], not clipped.
  public var distances: [Float]
  /// The shape of each point by its place in the pool's entries, [P], ascending.
  public var owners: [Int64]
}

extension SamplePool {
  /// Draws a batch, half of it inside as far as the shapes have both signs.
  ///
  /// *Parameters*: without `shapesPerBatch` the shape of each point is left to chance, and shapes with more samples of a
  /// sign have more points of it, as in the article. With it so many different shapes are drawn, or all if there are
  /// fewer, with equally many points each, so that there are `pointCount` rounded down to a multiple of them; a single
  /// sign where a shape has no other.
  /// *Returns*: points of the same shape stand together, those outside first.
  public func batch(
    pointCount: Int, shapesPerBatch: Int? = nil, generator: inout SeededGenerator
  ) -> SampleBatch {
    precondition(pointCount > 0, "a batch needs at least one point, not \(pointCount)")
    let draws: [Draw]
    if let shapesPerBatch {
      precondition(
        (1...pointCount).contains(shapesPerBatch), "\(shapesPerBatch) shapes cannot share \(pointCount) points")
      draws = scenes(min(shapesPerBatch, entries.count), pointCount: pointCount, &generator)
    } else {
      draws = mixture(pointCount, &generator)
    }
    return copy(draws, &generator)
  }

  /// How many points of a shape come from each sign.
  private struct Draw {
    var shape: Int
    var outside, inside: Int
  }

  /// Some shapes with equally many points each.
  private func scenes(_ count: Int, pointCount: Int, _ generator: inout SeededGenerator) -> [Draw] {
    // Floyd's choice of some of all, without order.
    var chosen = Set<Int>()
    for last in entries.count - count..<entries.count {
      let candidate = generator.integer(below: last + 1)
      chosen.insert(chosen.contains(candidate) ? last : candidate)
    }
    let each = pointCount / count
    return chosen.sorted().map { shape in
      let section = sections[shape]
      let inside = section.outsideCount == 0 ? each : section.insideCount == 0 ? 0 : each / 2
      return Draw(shape: shape, outside: each - inside, inside: inside)
    }
  }

  /// Every point from the samples of all shapes.
  private func mixture(_ pointCount: Int, _ generator: inout SeededGenerator) -> [Draw] {
    let (outsideTotal, insideTotal) = (sums.outside[entries.count - 1], sums.inside[entries.count - 1])
    let inside = outsideTotal == 0 ? pointCount : insideTotal == 0 ? 0 : pointCount / 2
    let outsideCounts = counts(pointCount - inside, sums.outside, &generator)
    let insideCounts = counts(inside, sums.inside, &generator)
    return entries.indices.compactMap { shape in
      let (outside, inside) = (outsideCounts[shape], insideCounts[shape])
      return outside + inside > 0 ? Draw(shape: shape, outside: outside, inside: inside) : nil
    }
  }

  /// How often each shape is drawn when its chance is its share of the samples.
  private func counts(_ drawCount: Int, _ sums: [Int], _ generator: inout SeededGenerator) -> [Int] {
    var counts = [Int](repeating: 0, count: sums.count)
    guard let total = sums.last, total > 0 else { return counts }
    for _ in 0..<drawCount {
      let place = generator.integer(below: total)
      var (low, high) = (0, sums.count - 1)
      while low < high {
        let middle = (low + high) / 2
        if sums[middle] > place { high = middle } else { low = middle + 1 }
      }
      counts[low] += 1
    }
    return counts
  }

  /// Copies runs of rows from random places.
  private func copy(_ draws: [Draw], _ generator: inout SeededGenerator) -> SampleBatch {
    let total = draws.reduce(0) { $0 + $1.outside + $1.inside }
    var batch = SampleBatch(
      points: Array(repeating: 0, count: 3 * total), distances: Array(repeating: 0, count: total),
      owners: Array(repeating: 0, count: total))
    var next = 0
    batch.points.withUnsafeMutableBufferPointer { points in
      batch.distances.withUnsafeMutableBufferPointer { distances in
        batch.owners.withUnsafeMutableBufferPointer { owners in
          for draw in draws {
            let section = sections[draw.shape]
            for (range, count) in [(section.outside, draw.outside), (section.inside, draw.inside)] where count > 0 {
              var row = range.lowerBound + generator.integer(below: range.count)
              for _ in 0..<count {
                let sample = store.rows[row]
                (points[3 * next], points[3 * next + 1], points[3 * next + 2]) = (sample.x, sample.y, sample.z)
                (distances[next], owners[next]) = (sample.w, Int64(draw.shape))
                next += 1
                row = row + 1 == range.upperBound ? range.lowerBound : row + 1
              }
            }
          }
        }
      }
    }
    return batch
  }
}
