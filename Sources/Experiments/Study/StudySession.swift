import Foundation
import Runs

/// A study at work: its plan, and where each model stands.
struct StudySession {
  let plan: StudyPlan
  let folder: StudyFolder
  let options: StudyOptions
  let say: (String) -> Void
  /// What went wrong, by model.
  private var problems: [StudyModel: String] = [:]
  private var evaluated: Set<StudyModel> = []

  init(plan: StudyPlan, folder: StudyFolder, options: StudyOptions, say: @escaping (String) -> Void) {
    (self.plan, self.folder, self.options, self.say) = (plan, folder, options, say)
  }

  private func training(_ entry: StudyPlan.Entry) -> StudyTraining? {
    entry.configuration.map { StudyTraining(configuration: $0, url: folder.run(entry.model), options: options) }
  }

  /// Trains what is not trained yet; false if the user stopped it.
  mutating func train() throws -> Bool {
    for (index, entry) in plan.entries.enumerated() {
      guard let training = training(entry), try !training.isDone else { continue }
      let (done, steps) = (try training.step(), training.configuration.training.steps)
      let rest = done > 0 ? ", \(done) of them done" : ""
      say("[\(index + 1)/\(plan.entries.count)] training \(entry.model): \(steps) steps\(rest)")
      switch try training() {
      case .completed: break
      case .interrupted: return false
      case .diverged(let problem): problems[entry.model] = "\(entry.model): \(problem)"
      }
      try writeState()
    }
    return true
  }

  /// Judges what is not judged yet; false if the user stopped it.
  mutating func evaluate() throws -> Bool {
    for (index, entry) in plan.entries.enumerated() where problems[entry.model] == nil {
      let interruption = Interruption()
      let evaluation = try evaluation(of: entry)
      try evaluation { say("[\(index + 1)/\(plan.entries.count)] judging \(entry.model)") }
      evaluated.insert(entry.model)
      try writeState()
      if interruption.isRequested { return false }
    }
    return true
  }

  /// Table, figures and page of everything that was judged.
  func report(_ published: [StudyModel: StudyCurves]) throws -> StudyOutcome {
    say("writing tables, figures and the report")
    let members = try plan.entries.filter { evaluated.contains($0.model) }.map(member)
    try requireSameSeries(members)
    let outcome = try outcome(members.map(\.subject.result), isInterrupted: false)
    let table = StudyTable(outcome.models)
    try folder.write(table.csv, as: "table.csv")
    try folder.write(table.markdown, as: "table.md")
    let figures = StudyFigures(members.map(\.subject), published: published)
    let report = StudyReport(plan: plan, members: members, outcome: outcome, figures: figures, options: options)
    try report.write(to: folder)
    try folder.write(outcome, as: "results.json")
    return outcome
  }

  /// What can be said of a study that was stopped.
  func interrupted() throws -> StudyOutcome { try outcome([], isInterrupted: true) }

  private func outcome(_ results: [StudyResult], isInterrupted: Bool) throws -> StudyOutcome {
    var progress: [String: Int] = [:]
    for entry in plan.entries { progress[entry.model.name] = try training(entry)?.step() }
    return StudyOutcome(
      isComplete: !isInterrupted && problems.isEmpty, isInterrupted: isInterrupted, progress: progress,
      problems: plan.entries.compactMap { problems[$0.model] }, models: results,
      orderings: StudyOrdering.orderings(of: results), folder: options.out)
  }

  private func evaluation(of entry: StudyPlan.Entry) throws -> StudyEvaluation {
    let run = try ForecastRun(plan.request.runs[entry.model.name] ?? folder.run(entry.model).path)
    guard StudyModel(of: run.configuration) == entry.model else {
      throw ExperimentError("\(run.directory.url.path): is no \(entry.model) any more")
    }
    return StudyEvaluation(
      run: run, folder: folder.evaluation(entry.model), data: plan.request.data, options: options)
  }

  private func member(_ entry: StudyPlan.Entry) throws -> StudyMember {
    let evaluation = try evaluation(of: entry)
    let record = try TrainingRecord(of: evaluation.run.directory)
    let step = evaluation.run.checkpoint.step
    var result = StudyResult(
      model: entry.model, isTrained: entry.configuration != nil, step: step, steps: max(record.steps, step),
      score: try evaluation.score())
    result.parameters = try record.parameters ?? evaluation.run.parameterCount()
    result.minutes = record.minutes
    let curves = StudyCurves(
      events: record.events, batchSize: evaluation.run.configuration.training.batchSize)
    let subject = StudyFigures.Subject(
      result: result, samples: try evaluation.samples(), curves: curves.jaccard.isEmpty ? nil : curves)
    return StudyMember(run: evaluation.run, subject: subject)
  }

  /// Throws unless all models were judged on the same series.
  private func requireSameSeries(_ members: [StudyMember]) throws {
    guard let first = members.first else { return }
    for member in members where member.subject.samples.names != first.subject.samples.names {
      throw ExperimentError(
        "\(member.subject.result.model) was judged on other series than \(first.subject.result.model); remove"
          + " \(folder.url.appending(path: "evaluations").path) to judge all anew")
    }
  }

  /// Writes the plan and where each model stands.
  func writeState() throws {
    let state = try plan.entries.map { entry -> StudyFolder.State in
      let training = training(entry)
      let step = try training?.step() ?? 0
      let status: StudyFolder.Status =
        if problems[entry.model] != nil {
          .diverged
        } else if evaluated.contains(entry.model) {
          .evaluated
        } else if try training?.isDone ?? true {
          .trained
        } else { step > 0 ? .training : .planned }
      return StudyFolder.State(model: entry.model, status: status, step: step, problem: problems[entry.model])
    }
    try folder.write(plan, state: state)
  }
}

/// A judged model of a study.
struct StudyMember {
  let run: ForecastRun
  let subject: StudyFigures.Subject
}
