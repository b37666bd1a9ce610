import NN
import Torch

extension CodeFit {
  /// Codes of the table and points at which they are compared: so many products in all, and so many at once.
  private static let comparison = (products: 400_000, points: 64...1024, rows: 16_384)

  /// Where the fit begins: near zero as DeepSDF's, then by turns at the trained code that fits best and at a code drawn like the
  /// model's own.
  ///
  /// From near zero a fit can end in another shape's valley, far from one that a trained code lies next to.
  func startingCodes(_ table: FitTable, seed: UInt64) -> [(code: [Float], origin: String)] {
    let origin = Tensor.normal(
      [model.latentSize], mean: 0, standardDeviation: options.initialDeviation, generator: Generator(seed: seed &+ 1))
    var starts = [(code: origin.array(of: Float.self), origin: "near zero")]
    var trained = bestTrained(options.starts / 2, on: table, seed: seed)[...]
    var drawn = model.randomCodes(count: options.starts, seed: seed &+ 2)[...]
    while starts.count < options.starts {
      if starts.count % 2 == 1, let best = trained.popFirst() {
        starts.append(best)
      } else {
        starts.append((drawn.removeFirst(), model.codes == nil ? "prior" : "like the trained codes"))
      }
    }
    return starts
  }

  /// The trained codes of the least loss, the best first; fewer where there are fewer.
  private func bestTrained(_ count: Int, on table: FitTable, seed: UInt64) -> [(code: [Float], origin: String)] {
    guard count > 0, let codes = model.codes, !codes.entries.isEmpty else { return [] }
    let limits = Self.comparison
    let points = min(max(limits.products / codes.entries.count, limits.points.lowerBound), limits.points.upperBound)
    let batch = FitSampler(table, generator: Generator(seed: seed &+ 3, device: .cpu)).draw(points)
    let all = Tensor(codes.values, shape: [codes.entries.count, model.latentSize], device: device)
    let size = max(1, limits.rows / points)
    let losses = withoutGradient {
      stride(from: 0, to: codes.entries.count, by: size).flatMap { start in
        self.losses(of: all.narrowed(0, start, min(size, codes.entries.count - start)), on: batch)
          .array(of: Float.self)
      }
    }
    return losses.indices.sorted { (losses[$0], $0) < (losses[$1], $1) }.prefix(count).map {
      (codes.code($0), "trained code \(codes.entries[$0].id)")
    }
  }
}
