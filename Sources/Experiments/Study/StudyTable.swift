import Foundation
import Volumes

/// The table of a study: a row for each model.
package struct StudyTable: Sendable {
  /// What the rows are made of.
  package let results: [StudyResult]

  /// The table of these results, in their order.
  package init(_ results: [StudyResult]) { self.results = results }

  /// `table.csv`: every number in a column of its own.
  package var csv: String {
    var headings = ["model", "architecture", "format", "parameters", "steps", "judged_step", "minutes", "samples"]
    for scoring in ["sequence", "frame"] {
      for measure in ["mse", "jaccard"] {
        headings += ["target", "input", "null"].map { "\(scoring)_\(measure)_\($0)" }
        headings.append("\(scoring)_\(measure)_target_std")
      }
    }
    headings += ["valid", "horizon", "published_mse_target", "published_jaccard_target"]
    headings += ["published_valid", "published_horizon"]
    return ([headings] + results.map(Self.cells)).map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n"
  }

  private static func cells(of result: StudyResult) -> [String] {
    func number(_ value: Double) -> String { String(format: "%.6g", value) }
    let (model, score, published) = (result.model, result.score, result.published)
    var cells = [model.name, model.architecture.rawValue, model.format.rawValue]
    cells.append(result.parameters.map(String.init) ?? "")
    cells += ["\(result.steps)", "\(result.step)", result.minutes.map { String(format: "%.2f", $0) } ?? ""]
    cells.append("\(score.samples)")
    for scoring in [score.scoring.sequence, score.scoring.frame] {
      for errors in [scoring.mse, scoring.jaccard] {
        cells += [errors.target.mean, errors.input.mean, errors.null.mean, errors.target.std].map(number)
      }
    }
    cells += ["\(score.valid)", "\(score.horizon)", number(published.mse.target), number(published.jaccard.target)]
    return cells + ["\(published.isValid)", "\(published.horizon)"]
  }

  /// Headings and rows for a page: what a reader looks at first.
  package var summary: (headings: [String], rows: [[String]]) {
    let headings = [
      "model", "format", "parameters", "steps", "minutes", "Jaccard target / input / null", "verdict", "horizon",
      "published Jaccard", "published verdict", "published horizon",
    ]
    let rows = results.map { result -> [String] in
      let (jaccard, published) = (result.score.scoring.sequence.jaccard, result.published)
      return [
        result.model.architecture.title, result.model.format.rawValue,
        result.parameters.map(StudyText.count) ?? "–", StudyText.count(result.steps),
        result.minutes.map { String(format: "%.1f", $0) } ?? "–", Self.means(jaccard), Self.verdict(result.score.valid),
        "\(result.score.horizon)", StudyText.error(published.jaccard.target), Self.verdict(published.isValid),
        "\(published.horizon)",
      ]
    }
    return (headings, rows)
  }

  /// Headings and rows of both measures by both scorings.
  package var details: (headings: [String], rows: [[String]]) {
    let headings = [
      "model", "format", "MSE, sequence", "Jaccard, sequence", "MSE, frame", "Jaccard, frame", "published MSE",
      "published Jaccard",
    ]
    let rows = results.map { result -> [String] in
      let (scoring, published) = (result.score.scoring, result.published)
      let measured = [scoring.sequence.mse, scoring.sequence.jaccard, scoring.frame.mse, scoring.frame.jaccard]
      return [result.model.architecture.title, result.model.format.rawValue] + measured.map(Self.means)
        + [published.mse, published.jaccard].map { StudyText.errors([$0.target, $0.input, $0.null]) }
    }
    return (headings, rows)
  }

  /// `table.md`: both tables and the orderings.
  package var markdown: String {
    func table(_ content: (headings: [String], rows: [[String]])) -> String {
      let lines = [content.headings, content.headings.map { _ in "---" }] + content.rows
      return lines.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
    }
    let orderings = StudyOrdering.orderings(of: results).map { "- \($0.sentence)\n" }.joined()
    return """
      \(table(summary))

      Errors are means over the series, to the target, to the input and of the null model; in the first table over all \
      frames of a series jointly. The published ones are of the ConvLSTM over all frames jointly, of the others over \
      single frames.

      \(table(details))

      \(orderings)
      """
  }

  private static func means(_ errors: ForecastScore.Errors) -> String {
    StudyText.errors([errors.target.mean, errors.input.mean, errors.null.mean])
  }

  private static func verdict(_ isValid: Bool) -> String { isValid ? "valid" : "not valid" }
}
