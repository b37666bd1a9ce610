import Foundation

/// The errors of each sample that an evaluation wrote: `per_sample.csv`.
package struct PerSampleErrors: Equatable, Sendable {
  /// Names of the samples, in order.
  package let names: [String]
  /// Values of each column but the name, by the column's heading, such as `jaccard_target`.
  package let columns: [String: [Double]]

  /// Reads a file that an evaluation wrote.
  package init(contentsOf url: URL) throws {
    let text: String
    do {
      text = try String(contentsOf: url, encoding: .utf8)
    } catch {
      throw ExperimentError("cannot read \(url.path): \(error.localizedDescription)")
    }
    try self.init(text: text, source: url.path)
  }

  /// Reads the text of such a file; `source` names it in messages.
  package init(text: String, source: String) throws {
    let rows = Self.rows(of: text)
    guard let headings = rows.first, headings.first == "name" else {
      throw ExperimentError("\(source): does not begin with the heading of per-sample errors")
    }
    var columns = [[Double]](repeating: [], count: headings.count - 1)
    for (line, row) in rows.dropFirst().enumerated() {
      let values = row.dropFirst().compactMap(Double.init)
      guard row.count == headings.count, values.count == columns.count else {
        throw ExperimentError("\(source): sample \(line + 1) does not have \(columns.count) numbers")
      }
      for (index, value) in values.enumerated() { columns[index].append(value) }
    }
    names = rows.dropFirst().map { $0[0] }
    self.columns = Dictionary(zip(headings.dropFirst(), columns)) { first, _ in first }
  }

  /// The values against target, input and null model of a measure, `mse` or `jaccard`.
  func values(_ measure: String, against subject: String) -> [Double] { columns["\(measure)_\(subject)"] ?? [] }

  /// Cells of each line; a cell in quotes may hold commas, line breaks and doubled quotes.
  private static func rows(of text: String) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var cell = ""
    var (isQuoted, hasJustClosed) = (false, false)
    for character in text {
      if character == "\"" {
        if hasJustClosed { cell.append(character) }
        (isQuoted, hasJustClosed) = (!isQuoted, isQuoted)
        continue
      }
      hasJustClosed = false
      if isQuoted {
        cell.append(character)
      } else if character == "," {
        row.append(cell)
        cell = ""
      } else if character.isNewline {
        rows.append(row + [cell])
        (row, cell) = ([], "")
      } else {
        cell.append(character)
      }
    }
    if !row.isEmpty || !cell.isEmpty { rows.append(row + [cell]) }
    return rows
  }
}
