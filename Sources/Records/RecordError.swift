/// Why a record file cannot be read or written.
public struct RecordError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What kind of thing went wrong.
  public enum Problem: Sendable, Equatable {
    /// The bytes end inside a record.
    case truncated
    /// A checksum does not fit its bytes.
    case checksum
    /// The payload of a record is not the message that it should be.
    case malformed
    /// The operating system refused.
    case inputOutput
  }

  /// What kind of thing went wrong.
  public var problem: Problem
  /// The file, or what the caller named the bytes.
  public var file: String
  /// Where in the (decompressed) bytes, if it has a place.
  public var offset: Int?
  /// One line: what is wrong and what to do.
  public var message: String

  /// An error at `offset` of `file`.
  public init(_ problem: Problem, file: String, offset: Int? = nil, message: String) {
    (self.problem, self.file, self.offset, self.message) = (problem, file, offset, message)
  }

  /// File, place and message in one line.
  public var description: String {
    guard let offset else { return "\(file): \(message)" }
    return "\(file), byte \(offset): \(message)"
  }
}
