import Geometry
import Randomness
import Torch

/// Observations as tensors, group after group, with the level added and clamped.
struct FitTable {
  /// Some of the points.
  struct Batch {
    /// [P, 3].
    let points: Tensor
    /// What the distance may be, [P].
    let lowest, highest: Tensor

    /// How far distances, [P] or [S, P], lie beyond what they may be.
    func excess(of distances: Tensor) -> Tensor { (lowest - distances).relu() + (distances - highest).relu() }
  }

  let all: Batch
  /// Names, places and shares of the groups.
  let spans: [(name: String, range: Range<Int>, share: Double)]
  /// The same limits without clamping.
  private let free: Batch

  var counts: [String: Int] { Dictionary(spans.map { ($0.name, $0.range.count) }, uniquingKeysWith: +) }

  init(_ observations: Observations, level: Double, clamp: Double, device: Device) {
    var (points, lowest, highest): ([SIMD3<Float>], [Float], [Float]) = ([], [], [])
    var spans: [(name: String, range: Range<Int>, share: Double)] = []
    for group in observations.groups {
      spans.append((group.name, points.count..<points.count + group.points.count, group.share))
      points += group.points
      lowest += group.lowest.map { $0 + Float(level) }
      highest += group.highest.map { $0 + Float(level) }
    }
    self.spans = spans
    let limit = Float(clamp)
    func tensor(_ values: [Float]) -> Tensor { Tensor(values, device: device) }
    func clamped(_ values: [Float]) -> Tensor { tensor(values.map { min(max($0, -limit), limit) }) }
    let places = Tensor(points: points).to(device: device)
    all = Batch(points: places, lowest: clamped(lowest), highest: clamped(highest))
    free = Batch(points: places, lowest: tensor(lowest), highest: tensor(highest))
  }

  /// How many points of each group are drawn of `count`: by share, at least one.
  func quotas(_ count: Int) -> [Int] {
    let total = spans.reduce(0) { $0 + $1.share }
    return spans.map { max(1, Int((Double(count) * $0.share / total).rounded())) }
  }

  func batch(_ indices: Tensor) -> Batch {
    Batch(
      points: all.points.indexSelect(0, indices), lowest: all.lowest.indexSelect(0, indices),
      highest: all.highest.indexSelect(0, indices))
  }

  /// The points on which losses are compared, group by group with their shares; thinned at random where there are more.
  func judged(_ limit: Int, seed: UInt64) -> [(share: Double, batch: Batch)] {
    var generator = SeededGenerator(seed: seed, stream: 0x6A75_6467)
    let total = spans.reduce(0) { $0 + $1.share }
    return zip(spans, quotas(limit)).map { span, quota in
      let count = span.range.count
      let order = count > quota ? generator.permutation(count: count).prefix(quota).sorted() : Array(0..<count)
      let indices = order.map { Int64(span.range.lowerBound + $0) }
      return (span.share / total, batch(Tensor(indices, device: all.points.device)))
    }
  }

  /// Each group for itself, thinned evenly to a number of points, without clamping.
  func groups(atMost limit: Int) -> [(name: String, batch: Batch)] {
    spans.map { span in
      let step = max(1, (span.range.count + limit - 1) / limit)
      let indices = Tensor(
        stride(from: span.range.lowerBound, to: span.range.upperBound, by: step).map(Int64.init),
        device: all.points.device)
      return (
        span.name,
        Batch(
          points: free.points.indexSelect(0, indices), lowest: free.lowest.indexSelect(0, indices),
          highest: free.highest.indexSelect(0, indices))
      )
    }
  }
}

/// Draws the points of a step, of each group as many as its share asks for.
struct FitSampler {
  private let table: FitTable
  private let generator: Generator

  init(_ table: FitTable, generator: Generator) { (self.table, self.generator) = (table, generator) }

  func draw(_ count: Int) -> FitTable.Batch {
    let parts = zip(table.spans, table.quotas(count)).map { span, quota in
      Tensor.integers([quota], in: span.range, generator: generator)
    }
    return table.batch(Tensor.concatenated(parts).to(device: table.all.points.device))
  }
}
