import Foundation

/// Numbers as warnings write them.
enum HealthText {
  /// Three digits, such as 0.0123, 4.56, 78.9, 1.8e+09.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "not a number" : "infinite" }
    return String(format: "%.3g", value)
  }

  /// A share in whole percent.
  static func percent(_ share: Double) -> String { String(format: "%.0f %%", 100 * share) }
}
