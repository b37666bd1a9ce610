/// Why a state file could not be read or written.
public struct StateFileError: Error, Equatable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// What is wrong with it, and what to do where that is known.
  public let problem: String

  /// An error about the file at `path`.
  public init(path: String, problem: String) {
    (self.path, self.problem) = (path, problem)
  }

  /// One line: the file and its problem.
  public var description: String { "\(path): \(problem)" }
}
