/// Some of many files could not be worked on: the first of them, and how many there are.
struct FailedFiles: Error, CustomStringConvertible {
  let description: String

  /// Nil if nothing failed.
  init?(_ failures: [String], of count: Int) {
    guard let first = failures.first else { return nil }
    description = count == 1 ? first : "\(first) (\(failures.count) of \(count) files failed)"
  }
}
