import Foundation
import Plots
import Volumes

/// The figures of an evaluation.
package enum ForecastFigures {
  /// Histogram and box plot of the per-series distances (the thesis's figure 7.2).
  static func distribution(_ scorer: ForecastScorer) -> Figure {
    let samples = scorer.perSample
    func groups(_ measure: (VoxelErrors) -> Double) -> [ValueGroup] {
      [
        ValueGroup(name: "target", role: .target, values: samples.map { measure($0.target) }),
        ValueGroup(name: "input", role: .input, values: samples.map { measure($0.input) }),
        ValueGroup(name: "null model", role: .null, values: samples.map { measure($0.null) }),
      ]
    }
    return Figure(
      title: "Next frame",
      panels: [
        .distribution(DistributionPanel(xLabel: "Jaccard distance", groups: groups(\.jaccardDistance))),
        .distribution(DistributionPanel(xLabel: "mean squared error", groups: groups(\.meanSquaredError))),
      ])
  }

  /// Means and bands over the steps of the rollout (figure 7.4).
  static func rollout(_ score: ForecastScore) -> Figure {
    func bands(_ curves: ForecastScore.Curves) -> [Band] {
      [
        Band(name: "target", role: .target, means: curves.target, deviations: curves.std.target),
        Band(name: "input", role: .input, means: curves.input, deviations: curves.std.input),
        Band(name: "null model", role: .null, means: curves.null, deviations: curves.std.null),
        Band(name: "persistence", role: .persistence, means: curves.persistence, deviations: curves.std.persistence),
      ]
    }
    return Figure(
      title: "Several steps ahead",
      panels: [
        .bands(BandPanel(yLabel: "Jaccard distance", bands: bands(score.rollout.jaccard))),
        .bands(BandPanel(yLabel: "mean squared error", bands: bands(score.rollout.mse))),
      ])
  }
}
