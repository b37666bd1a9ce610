import Plots
import Runs

extension ForecastFigures {
  /// Losses and validation measures over the steps (figures 7.1, 8.1 and 8.2); nil if nothing was trained.
  ///
  /// A two-player training also shows its two losses, what the critic sees, and how the forecasts relate to each other and to
  /// the training frames.
  package static func learning(_ events: [TrainingEvent]) -> Figure? {
    let history = LearningHistory(events)
    guard history.stepCount > 1 else { return nil }
    let panels = panels(history)
    return panels.isEmpty ? nil : Figure(title: "Learning", panels: panels.map { .curves($0) })
  }

  private static func panels(_ history: LearningHistory) -> [CurvePanel] {
    let players = [
      history.training("critic_loss", "critic", .other(0)), history.training("generator_loss", "generator", .other(1)),
      history.validation("critic_loss", "critic, validation", .other(2)),
    ]
    let single = [
      history.training("loss", "training", .training), history.validation("loss", "validation", .validation),
    ]
    let critic = [
      history.training("critic_gap", "gap between real and generated", .other(0)),
      history.training("gradient_norm", "gradient norm", .other(1)),
    ]
    let jaccard = [
      history.validation("jaccard", "target", .target), history.validation("jaccard_input", "input", .input),
      history.validation("jaccard_null", "null model", .null),
    ]
    let variety = [
      history.validation("diversity", "between forecasts", .other(0)),
      history.validation("diversity_target", "between targets", .other(5)),
      history.validation("nearest_train", "forecast to nearest training frame", .other(1)),
      history.validation("nearest_train_target", "target to nearest training frame", .other(4)),
    ]
    let distances = [
      history.training("l1", "training", .training), history.validation("l1", "training shapes", .validation),
      history.validation("l1_held_out", "held-out shapes", .other(1)),
    ]
    return [
      panel("error of clipped distances", distances, isLogarithmic: true),
      panel("size of the codes", [history.training("code_size", "weighed by points", .training)]),
      panel("binary cross-entropy", single, limits: .percentiles(0, 98)),
      // A penalty that explodes at the start would hide all the rest.
      panel("loss", players, limits: .percentiles(5, 95)),
      panel("what the critic sees", critic, limits: .percentiles(1, 99)),
      panel("penalty", [history.training("penalty", "weighted penalty", .training)], isLogarithmic: true),
      panel("Jaccard distance (validation)", jaccard), panel("Jaccard distance (variety)", variety),
    ].compactMap { $0 }
  }

  private static func panel(
    _ label: String, _ curves: [Curve?], limits: AxisLimits = .automatic, isLogarithmic: Bool = false
  ) -> CurvePanel? {
    let curves = curves.compactMap { $0 }
    guard !curves.isEmpty else { return nil }
    var panel = CurvePanel(xLabel: "step", yLabel: label, curves: curves)
    (panel.limits, panel.isLogarithmic) = (limits, isLogarithmic)
    return panel
  }
}

/// The measures of a run's steps and evaluations by name.
private struct LearningHistory {
  private(set) var stepCount = 0
  private var steps: [String: [CurvePoint]] = [:]
  private var evaluations: [String: [CurvePoint]] = [:]

  init(_ events: [TrainingEvent]) {
    for event in events {
      switch event {
      case .step(let step):
        stepCount += 1
        Self.add(step.metrics, at: step.step, to: &steps)
      case .evaluation(let evaluation): Self.add(evaluation.metrics, at: evaluation.step, to: &evaluations)
      default: break
      }
    }
  }

  func training(_ measure: String, _ name: String, _ role: SeriesRole) -> Curve? {
    steps[measure].map { Curve(name: name, role: role, points: $0) }
  }

  func validation(_ measure: String, _ name: String, _ role: SeriesRole) -> Curve? {
    evaluations[measure].map { Curve(name: name, role: role, points: $0) }
  }

  private static func add(_ metrics: [String: Double], at step: Int, to curves: inout [String: [CurvePoint]]) {
    for (name, value) in metrics { curves[name, default: []].append(CurvePoint(x: Double(step), y: value)) }
  }
}
