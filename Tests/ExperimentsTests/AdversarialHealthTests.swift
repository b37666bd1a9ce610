import Experiments
import Foundation
import Testing
import Training

@Suite("Health of a two-player training, on made-up numbers")
struct AdversarialHealthTests {
  /// Numbers of a healthy run at one of its evaluations.
  private struct Numbers {
    var gap = 2.0, norm = 1.0, penalty = 0.02, mse = 0.02
    var jaccard = 0.3, null = 0.35, copy = 0.3, copyTarget = 0.35
    var diversity = 0.93, diversityTarget = 0.95, occupancy = 0.06, occupancyTarget = 0.07

    var steps: [String: Double] { ["critic_gap": gap, "gradient_norm": norm, "penalty": penalty, "mse": mse] }

    var evaluation: [String: Double] {
      [
        "jaccard": jaccard, "jaccard_null": null, "copy": copy, "copy_target": copyTarget, "diversity": diversity,
        "diversity_target": diversityTarget, "occupancy": occupancy, "occupancy_target": occupancyTarget,
      ]
    }
  }

  /// Warnings of the last of `count` evaluations; `change` makes the numbers of evaluation 0, 1, ...
  private func warnings(_ count: Int = 6, _ change: (Int, inout Numbers) -> Void) -> [TrainingWarning] {
    var health = AdversarialHealth(voxelsPerFrame: 4096)
    var last: [TrainingWarning] = []
    for index in 0..<count {
      var numbers = Numbers()
      change(index, &numbers)
      // Two steps a stretch, whose mean is what counts.
      for offset in [-0.1, 0.1] {
        var steps = numbers.steps
        steps["critic_gap"] = numbers.gap + offset
        health.note(step: steps)
      }
      last = health.note(evaluation: numbers.evaluation)
    }
    return last
  }

  @Test("A healthy run is left in peace, whatever its gap does while it improves")
  func healthy() {
    #expect(warnings { _, _ in }.isEmpty)
    #expect(warnings { $1.jaccard = 0.9 - 0.1 * Double($0) }.isEmpty)
    #expect(
      warnings {
        $1.gap = 2 + Double($0)
        $1.jaccard = 0.9 - 0.1 * Double($0)
      }.isEmpty)
  }

  @Test("The critic wins where a large gap grows and the forecasts stay as they are")
  func criticWins() throws {
    // The bound is sqrt(4096 * 0.02) = 9.05.
    let found = warnings { $1.gap = 4 + 0.5 * Double($0) }
    #expect(found.map(\.subject) == ["critic wins"])
    let text = try #require(found.first?.text)
    #expect(text.contains("from 4.5 to 6.5, 72 % of what is possible") && text.contains("from 0.3 to 0.3"), "\(text)")
    #expect(text.contains("adversarial.criticSteps") && text.contains("optimizer.learningRate"))
    // Not before there are five evaluations, not if it is small, does not grow, or the norm explains it.
    #expect(warnings(4) { $1.gap = 4 + 0.5 * Double($0) }.isEmpty)
    #expect(warnings { $1.gap = 1 + 0.5 * Double($0) }.isEmpty)
    #expect(warnings { $1.gap = 6 + 0.1 * Double($0) }.isEmpty)
    #expect(
      warnings {
        $1.gap = 4 + 0.5 * Double($0)
        $1.norm = 1.9
      }.isEmpty)
    #expect(
      warnings {
        $1.gap = 4 + 0.5 * Double($0)
        $1.jaccard = 0.3 * pow(0.99, Double($0))
      }.isEmpty)
  }

  @Test("The penalty explodes where the gradient norm stays far from one, and a flat critic is named too")
  func gradientNorm() throws {
    let high = warnings(3) { (_, numbers) in (numbers.norm, numbers.penalty) = (3.5, 6.25) }
    #expect(high.map(\.subject) == ["gradient norm high"])
    #expect(high[0].text.contains("above 2") && high[0].text.contains("now 3.5, the penalty 6.25"), "\(high[0].text)")
    #expect(high[0].text.contains("adversarial.penaltyWeight"))
    #expect(warnings(2) { $1.norm = 3.5 }.isEmpty)
    #expect(warnings { $1.norm = $0 == 4 ? 1.2 : 3.5 }.isEmpty)
    let low = warnings { $1.norm = 0.05 }
    #expect(low.map(\.subject) == ["gradient norm low"])
    #expect(low[0].text.contains("nearly flat"))
  }

  @Test("The generator collapses where forecasts of different series are alike")
  func collapse() throws {
    let found = warnings(3) { $1.diversity = 0.2 }
    #expect(found.map(\.subject) == ["generator collapses"])
    #expect(found[0].text.contains("distance of 0.2, their targets 0.95"), "\(found[0].text)")
    #expect(warnings(2) { $1.diversity = 0.2 }.isEmpty)
    #expect(warnings { $1.diversity = 0.6 }.isEmpty)
    // Series that are alike themselves are no fault of the generator.
    #expect(
      warnings {
        $1.diversity = 0.1
        $1.diversityTarget = 0.12 + 0 * Double($0)
      }.isEmpty)
  }

  @Test("Empty and full forecasts are named as that, and not as alike")
  func emptiness() throws {
    let empty = warnings(3) { (_, numbers) in (numbers.occupancy, numbers.diversity) = (0.001, 0) }
    #expect(empty.map(\.subject) == ["generator empty"])
    #expect(empty[0].text.contains("nearly empty, 0.1 % of") && empty[0].text.contains("have 7 %"), "\(empty[0].text)")
    #expect(warnings { $1.occupancy = $0 == 4 ? 0.05 : 0.001 }.isEmpty)
    #expect(warnings { (_, numbers) in (numbers.occupancy, numbers.occupancyTarget) = (0, 0) }.isEmpty)
    let full = warnings { $1.occupancy = 0.99 }
    #expect(full.map(\.subject) == ["generator empty"] && full[0].text.contains("nearly full"))
  }

  @Test("The output copies the input where it is near to it and no better than the null model")
  func copying() throws {
    let found = warnings(3) { (_, numbers) in (numbers.copy, numbers.jaccard) = (0.05, 0.36) }
    #expect(found.map(\.subject) == ["output copies input"])
    #expect(found[0].text.contains("is 0.05, that of the targets 0.35"), "\(found[0].text)")
    #expect(warnings { (_, numbers) in (numbers.copy, numbers.jaccard) = (0.05, 0.3) }.isEmpty)
    #expect(warnings { (_, numbers) in (numbers.copy, numbers.jaccard) = (0.2, 0.36) }.isEmpty)
  }

  @Test("Only the last evaluations are held, and measures that are missing warn of nothing")
  func window() {
    var health = AdversarialHealth(voxelsPerFrame: 8)
    for _ in 0..<9 { #expect(health.note(evaluation: [:]).isEmpty) }
    #expect(health.window.count == 5)
    health.note(step: ["critic_gap": 2])
    health.note(step: ["critic_gap": 4])
    _ = health.note(evaluation: ["jaccard": 1])
    #expect(health.window.last == .init(steps: ["critic_gap": 3], evaluation: ["jaccard": 1]))
  }
}
