import Foundation
import Synchronization

/// How much a command says while it works.
public enum ProgressMode: String, Sendable, CaseIterable {
  /// A bar in a terminal, plain lines elsewhere.
  case automatic
  /// Plain lines everywhere.
  case plain
  /// Nothing.
  case quiet
}

/// Progress of one long piece of work: a bar with rate and time left in a terminal, a plain line every few seconds elsewhere.
///
/// May be advanced from several threads at once.
public final class ProgressMeter: Sendable {
  /// Choices that seldom change.
  public struct Options: Sendable {
    /// How much is said.
    public var mode: ProgressMode
    /// What is counted, such as `steps`; appears in the rate.
    public var unit: String
    /// Units done before this meter began, as after a resume; they do not count for the rate.
    public var initialCount: Int
    /// Least seconds between two plain lines.
    public var plainInterval: Double
    /// Least seconds between two drawings of the bar.
    public var drawInterval: Double
    /// Where it is written.
    public var output: TextOutput
    /// Seconds of a clock that never goes back.
    public var clock: @Sendable () -> Double

    /// The usual choices.
    public init(
      mode: ProgressMode = .automatic, unit: String = "", initialCount: Int = 0, output: TextOutput = .standardError
    ) {
      (self.mode, self.unit, self.initialCount, self.output) = (mode, unit, initialCount, output)
      (plainInterval, drawInterval) = (5, 0.1)
      clock = { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }
    }
  }

  private struct State {
    var count: Int
    var note = ""
    var lastDrawn = -Double.infinity
    /// Recent (time, count) pairs, from which the rate is taken.
    var marks: [(time: Double, count: Int)]
    var drawnWidth = 0
    var isFinished = false
  }

  private let label: String
  private let total: Int?
  private let options: Options
  private let isBar: Bool
  private let start: Double
  private let state: Mutex<State>

  /// Begins to report; `total` is nil where the end is unknown.
  public init(_ label: String, total: Int?, options: Options = Options()) {
    (self.label, self.options) = (ConsoleLine.oneLine(label), options)
    self.total = total.map { max(0, $0) }
    isBar = options.mode == .automatic && options.output.isTerminal
    start = options.clock()
    state = Mutex(State(count: options.initialCount, marks: [(start, options.initialCount)]))
  }

  /// Adds to the count; `note` replaces what is shown at the end of the line.
  public func advance(by count: Int = 1, note: String? = nil) {
    change { state in
      state.count += count
      if let note { state.note = ConsoleLine.oneLine(note) }
    }
  }

  /// Sets the count.
  public func update(to count: Int, note: String? = nil) {
    change { state in
      state.count = count
      if let note { state.note = ConsoleLine.oneLine(note) }
    }
  }

  /// Prints a line of its own, above the bar.
  public func message(_ text: String) {
    guard options.mode != .quiet else { return }
    state.withLock { state in
      options.output.write(eraser(state) + ConsoleLine.oneLine(text) + "\n")
      state.drawnWidth = 0
      state.lastDrawn = isBar ? -.infinity : state.lastDrawn
    }
  }

  /// Ends the report with a line; more calls do nothing.
  public func finish(_ summary: String? = nil) {
    guard options.mode != .quiet else { return }
    state.withLock { state in
      guard !state.isFinished else { return }
      state.isFinished = true
      let seconds = options.clock() - start
      let unit = options.unit.isEmpty ? "" : " \(options.unit)"
      let text = summary ?? "\(state.count)\(unit) in \(Self.duration(seconds))"
      options.output.write("\(eraser(state))\(label): \(ConsoleLine.oneLine(text))\n")
    }
  }

  private func change(_ body: (inout State) -> Void) {
    state.withLock { state in
      guard !state.isFinished else { return }
      body(&state)
      guard options.mode != .quiet else { return }
      let now = options.clock()
      // The first plain line waits too, so that short work says only its end.
      let interval = isBar ? options.drawInterval : options.plainInterval
      guard now - max(state.lastDrawn, isBar ? -.infinity : start) >= interval else { return }
      state.lastDrawn = now
      draw(&state, now: now)
    }
  }

  private func draw(_ state: inout State, now: Double) {
    let rate = rate(&state, now: now)
    var parts: [String] = []
    if let total {
      let share = total == 0 ? 1 : min(1, Double(state.count) / Double(total))
      parts.append("\(Int(share * 100))%")
      parts.append("\(state.count)/\(total)")
    } else {
      parts.append("\(state.count)")
    }
    if let rate, rate > 0 {
      parts.append(Self.rate(rate, unit: options.unit))
      if let total, total > state.count { parts.append("\(Self.duration(Double(total - state.count) / rate)) left") }
    }
    if !state.note.isEmpty { parts.append(state.note) }
    guard isBar else {
      return options.output.write("\(label): \(parts.joined(separator: ", "))\n")
    }
    let share = total.map { $0 == 0 ? 1 : min(1, Double(state.count) / Double($0)) }
    let text = Self.barLine(label: label, share: share, parts: parts, width: options.output.columnCount() - 1)
    options.output.write(eraser(state) + text)
    state.drawnWidth = text.count
  }

  /// Units per second over the last half minute or so.
  private func rate(_ state: inout State, now: Double) -> Double? {
    state.marks.append((now, state.count))
    while state.marks.count > 2, now - state.marks[1].time > 30 { state.marks.removeFirst() }
    let first = state.marks[0]
    guard now > first.time, state.count > first.count else { return nil }
    return Double(state.count - first.count) / (now - first.time)
  }

  private func eraser(_ state: State) -> String {
    guard isBar && state.drawnWidth > 0 else { return "" }
    return "\r" + String(repeating: " ", count: state.drawnWidth) + "\r"
  }

  private static func barLine(label: String, share: Double?, parts: [String], width: Int) -> String {
    let rest = parts.joined(separator: "  ")
    let space = width - label.count - rest.count - 4
    var bar = ""
    if let share, space >= 8 {
      let cells = min(30, space)
      let eighths = Int((share * Double(cells * 8)).rounded(.down))
      let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
      let filled = String(repeating: "█", count: eighths / 8) + partial
      bar = filled + String(repeating: "░", count: cells - filled.count) + "  "
    }
    return String("\(label)  \(bar)\(rest)".prefix(max(10, width)))
  }

  private static func rate(_ rate: Double, unit: String) -> String {
    let what = unit.isEmpty ? "" : " \(unit)"
    return rate < 0.1
      ? String(format: "%.1f s each", 1 / rate)
      : String(format: rate < 10 ? "%.2f%@/s" : "%.0f%@/s", rate, what as NSString)
  }

  /// A length of time for people: `0.42 s`, `12 s`, `3 min 05 s`, `2 h 07 min`.
  public static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "unknown time" }
    if seconds < 10 { return String(format: seconds < 1 ? "%.2f s" : "%.1f s", seconds) }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return String(format: "%d min %02d s", whole / 60, whole % 60) }
    return String(format: "%d h %02d min", whole / 3600, whole / 60 % 60)
  }
}
