import Runs

/// A study as decided before anything is trained: enough to repeat it exactly.
package struct StudyPlan: Codable, Equatable, Sendable {
  /// One model of it.
  package struct Entry: Codable, Equatable, Sendable {
    /// Which.
    package var model: StudyModel
    /// How it is trained; nil for a finished run that was given.
    package var configuration: ForecastConfiguration?
    /// What was measured to decide the number of steps; nil where nothing had to be.
    package var cost: StudyCost?
  }

  /// What was asked for.
  package var request: StudyRequest
  /// The models in the study's order.
  package var entries: [Entry]
}

extension StudyPlan {
  /// The plan for a request: recipes with the user's changes, and as many steps as the minutes allow.
  ///
  /// *Parameters*: `measure` says what a configuration costs; it is asked only where minutes are to be shared out.
  /// *Throws*: for changes that no model takes, configurations that make no sense, and too few minutes.
  package static func make(_ request: StudyRequest, measure: StudyCost.Measurement) throws -> StudyPlan {
    var configurations = try configurations(for: request)
    var costs: [StudyModel: StudyCost] = [:]
    if let minutes = request.minutes, !configurations.isEmpty {
      let share = minutes * 60 / Double(configurations.count)
      for model in request.models {
        guard var configuration = configurations[model] else { continue }
        let cost = try measure(configuration)
        try configuration.fit(to: share, cost: cost, settings: request.settings, model: model, scale: request.scale)
        (configurations[model], costs[model]) = (configuration, cost)
      }
    }
    return StudyPlan(
      request: request,
      entries: request.models.map { Entry(model: $0, configuration: configurations[$0], cost: costs[$0]) })
  }

  /// The configuration of every model that is trained.
  package static func configurations(for request: StudyRequest) throws -> [StudyModel: ForecastConfiguration] {
    var configurations: [StudyModel: ForecastConfiguration] = [:]
    for model in request.models where request.runs[model.name] == nil {
      var configuration = try ForecastRecipe.named(request.scale.recipe(model.architecture)).configuration
      configuration.data.format = model.format.rawValue
      configuration.seed = request.seed
      configurations[model] = configuration
    }
    for setting in request.settings { try apply(setting, to: &configurations) }
    for configuration in configurations.values { try configuration.validate() }
    return configurations
  }

  /// Changes every configuration that has the setting; throws if none has.
  private static func apply(_ setting: String, to configurations: inout [StudyModel: ForecastConfiguration]) throws {
    guard let any = configurations.first?.value else {
      throw ExperimentError("--set \(setting): nothing is trained; every model was given as a run")
    }
    let path = setting.prefix { $0 != "=" }
    var isKnown = false
    for (model, configuration) in configurations {
      guard try Configuration.settings(of: configuration).contains(where: { $0.path == path }) else { continue }
      configurations[model] = try Configuration.applying([setting], to: configuration)
      isKnown = true
    }
    // Says which settings there are.
    if !isKnown { _ = try Configuration.applying([setting], to: any) }
  }
}

extension ForecastConfiguration {
  /// Validations of a training whose length follows from its minutes.
  private static let validationCount = 8

  /// Sets the number of steps so that training takes about so many seconds; schedule, validations and checkpoints follow.
  ///
  /// At the published scale never more than the published number of steps.
  fileprivate mutating func fit(
    to seconds: Double, cost: StudyCost, settings: [String], model: StudyModel, scale: StudyScale
  ) throws {
    func isSet(_ path: String) -> Bool { settings.contains { $0.hasPrefix("\(path)=") } }
    let count = Self.validationCount
    let left = seconds - Double(count) * cost.secondsPerValidation
    let possible = left / max(cost.secondsPerStep, 1e-9)
    guard possible >= Double(count) else {
      let least = Double(count) * (cost.secondsPerValidation + cost.secondsPerStep)
      throw ExperimentError(
        "--minutes: \(model) has \(Self.duration(seconds)) of it, but \(count) steps with their validations take"
          + " \(Self.duration(least)); give more minutes, or fewer models with --only")
    }
    let most = scale == .published ? training.steps : 100_000_000
    let interval = max(1, Int(min(possible, Double(most))) / count)
    training.steps = interval * count
    if !isSet("training.validationInterval") { training.validationInterval = interval }
    if !isSet("training.checkpointInterval") { training.checkpointInterval = interval }
    if optimizer.schedule == .cosine, !isSet("optimizer.scheduleSteps") { optimizer.scheduleSteps = training.steps }
  }

  private static func duration(_ seconds: Double) -> String { QuantityText.duration(seconds) }
}
