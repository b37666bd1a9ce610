/// What went wrong with a run, its files or its configuration: one line that says what, where, and what to do.
public struct RunError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The line shown to the user.
  public let description: String

  /// An error with this line.
  public init(_ description: String) { self.description = description }
}
