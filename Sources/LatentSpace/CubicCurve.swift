/// A cubic spline through rows of numbers, held as the rows and their second derivatives; zeros of these make it straight.
struct CubicCurve: Sendable {
  private let width: Int
  private let knots: [Double]
  private let values: [Double]
  private let bends: [Double]

  /// A closed curve's last row is its first again.
  init(_ rows: [[Double]], knots: [Double], kind: CodeSpline.Kind) {
    (width, self.knots, values) = (rows[0].count, knots, rows.flatMap { $0 })
    let isBent = kind.isCubic && rows.count > 2
    bends =
      isBent
      ? Self.bends(values, width: width, knots: knots, isPeriodic: kind.isPeriodic)
      : Array(repeating: 0, count: values.count)
  }

  func row(_ index: Int) -> [Double] { Array(values[index * width..<(index + 1) * width]) }

  /// The numbers at a share of a segment; the rows themselves at 0 and 1.
  func values(at share: Double, segment: Int) -> [Double] {
    guard knots.count > 1 else { return row(0) }
    let step = knots[segment + 1] - knots[segment]
    let rest = 1 - share
    let weights = ((rest * rest * rest - rest) * step * step / 6, (share * share * share - share) * step * step / 6)
    let (low, high) = (segment * width, (segment + 1) * width)
    return (0..<width).map { column in
      rest * values[low + column] + share * values[high + column] + weights.0 * bends[low + column] + weights.1
        * bends[high + column]
    }
  }

  // MARK: Second derivatives

  /// The slopes of both sides of every knot must agree: a tridiagonal system, for closed curves with two corners.
  private static func bends(_ values: [Double], width: Int, knots: [Double], isPeriodic: Bool) -> [Double] {
    let count = knots.count - 1
    let steps = zip(knots, knots.dropFirst()).map { $1 - $0 }
    func slope(_ segment: Int, _ column: Int) -> Double {
      (values[(segment + 1) * width + column] - values[segment * width + column]) / steps[segment]
    }
    var result = [Double](repeating: 0, count: values.count)
    let unknowns = isPeriodic ? Array(0..<count) : Array(1..<count)
    let before = unknowns.map { steps[($0 + count - 1) % count] }
    let after = unknowns.map { steps[$0] }
    let diagonal = zip(before, after).map { 2 * ($0 + $1) }
    let system =
      isPeriodic
      ? CyclicSystem(diagonal: diagonal, after: after)
      : CyclicSystem(diagonal: diagonal, after: Array(after.dropLast()) + [0])
    for column in 0..<width {
      let right = unknowns.map { 6 * (slope($0, column) - slope(($0 + count - 1) % count, column)) }
      for (index, bend) in zip(unknowns, system.solution(of: right)) { result[index * width + column] = bend }
      if isPeriodic { result[count * width + column] = result[column] }
    }
    return result
  }
}

/// A symmetric system of equations with a diagonal, the numbers beside it, and one in the two corners.
private struct CyclicSystem {
  /// `after[i]` couples i and i + 1, the last one the last and the first.
  let diagonal: [Double], after: [Double]

  func solution(of right: [Double]) -> [Double] {
    let count = diagonal.count
    guard count > 2 else { return small(right) }
    let corner = after[count - 1]
    guard corner != 0 else { return tridiagonal(diagonal, right) }
    // The corners as a product of two vectors, by Sherman and Morrison.
    let gamma = -diagonal[0]
    var changed = diagonal
    changed[0] -= gamma
    changed[count - 1] -= corner * corner / gamma
    var vector = [Double](repeating: 0, count: count)
    (vector[0], vector[count - 1]) = (gamma, corner)
    let (first, second) = (tridiagonal(changed, right), tridiagonal(changed, vector))
    let factor =
      (first[0] + first[count - 1] * corner / gamma) / (1 + second[0] + second[count - 1] * corner / gamma)
    return zip(first, second).map { $0 - factor * $1 }
  }

  /// One or two unknowns: between two of a closed curve there are two segments, and both couple them.
  private func small(_ right: [Double]) -> [Double] {
    guard diagonal.count == 2 else { return [right[0] / diagonal[0]] }
    let coupling = after[0] + after[1]
    let determinant = diagonal[0] * diagonal[1] - coupling * coupling
    return [
      (diagonal[1] * right[0] - coupling * right[1]) / determinant,
      (diagonal[0] * right[1] - coupling * right[0]) / determinant,
    ]
  }

  private func tridiagonal(_ diagonal: [Double], _ right: [Double]) -> [Double] {
    var (diagonal, right) = (diagonal, right)
    for index in 1..<diagonal.count {
      let share = after[index - 1] / diagonal[index - 1]
      diagonal[index] -= share * after[index - 1]
      right[index] -= share * right[index - 1]
    }
    var result = right
    for index in stride(from: diagonal.count - 1, through: 0, by: -1) {
      let next = index + 1 < diagonal.count ? after[index] * result[index + 1] : 0
      result[index] = (right[index] - next) / diagonal[index]
    }
    return result
  }
}
