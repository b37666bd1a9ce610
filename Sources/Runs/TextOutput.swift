import Foundation

/// Where progress is written: a terminal, a pipe or file, or a closure in a test.
public struct TextOutput: Sendable {
  /// Whether a line can be drawn over.
  public var isTerminal: Bool
  /// Characters in a line of the terminal, asked each time since a window can change.
  public var columnCount: @Sendable () -> Int
  /// Writes text as it is; must not fail loudly, since progress is not worth a failed run.
  public var write: @Sendable (String) -> Void

  /// An output of these properties.
  public init(
    isTerminal: Bool, columnCount: @escaping @Sendable () -> Int = { 80 }, write: @escaping @Sendable (String) -> Void
  ) {
    (self.isTerminal, self.columnCount, self.write) = (isTerminal, columnCount, write)
  }

  /// Standard error: progress and messages go there, so that standard output holds results only.
  public static let standardError = TextOutput(descriptor: STDERR_FILENO)

  /// The output of an open file descriptor.
  public init(descriptor: Int32) {
    let isDumb = ProcessInfo.processInfo.environment["TERM"] == "dumb"
    self.init(isTerminal: isatty(descriptor) == 1 && !isDumb) {
      var size = winsize()
      guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
      return Int(size.ws_col)
    } write: { text in
      let bytes = Array(text.utf8)
      var offset = 0
      while offset < bytes.count {
        let count = bytes[offset...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return }
        offset += count
      }
    }
  }
}

/// The one JSON object that `--json` makes the last line of standard output.
public enum JSONOutput {
  /// `value` as one line without its end: keys sorted, numbers that JSON lacks as `"nan"`, `"inf"` and `"-inf"`.
  public static func line(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = EventCoding.floatNamesForEncoding
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// Prints `value` as the last line of standard output.
  public static func print(_ value: some Encodable) throws {
    let text = try line(value) + "\n"
    fflush(nil)
    try AtomicFile.writeAll(Data(text.utf8), to: STDOUT_FILENO, name: "standard output")
  }
}
