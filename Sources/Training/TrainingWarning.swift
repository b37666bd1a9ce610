/// Something about a run that its user should know, in plain language.
///
/// The subject says what is warned about; the text what is seen now, with its numbers, and what to try. A warning whose
/// subject goes on is not said again at every evaluation, although the numbers change.
public struct TrainingWarning: Sendable, Equatable {
  /// What is warned about: the same as long as it is the same trouble.
  public var subject: String
  /// One line: what is seen, and what to try.
  public var text: String

  /// A warning about `subject`.
  public init(_ subject: String, _ text: String) { (self.subject, self.text) = (subject, text) }
}

/// What one evaluation says.
public struct EvaluationReport: Sendable, Equatable {
  /// Measures by name; the names are those of the plots, the event log and the criterion for the best checkpoint.
  public var metrics: [String: Double]
  /// What the user should know.
  public var warnings: [TrainingWarning]

  /// A report of these measures.
  public init(_ metrics: [String: Double], warnings: [TrainingWarning] = []) {
    (self.metrics, self.warnings) = (metrics, warnings)
  }
}

/// Which warnings have been said, so that a trouble that stays is not told at every evaluation.
///
/// A stretch is what lies between two evaluations, the later one included. A trouble is told when it appears, when it comes
/// back after a stretch without it, and again every ten stretches. A run that goes on begins without a memory: what still
/// holds is told once more.
struct WarningMemory {
  private static let reminderInterval = 10
  private var stretch = 0
  private var seen: [String: Int] = [:]
  private var told: [String: Int] = [:]

  /// Whether `warning` is to be told; notes that it was seen.
  mutating func admits(_ warning: TrainingWarning) -> Bool {
    let last = seen.updateValue(stretch, forKey: warning.subject)
    let isGoingOn = last.map { stretch - $0 <= 1 } ?? false
    if isGoingOn, let then = told[warning.subject], stretch - then < Self.reminderInterval { return false }
    told[warning.subject] = stretch
    return true
  }

  /// An evaluation is over.
  mutating func endStretch() { stretch += 1 }
}
