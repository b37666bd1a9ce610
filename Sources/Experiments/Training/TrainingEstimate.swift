import Foundation
import Runs
import Torch
import Training

/// What a training run will cost, measured on a few real steps before it starts.
public struct TrainingEstimate: Encodable, Sendable, Equatable {
  /// Trainable numbers.
  public var parameters: Int
  /// Steps of the whole run.
  public var stepsPlanned: Int
  /// Seconds of a step: the median of those measured.
  public var secondsPerStep: Double
  /// Steps that were measured, after one to warm up.
  public var measuredSteps: Int
  /// Largest memory of the process, or on a CUDA device of its tensors there, while steps and an evaluation went on.
  public var peakBytes: Int
  /// Evaluations of the whole run.
  public var evaluations: Int
  /// Seconds of one evaluation, from one batch of the validation data; about right.
  public var secondsPerEvaluation: Double
  /// Seconds of the whole run.
  public var totalSeconds: Double { Double(stepsPlanned) * secondsPerStep + Double(evaluations) * secondsPerEvaluation }

  /// An estimate of these numbers.
  public init(parameters: Int, stepsPlanned: Int, secondsPerStep: Double, measuredSteps: Int, peakBytes: Int) {
    (self.parameters, self.stepsPlanned, self.secondsPerStep) = (parameters, stepsPlanned, secondsPerStep)
    (self.measuredSteps, self.peakBytes) = (measuredSteps, peakBytes)
    (evaluations, secondsPerEvaluation) = (0, 0)
  }

  /// Steps that can be done in so many minutes, with their share of the evaluations.
  public func stepsThatFit(minutes: Double) -> Int {
    let seconds = totalSeconds / Double(max(stepsPlanned, 1))
    guard seconds > 0 else { return stepsPlanned }
    return Int(min(Double(stepsPlanned), max(0, minutes * 60 / seconds)))
  }

  /// One line for people; says what fits into `minutes` where that is not everything.
  public func text(minutes: Double = 60) -> String {
    let size =
      parameters >= 1_000_000
      ? String(format: "%.1f million", Double(parameters) / 1e6) : QuantityText.count(parameters)
    let steps = QuantityText.count(stepsPlanned)
    var parts = [
      "\(size) parameters",
      "\(ProgressMeter.duration(secondsPerStep)) a step and \(QuantityText.memory(peakBytes)) (measured on \(measuredSteps) steps)",
      "\(steps) steps take \(ProgressMeter.duration(totalSeconds))",
    ]
    let share = Double(evaluations) * secondsPerEvaluation
    if share >= 0.01 * totalSeconds, evaluations > 0 {
      parts[2] += ", about \(ProgressMeter.duration(share)) of it for \(evaluations) evaluations"
    }
    let fitting = stepsThatFit(minutes: minutes)
    if fitting < stepsPlanned {
      let limit = minutes == minutes.rounded() ? String(format: "%.0f", minutes) : String(minutes)
      parts.append("in \(limit) minutes \(QuantityText.count(fitting)) steps fit")
    }
    return parts.joined(separator: "; ")
  }

  private enum CodingKeys: String, CodingKey {
    case parameters, stepsPlanned, secondsPerStep, measuredSteps, peakBytes, evaluations, secondsPerEvaluation
    case totalSeconds
  }

  /// Writes the total as well.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(parameters, forKey: .parameters)
    try container.encode(stepsPlanned, forKey: .stepsPlanned)
    try container.encode(secondsPerStep, forKey: .secondsPerStep)
    try container.encode(measuredSteps, forKey: .measuredSteps)
    try container.encode(peakBytes, forKey: .peakBytes)
    try container.encode(evaluations, forKey: .evaluations)
    try container.encode(secondsPerEvaluation, forKey: .secondsPerEvaluation)
    try container.encode(totalSeconds, forKey: .totalSeconds)
  }
}
