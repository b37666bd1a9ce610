/// Why a weights file cannot be used: one line that names the file, what is wrong and what to do.
public struct ForeignWeightsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The line.
  public let description: String

  /// A refusal with this line.
  package init(_ description: String) { self.description = description }
}
