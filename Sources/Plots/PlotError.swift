/// Why a figure or report could not be made: one line that says what, where, and what to do.
public struct PlotError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The line shown to the user.
  public let description: String

  /// An error with this line.
  public init(_ description: String) { self.description = description }
}
