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

  /// Headings and rows of a table for people.
  package typealias Content = (headings: [String], rows: [[String]])

  /// What a reader looks at first: is a model valid, how far does it see, and what is published.
  package var verdicts: Content {
    let headings = [
      "model", "Jaccard", "to input", "null", "valid", "horizon", "published Jaccard", "was valid", "had horizon",
    ]
    let rows = results.map { result -> [String] in
      let (jaccard, published) = (result.score.scoring.sequence.jaccard, result.published)
      return [result.model.title] + [jaccard.target, jaccard.input, jaccard.null].map { QuantityText.error($0.mean) }
        + [
          Self.word(result.score.valid), "\(result.score.horizon)", QuantityText.error(published.jaccard.target),
          Self.word(published.isValid), "\(published.horizon)",
        ]
    }
    return (headings, rows)
  }

  /// Both measures by both scorings.
  package var details: Content {
    let headings = ["model", "measure", "sequence", "frame", "published"]
    let rows = results.flatMap { result -> [[String]] in
      let (scoring, published) = (result.score.scoring, result.published)
      let measures = [
        ("MSE", scoring.sequence.mse, scoring.frame.mse, published.mse),
        ("Jaccard", scoring.sequence.jaccard, scoring.frame.jaccard, published.jaccard),
      ]
      return measures.map { name, sequence, frame, published in
        [
          result.model.title, name, Self.means(sequence), Self.means(frame),
          QuantityText.errors([published.target, published.input, published.null]),
        ]
      }
    }
    return (headings, rows)
  }

  /// How long each model was trained.
  package var training: Content {
    let rows = results.map { result in
      [
        result.model.title, result.isTrained ? "trained" : "given", result.parameters.map(QuantityText.count) ?? "–",
        QuantityText.count(result.steps), QuantityText.count(result.step),
        result.minutes.map { String(format: "%.1f", $0) } ?? "–",
      ]
    }
    return (["model", "run", "parameters", "steps", "judged step", "minutes"], rows)
  }

  /// What the columns of ``verdicts`` mean.
  static let verdictsCaption =
    "Jaccard distance of the prediction to the target and to the input, and of the null model: means over the series, all"
    + " frames of a series jointly. Valid: nearer to the target than input and null model are, by MSE and Jaccard."
    + " Horizon: leading steps of a rollout that are better than the null model."

  /// What the columns of ``details`` mean.
  static let detailsCaption =
    "Target / input / null model, means over the series. Sequence: all predicted frames of a series jointly, as the"
    + " ConvLSTM was published. Frame: frame by frame, as the frame GANs were. A model of three past frames predicts two"
    + " frames of each series less than the others."

  /// `table.md`: the tables and the orderings.
  package var markdown: String {
    func table(_ content: Content) -> String {
      let lines = [content.headings, content.headings.map { _ in "---" }] + content.rows
      return lines.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
    }
    let orderings = StudyOrdering.orderings(of: results).map { "- \($0.sentence)\n" }.joined()
    return """
      \(table(verdicts))

      \(Self.verdictsCaption)

      \(orderings)
      \(table(details))

      \(Self.detailsCaption)

      \(table(training))

      """
  }

  private static func means(_ errors: ForecastScore.Errors) -> String {
    QuantityText.errors([errors.target.mean, errors.input.mean, errors.null.mean])
  }

  private static func word(_ isValid: Bool) -> String { isValid ? "yes" : "no" }
}
