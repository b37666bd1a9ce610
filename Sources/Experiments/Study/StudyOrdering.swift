/// Which architecture is nearest to the truth on a format, found and published.
public struct StudyOrdering: Encodable, Equatable, Sendable {
  /// The format.
  public var format: StudyFormat
  /// The architectures, best first, by the Jaccard distance to the target over all frames of a sample jointly.
  public var found: [StudyArchitecture]
  /// The same architectures in the published order.
  public var published: [StudyArchitecture]
  /// One sentence.
  public var sentence: String

  /// Whether the order is the published one.
  public var isAsPublished: Bool { found == published }

  /// The order on every format of which at least two models were judged.
  public static func orderings(of results: [StudyResult]) -> [StudyOrdering] {
    StudyFormat.allCases.compactMap { format in
      let judged = results.filter { $0.model.format == format }
      return judged.count > 1 ? StudyOrdering(format, judged) : nil
    }
  }

  private init(_ format: StudyFormat, _ results: [StudyResult]) {
    func sorted(_ value: (StudyResult) -> Double) -> [(StudyArchitecture, Double)] {
      results.map { ($0.model.architecture, value($0)) }.sorted { $0.1 < $1.1 }
    }
    func text(_ list: [(StudyArchitecture, Double)]) -> String {
      list.map { "\($0.0.title) (\(QuantityText.error($0.1)))" }.joined(separator: " < ")
    }
    let ours = sorted { $0.score.scoring.sequence.jaccard.target.mean }
    let theirs = sorted { $0.published.jaccard.target }
    self.format = format
    (found, published) = (ours.map(\.0), theirs.map(\.0))
    sentence =
      found == published
      ? "\(format.rawValue): \(text(ours)), the published order \(text(theirs))."
      : "\(format.rawValue): \(text(ours)), not the published order \(text(theirs))."
  }
}
