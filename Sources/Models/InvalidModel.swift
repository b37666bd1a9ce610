/// A configuration from which no network can be built.
public struct InvalidModel: Error, CustomStringConvertible {
  /// What is wrong and which field it is.
  public let description: String

  init(_ description: String) { self.description = description }
}
