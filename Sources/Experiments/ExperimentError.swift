/// Something about an experiment that the user can mend.
public struct ExperimentError: Error, Equatable, CustomStringConvertible {
  /// One line: what, which file or option, what to do.
  public let description: String

  /// An error with this line.
  public init(_ description: String) { self.description = description }
}
