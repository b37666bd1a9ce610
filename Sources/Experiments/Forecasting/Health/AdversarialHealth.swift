import Training

/// Looks at the last evaluations of a two-player training and says in plain language what goes wrong.
///
/// It keeps the means of the steps' measures between evaluations and nothing else, influences nothing, and is not part of a
/// checkpoint: a run that goes on begins with an empty window, so its first warnings come some evaluations later.
/// Every trouble must be there at several evaluations in a row, because the first hundreds of steps of a healthy run show
/// most of them.
package struct AdversarialHealth {
  /// What one evaluation looks at: the means over the steps since the last one, and its own measures.
  package struct Stretch: Equatable {
    package var steps: [String: Double]
    package var evaluation: [String: Double]

    package init(steps: [String: Double], evaluation: [String: Double]) {
      (self.steps, self.evaluation) = (steps, evaluation)
    }
  }

  /// Voxels of a frame: the critic's gap is held against the distance that frames can have.
  private let voxelsPerFrame: Int
  private var sums: [String: (sum: Double, count: Int)] = [:]
  package private(set) var window: [Stretch] = []

  package static let windowLength = 5

  /// Health of a training on frames of that many voxels.
  package init(voxelsPerFrame: Int) { self.voxelsPerFrame = voxelsPerFrame }

  /// Notes the measures of a step.
  package mutating func note(step metrics: [String: Double]) {
    for name in ["critic_gap", "gradient_norm", "penalty", "mse"] {
      guard let value = metrics[name] else { continue }
      sums[name, default: (0, 0)].sum += value
      sums[name, default: (0, 0)].count += 1
    }
  }

  /// Ends a stretch with the measures of its evaluation (``ForecastHealth`` among them), and says what is wrong.
  package mutating func note(evaluation metrics: [String: Double]) -> [TrainingWarning] {
    window.append(Stretch(steps: sums.mapValues { $0.sum / Double($0.count) }, evaluation: metrics))
    sums = [:]
    if window.count > Self.windowLength { window.removeFirst() }
    let found = [criticWins, gradientNorm, collapse, emptiness, copying]
    return found.compactMap { $0() }
  }

  // MARK: - The critic

  /// Share of the largest possible gap above which a critic that gains wins; see ``criticWins()``.
  package static let gapShareLimit = 0.5
  package static let gapGrowth = 1.25
  package static let improvement = 0.98

  /// The critic wins: its gap is large and grew over the whole window, while the forecasts did not improve.
  ///
  /// A critic with gradients of norm one can rate the real frame and the generated one apart by at most their Euclidean
  /// distance, whose mean is at most sqrt(voxels * mse). Above half of that the critic sees nearly all there is to see, and the
  /// generator should move; if the validation Jaccard distance has not fallen by 2 percent over five evaluations in which the
  /// gap grew by a quarter, it does not.
  private func criticWins() -> TrainingWarning? {
    guard window.count == Self.windowLength, let first = pair("critic_gap", "jaccard", window[0]),
      let last = pair("critic_gap", "jaccard", window[window.count - 1]),
      let error = window[window.count - 1].steps["mse"]
    else { return nil }
    let norm = max(window[window.count - 1].steps["gradient_norm"] ?? 1, 1)
    let bound = norm * (Double(voxelsPerFrame) * max(error, 0)).squareRoot()
    guard bound > 0, last.step > Self.gapShareLimit * bound, last.step > Self.gapGrowth * first.step,
      last.evaluation > Self.improvement * first.evaluation
    else { return nil }
    return TrainingWarning(
      "critic wins",
      "the critic wins: over \(Self.windowLength) evaluations its gap between real and generated frames grew from"
        + " \(number(first.step)) to \(number(last.step)), \(HealthText.percent(last.step / bound)) of what is possible,"
        + " while the Jaccard distance went from \(number(first.evaluation)) to \(number(last.evaluation)); try"
        + " fewer adversarial.criticSteps or a lower optimizer.learningRate")
  }

  package static let normLimits = 0.2...2.0

  /// The penalty explodes, or the critic stays flat: its gradient norm was far from one over three evaluations.
  private func gradientNorm() -> TrainingWarning? {
    guard let norms = lastValues(3, { $0.steps["gradient_norm"] }), let norm = norms.last else { return nil }
    let penalty = window.last?.steps["penalty"].map { ", the penalty \(number($0))" } ?? ""
    let seen = "over the last 3 evaluations (now \(number(norm))\(penalty)), where the gradient penalty wants 1"
    if norms.allSatisfy({ $0 > Self.normLimits.upperBound }) {
      return TrainingWarning(
        "gradient norm high",
        "the critic's penalty explodes: its gradient norm was above \(number(Self.normLimits.upperBound)) \(seen); try a"
          + " lower optimizer.learningRate or a larger adversarial.penaltyWeight")
    }
    guard norms.allSatisfy({ $0 < Self.normLimits.lowerBound }) else { return nil }
    return TrainingWarning(
      "gradient norm low",
      "the critic is nearly flat: its gradient norm was below \(number(Self.normLimits.lowerBound)) \(seen), so the"
        + " generator learns little from it; try more adversarial.criticSteps or a smaller adversarial.penaltyWeight")
  }

  // MARK: - The generator

  package static let diversityShare = 0.5
  package static let occupancyShare = 0.1

  /// The generator collapses: forecasts of different series are far more alike than the truths are, three times in a row.
  private func collapse() -> TrainingWarning? {
    let shares = lastValues(3) { stretch in
      stretch.ratio("diversity", to: "diversity_target")
    }
    guard let shares, shares.allSatisfy({ $0 < Self.diversityShare }), !isEmpty, let last = window.last?.evaluation,
      let diversity = last["diversity"], let wanted = last["diversity_target"]
    else { return nil }
    return TrainingWarning(
      "generator collapses",
      "the generator collapses, or does not tell series apart yet: forecasts of different series have a mean Jaccard"
        + " distance of \(number(diversity)), their targets \(number(wanted)); try more adversarial.criticSteps or a lower"
        + " optimizer.learningRate")
  }

  /// Nothing is generated, or everything: three times in a row.
  private func emptiness() -> TrainingWarning? {
    guard let last = window.last?.evaluation, let share = last["occupancy"], let wanted = last["occupancy_target"],
      isEmpty || isFull
    else { return nil }
    return TrainingWarning(
      "generator empty",
      "the generator collapses: its forecasts are nearly \(isEmpty ? "empty" : "full"), \(number(100 * share)) % of the"
        + " voxels are occupied where the targets have \(number(100 * wanted)) %; try more adversarial.criticSteps or a"
        + " lower optimizer.learningRate")
  }

  private var isEmpty: Bool {
    lastValues(3) { $0.ratio("occupancy", to: "occupancy_target") }?.allSatisfy { $0 < Self.occupancyShare } ?? false
  }

  private var isFull: Bool {
    let shares = lastValues(3) { stretch -> Double? in
      guard let share = stretch.evaluation["occupancy"], let wanted = stretch.evaluation["occupancy_target"], wanted < 1
      else { return nil }
      return (1 - share) / (1 - wanted)
    }
    return shares?.allSatisfy { $0 < Self.occupancyShare } ?? false
  }

  package static let copyShare = 0.5

  /// The output copies the input: it is less than half as far from it as the truth is and no better than the null
  /// model, three times in a row.
  ///
  /// Slow series make small steps, so nearness to the input alone is no fault.
  private func copying() -> TrainingWarning? {
    let isCopy = lastValues(3) { stretch -> Bool? in
      guard let share = stretch.ratio("copy", to: "copy_target"), let error = stretch.evaluation["jaccard"],
        let null = stretch.evaluation["jaccard_null"]
      else { return nil }
      return share < Self.copyShare && error > Self.improvement * null
    }
    guard isCopy?.allSatisfy({ $0 }) == true, let last = window.last?.evaluation, let copy = last["copy"],
      let wanted = last["copy_target"], let error = last["jaccard"], let null = last["jaccard_null"]
    else { return nil }
    return TrainingWarning(
      "output copies input",
      "the output copies the input: its Jaccard distance to the last frame seen is \(number(copy)), that of the targets"
        + " \(number(wanted)), and it is no better than the null model (\(number(error)) and \(number(null))); try"
        + " adversarial.condition=target, a format of larger steps such as data.format=t80, or more steps")
  }

  // MARK: - Reading the window

  private func number(_ value: Double) -> String { HealthText.number(value) }

  /// A measure of the steps and one of the evaluation.
  private func pair(_ step: String, _ evaluation: String, _ stretch: Stretch) -> (step: Double, evaluation: Double)? {
    guard let first = stretch.steps[step], let second = stretch.evaluation[evaluation] else { return nil }
    return (first, second)
  }

  /// A value of each of the last evaluations; nil unless there are enough and all have it.
  private func lastValues<Value>(_ count: Int, _ value: (Stretch) -> Value?) -> [Value]? {
    let values = window.suffix(count).compactMap(value)
    return values.count == count ? values : nil
  }
}

extension AdversarialHealth.Stretch {
  /// One measure of the evaluation as a share of another; nil where that is zero.
  fileprivate func ratio(_ measure: String, to other: String) -> Double? {
    guard let value = evaluation[measure], let whole = evaluation[other], whole > 0 else { return nil }
    return value / whole
  }
}
