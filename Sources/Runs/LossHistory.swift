import Foundation

/// Loss curves as a text file of fixed-width columns, the layout of the published curves.
///
/// ```
/// # TRAINING ITERATION,     BCE_VAL_LOSS,     MSE_VAL_LOSS, JACCARD_VAL_LOSS
///                  200,          0.28868,          0.07326,          0.99140
/// ```
public struct LossHistory: Sendable, Equatable {
  /// Names of the columns after the iteration.
  public var columns: [String]
  /// One row for each iteration, in order; NaN where a column has no value.
  public var rows: [Row]

  /// The values at one iteration.
  public struct Row: Sendable, Equatable {
    /// Training steps done.
    public var iteration: Int
    /// One value for each column.
    public var values: [Double]

    /// The values at `iteration`.
    public init(iteration: Int, values: [Double]) { (self.iteration, self.values) = (iteration, values) }
  }

  /// What is taken from the events of a run.
  public enum Source: Sendable {
    /// Each training step.
    case steps
    /// Each evaluation.
    case evaluations
  }

  /// A history of these rows.
  public init(columns: [String], rows: [Row]) { (self.columns, self.rows) = (columns, rows) }

  /// The history that a run's events tell; columns are named as published: `mse` becomes `MSE_VAL_LOSS` or `MSE_LOSS`, and the
  /// losses of the two players `D_VAL_LOSS` and `G_VAL_LOSS`, or `D_LOSS` and `G_LOSS`.
  public init(_ source: Source, of events: [TimedEvent]) {
    let records: [(Int, [String: Double])] = events.compactMap { timed in
      switch (timed.event, source) {
      case (.step(let step), .steps): (step.step, step.metrics)
      case (.evaluation(let evaluation), .evaluations): (evaluation.step, evaluation.metrics)
      default: nil
      }
    }
    let names = Set(records.flatMap { $0.1.keys }).sorted()
    let suffix = if case .steps = source { "_LOSS" } else { "_VAL_LOSS" }
    columns = names.map { (Self.playerNames[$0] ?? $0.uppercased()) + suffix }
    rows = records.map { record in Row(iteration: record.0, values: names.map { record.1[$0] ?? .nan }) }
  }

  /// Reads a file in this layout.
  ///
  /// *Throws*: `RunError` with the line that does not fit.
  public init(contentsOf url: URL) throws {
    let data = try RunDirectory.contents(of: url, limit: 1 << 28)
    var columns: [String]?
    rows = []
    for (index, line) in String(decoding: data, as: UTF8.self).split(separator: "\n").enumerated() {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
        .map { $0.trimmingCharacters(in: .whitespaces) }
      if line.hasPrefix("#") {
        columns = columns ?? Array(cells.dropFirst())
        continue
      }
      let values = cells.dropFirst().compactMap { Double($0) }
      guard let iteration = cells.first.flatMap({ Int($0) }), values.count == cells.count - 1,
        values.count == columns?.count
      else { throw RunError("\(url.path), line \(index + 1): not a row of a loss history") }
      rows.append(Row(iteration: iteration, values: values))
    }
    guard let columns else {
      throw RunError("\(url.path): no header; a loss history begins with '# TRAINING ITERATION'")
    }
    self.columns = columns
  }

  /// The values of one column with their iterations, without the gaps; nil if there is no such column.
  public func column(_ name: String) -> [(iteration: Int, value: Double)]? {
    guard let index = columns.firstIndex(of: name) else { return nil }
    return rows.filter { !$0.values[index].isNaN }.map { ($0.iteration, $0.values[index]) }
  }

  /// The file's text.
  public var text: String {
    let widths = columns.map { max(17, $0.count + 1) }
    var lines = ["# TRAINING ITERATION" + zip(columns, widths).map { "," + Self.padded($0, $1) }.joined()]
    for row in rows {
      let cells = zip(row.values, widths).map { "," + Self.padded(Self.number($0), $1) }
      lines.append(Self.padded(String(row.iteration), 20) + cells.joined())
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Writes the file atomically.
  public func write(to url: URL) throws { try AtomicFile.write(text, to: url) }

  /// The discriminator is what later texts call the critic.
  private static let playerNames = ["critic_loss": "D", "generator_loss": "G"]

  private static func number(_ value: Double) -> String { value.isNaN ? "nan" : String(format: "%.5f", value) }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
