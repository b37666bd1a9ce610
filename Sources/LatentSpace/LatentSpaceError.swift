/// What is wrong with codes that were given, in one line.
public struct LatentSpaceError: Error, CustomStringConvertible, Equatable {
  /// The line.
  public let description: String

  /// An error that says this.
  public init(_ description: String) { self.description = description }

  /// Codes that cannot be computed with: of different lengths, or with numbers that are not finite.
  ///
  /// *Returns*: the length of a code; 0 without codes.
  static func check(_ codes: [[Float]]) throws(LatentSpaceError) -> Int {
    let size = codes.first?.count ?? 0
    for (index, code) in codes.enumerated() {
      guard code.count == size else {
        throw LatentSpaceError(
          "code \(index) has \(code.count) numbers, code 0 has \(size): codes must be of one length")
      }
      guard code.allSatisfy(\.isFinite) else {
        throw LatentSpaceError("code \(index) has a number that is not finite")
      }
    }
    return size
  }
}
