import Foundation

/// What a study would take: parameters, time and memory of each model, and what fits.
public struct StudyEstimate: Encodable, Sendable {
  /// One model's share.
  public struct Model: Encodable, Sendable {
    /// Which.
    public var name: String
    /// Trainable numbers.
    public var parameters: Int
    /// Seconds of a step and of a validation.
    public var secondsPerStep: Double, secondsPerValidation: Double
    /// Most memory in use, in bytes; nil where it is not known.
    public var bytes: Int?
    /// Steps of the recipe.
    public var steps: Int
    /// Seconds that they take, validations included.
    public var seconds: Double
    /// Steps that fit into the minutes; nil without minutes, and where none fit.
    public var fittingSteps: Int?
    /// Whether its memory fits into this machine's; nil where it is not known.
    public var fitsMemory: Bool?
  }

  /// The models that would be trained, in the study's order.
  public var models: [Model]
  /// Seconds of all of them.
  public var seconds: Double
  /// Minutes that were given.
  public var minutes: Double?
  /// Memory of this machine, in bytes.
  public var memory: Int

  /// Measures every model that would be trained; `begin` is told its name before.
  package init(
    _ request: StudyRequest, minutes: Double?, measure: StudyCost.Measurement, begin: (String) -> Void = { _ in }
  ) throws {
    let memory = Int(ProcessInfo.processInfo.physicalMemory)
    var request = request
    request.minutes = nil
    let configurations = try StudyPlan.configurations(for: request)
    let share = minutes.map { $0 / Double(max(1, configurations.count)) }
    models = try request.models.compactMap { model in
      guard let configuration = configurations[model] else { return nil }
      begin(model.name)
      let cost = try measure(configuration)
      var fitting: Int?
      if let share {
        var one = request
        (one.minutes, one.models) = (share, [model])
        do {
          fitting = try StudyPlan.make(one) { _ in cost }.entries.first?.configuration?.training.steps
        } catch is ExperimentError {
          // Not even a few steps.
        }
      }
      return Model(
        name: model.name, parameters: cost.parameters, secondsPerStep: cost.secondsPerStep,
        secondsPerValidation: cost.secondsPerValidation, bytes: cost.bytes, steps: configuration.training.steps,
        seconds: cost.seconds(of: configuration), fittingSteps: fitting, fitsMemory: cost.bytes.map { $0 < memory })
    }
    seconds = models.map(\.seconds).reduce(0, +)
    (self.minutes, self.memory) = (minutes, memory)
  }

  /// What is printed.
  public var text: String {
    var headings = ["model", "parameters", "s/step", "s/validation", "memory", "steps", "time"]
    if minutes != nil { headings.append("steps that fit") }
    let rows = models.map { model -> [String] in
      var row = [
        model.name, QuantityText.count(model.parameters), String(format: "%.3f", model.secondsPerStep),
        String(format: "%.2f", model.secondsPerValidation), model.bytes.map(QuantityText.memory) ?? "unknown",
        QuantityText.count(model.steps), QuantityText.duration(model.seconds),
      ]
      if minutes != nil {
        row.append(
          model.fittingSteps.map { "\(QuantityText.count($0)) (\(100 * $0 / model.steps) %)" } ?? "none")
      }
      return row
    }
    return (Self.aligned([headings] + rows) + [summary]).joined(separator: "\n")
  }

  private var summary: String {
    var text = "all \(models.count) models: \(QuantityText.duration(seconds)) of training"
    if let minutes {
      text += seconds <= minutes * 60 ? "; fits into" : "; does not fit into"
      text += " \(QuantityText.duration(minutes * 60)), --minutes \(minutes) trains the steps that fit"
    }
    let tooLarge = models.filter { $0.fitsMemory == false }.map(\.name)
    return text
      + (tooLarge.isEmpty
        ? "" : "; more memory than the machine's \(QuantityText.memory(memory)): \(tooLarge.joined(separator: ", "))")
  }

  /// Columns of one width; names to the left, numbers to the right.
  private static func aligned(_ rows: [[String]]) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).enumerated().map { index, cell in
        let room = String(repeating: " ", count: cell.1 - cell.0.count)
        return index == 0 ? cell.0 + room : room + cell.0
      }.joined(separator: "  ")
    }
  }
}
