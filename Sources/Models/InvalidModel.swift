/// A configuration from which no network can be built.
public struct InvalidModel: Error, CustomStringConvertible {
  /// What is wrong and which field it is.
  public let description: String

  init(_ description: String) { self.description = description }

  /// Throws, saying what is wrong, unless a condition holds.
  static func require(_ condition: Bool, _ description: String) throws {
    guard condition else { throw InvalidModel(description) }
  }
}
