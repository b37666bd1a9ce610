/// What came of a study: the content of `results.json`.
public struct StudyOutcome: Encodable, Sendable {
  /// Whether every model was trained and judged.
  public var isComplete: Bool
  /// Whether the user stopped it.
  public var isInterrupted: Bool
  /// Steps done of every model that the study trains, by its name.
  public var progress: [String: Int]
  /// What went wrong with single models.
  public var problems: [String]
  /// What was found out, in the study's order.
  public var models: [StudyResult]
  /// Which architecture is nearest to the truth, on each format.
  public var orderings: [StudyOrdering]
  /// The folder.
  public var folder: String

  private enum CodingKeys: String, CodingKey {
    case isComplete = "complete"
    case isInterrupted = "interrupted"
    case progress, problems, models, orderings, folder
  }

  /// What is printed.
  public var text: String {
    if isInterrupted { return "stopped; the same command again goes on: \(folder)" }
    var lines = models.map { "\($0.model): \($0.score.verdict)" }
    lines += orderings.map(\.sentence) + problems
    return (lines + ["table:  \(folder)/table.md", "report: \(folder)/report.html"]).joined(separator: "\n")
  }
}
