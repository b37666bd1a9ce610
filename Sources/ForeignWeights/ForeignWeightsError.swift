/// Why a weights file cannot be used: one line that names the file, what is wrong and what to do.
public struct ForeignWeightsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The line.
  public let description: String

  /// A refusal with this line; names out of a damaged file may hold anything, so only what prints is kept.
  package init(_ description: String) {
    let isControl = { (scalar: Unicode.Scalar) in scalar.value < 32 || 127...159 ~= scalar.value }
    self.description = String(
      String.UnicodeScalarView(description.unicodeScalars.map { isControl($0) || $0 == "\u{2028}" ? "?" : $0 }))
  }
}
