import Foundation

/// How durations, sizes, counts and errors are written for people.
enum QuantityText {
  /// `45 s`, `12 min`, `3.4 h`.
  static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<90: String(format: seconds < 10 ? "%.1f s" : "%.0f s", seconds)
    case ..<5400: String(format: "%.0f min", seconds / 60)
    default: String(format: "%.1f h", seconds / 3600)
    }
  }

  /// `512 MB`, `1.4 GB`.
  static func memory(_ bytes: Int) -> String {
    let megabytes = Double(bytes) / 1e6
    return megabytes < 1000 ? String(format: "%.0f MB", megabytes) : String(format: "%.1f GB", megabytes / 1000)
  }

  /// `761,889`.
  static func count(_ number: Int) -> String {
    let digits = Array(String(abs(number)))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
      text.append(digit)
    }
    return number < 0 ? "-\(text)" : text
  }

  /// An error with four decimals.
  static func error(_ value: Double) -> String { String(format: "%.4f", value) }

  /// Several errors in one cell.
  static func errors(_ values: [Double]) -> String { values.map(error).joined(separator: " / ") }
}
