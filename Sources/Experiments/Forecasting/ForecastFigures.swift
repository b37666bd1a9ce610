import Foundation
import Plots
import Runs
import Volumes

/// The figures of an evaluation.
enum ForecastFigures {
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

  /// Loss and validation measures over the steps (figure 7.1); nil if nothing was trained.
  static func learning(_ events: [TrainingEvent]) -> Figure? {
    var training: [CurvePoint] = []
    var validation: [String: [CurvePoint]] = [:]
    for event in events {
      switch event {
      case .step(let step):
        if let loss = step.metrics["loss"] { training.append(CurvePoint(x: Double(step.step), y: loss)) }
      case .evaluation(let evaluation):
        for (name, value) in evaluation.metrics {
          validation[name, default: []].append(CurvePoint(x: Double(evaluation.step), y: value))
        }
      default: break
      }
    }
    guard training.count > 1 else { return nil }
    var loss = CurvePanel(
      xLabel: "step", yLabel: "binary cross-entropy",
      curves: [Curve(name: "training", role: .training, points: training)])
    if let points = validation["loss"] {
      loss.curves.append(Curve(name: "validation", role: .validation, points: points))
    }
    loss.limits = .percentiles(0, 98)
    var panels: [FigurePanel] = [.curves(loss)]
    let measured: [(String, String, SeriesRole)] = [
      ("jaccard", "target", .target), ("jaccard_input", "input", .input), ("jaccard_null", "null model", .null),
    ]
    let curves = measured.compactMap { key, name, role in
      validation[key].map { Curve(name: name, role: role, points: $0) }
    }
    if !curves.isEmpty {
      panels.append(.curves(CurvePanel(xLabel: "step", yLabel: "Jaccard distance (validation)", curves: curves)))
    }
    return Figure(title: "Learning", panels: panels)
  }
}
