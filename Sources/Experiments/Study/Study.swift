import Foundation
import Runs

/// Trains the nine forecasters, or takes finished runs of them, judges all on the same series, and compares them with each
/// other and with what is published.
///
/// The plan is decided first and written to `study.json`. A study that was stopped goes on when it is called again with the
/// same options; what is done already is not done again.
public struct Study {
  private let options: StudyOptions
  private let measure: StudyCost.Measurement

  /// A study; `measure` says what a step costs, and measures it unless given.
  public init(_ options: StudyOptions, measure: StudyCost.Measurement? = nil) {
    self.options = options
    self.measure = measure ?? { try StudyCost(measuring: $0, data: options.data, device: options.device) }
  }

  /// Plans, trains, judges and reports, as far as that is not done yet.
  public func callAsFunction() throws -> StudyOutcome {
    let request = try StudyRequest(options)
    let published = try options.curves.map(StudyCurves.published(in:)) ?? [:]
    let folder = try StudyFolder(options.out)
    var plan = options.force ? nil : try folder.readPlan()
    if let plan { try request.requireSame(as: plan.request, in: options.out) }
    if plan == nil {
      if request.minutes != nil { say("measuring the time of a step") }
      plan = try StudyPlan.make(request, measure: measure)
    }
    guard let plan else { throw ExperimentError("\(options.out): has no plan") }
    let lock = try folder.lock()
    defer { withExtendedLifetime(lock) {} }
    if options.force { try folder.removeStudy() }
    var session = StudySession(plan: plan, folder: folder, options: options, say: say)
    try session.writeState()
    guard try session.train(), try session.evaluate() else { return try session.interrupted() }
    return try session.report(published)
  }

  /// What the study would take, without training anything.
  public func estimate() throws -> StudyEstimate {
    let request = try StudyRequest(options)
    return try StudyEstimate(request, minutes: options.minutes, measure: measure) { say("measuring \($0)") }
  }

  private func say(_ line: String) {
    if options.progress != .quiet { TextOutput.standardError.write("\(line)\n") }
  }
}
