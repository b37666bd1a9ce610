import Foundation
import Synchronization

/// A file that lines are added to, each in one write, so that a killed process tears at most the last.
final class AppendedFile: Sendable {
  private let descriptor: Int32
  private let path: String

  init(_ url: URL) throws {
    path = url.path
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw AtomicFile.systemError("cannot write \(path)") }
  }

  deinit { close(descriptor) }

  func append(_ data: Data) throws { try AtomicFile.writeAll(data, to: descriptor, name: path) }

  func synchronize() throws {
    guard fsync(descriptor) == 0 else { throw AtomicFile.systemError("cannot write \(path)") }
  }
}

/// Writes events to `events.jsonl`.
public final class EventFileSink: EventSink {
  /// When written events are forced onto the disk; at ``synchronize()`` they always are.
  public enum Durability: Sendable, Equatable {
    /// After each event: nothing is lost, a step costs some milliseconds more.
    case everyEvent
    /// When this many seconds have passed since the last time.
    case interval(Double)
    /// Only when asked: before each checkpoint and at the end.
    case onRequest
  }

  private let file: AppendedFile
  private let durability: Durability
  private let lastSynchronization = Mutex(0.0)

  /// Appends to the file at `url`; a torn last line is cut off first.
  public init(_ url: URL, durability: Durability = .interval(10)) throws {
    try EventLog(url: url).removeTornLine()
    file = try AppendedFile(url)
    self.durability = durability
  }

  /// Writes the event's line.
  public func receive(_ event: TimedEvent) throws {
    try file.append(try EventCoding.line(event))
    switch durability {
    case .everyEvent: try file.synchronize()
    case .onRequest: break
    case .interval(let seconds):
      let isDue = lastSynchronization.withLock { last in
        guard event.time - last >= seconds else { return false }
        last = event.time
        return true
      }
      if isDue { try file.synchronize() }
    }
  }

  /// Forces the file onto the disk.
  public func synchronize() throws { try file.synchronize() }
}

/// Writes the console line of each event to `log.txt`.
public final class LogFileSink: EventSink {
  private let file: AppendedFile
  private let console = ConsoleLine()

  /// Appends to the file at `url`.
  public init(_ url: URL) throws { file = try AppendedFile(url) }

  /// Writes the event's line after its time of day.
  public func receive(_ event: TimedEvent) throws {
    let date = Date(timeIntervalSince1970: event.time).formatted(.iso8601)
    try file.append(Data("\(date)  \(console.text(for: event.event))\n".utf8))
  }

  /// Forces the file onto the disk.
  public func synchronize() throws { try file.synchronize() }
}

/// How events read on a console: one line each, the same in the terminal and in `log.txt`.
public struct ConsoleLine: Sendable {
  /// The house form of a line.
  public init() {}

  /// The line for an event, without its end.
  public func text(for event: TrainingEvent) -> String {
    switch event {
    case .runStarted(let start):
      let plan = start.stepCount.map { ", \($0) steps" } ?? ""
      let size = start.parameterCount.map { ", \($0) parameters" } ?? ""
      return "start \(start.recipe)\(plan)\(size)"
    case .step(let step):
      let rate = step.learningRate.map { "  rate \(Self.number($0))" } ?? ""
      let seconds = String(format: "%.3f", step.seconds)
      return "epoch \(step.epoch)  batch \(step.batch)  iteration \(step.step)  \(seconds) s  "
        + Self.metrics(step.metrics) + rate
    case .evaluation(let evaluation):
      return "evaluation at iteration \(evaluation.step)  " + Self.metrics(evaluation.metrics)
    case .checkpointSaved(let saved): return "saved checkpoint \(saved.name)"
    case .sample(let sample): return "wrote \(sample.path)"
    case .warning(let warning): return "warning: \(Self.oneLine(warning.text))"
    case .resumed(let resumption): return "resumed from iteration \(resumption.step)"
    case .finished(let end):
      return "finished (\(end.reason.rawValue)) at iteration \(end.step) after \(ProgressMeter.duration(end.seconds))"
    }
  }

  /// The measures in the order of their names.
  public static func metrics(_ metrics: [String: Double]) -> String {
    metrics.sorted { $0.key < $1.key }.map { "\($0.key) \(number($0.value))" }.joined(separator: "  ")
  }

  private static func number(_ value: Double) -> String {
    let magnitude = abs(value)
    let isPlain = value == 0 || (magnitude >= 1e-3 && magnitude < 1e6)
    return String(format: isPlain ? "%.5f" : "%.4e", value)
  }

  static func oneLine(_ text: String) -> String {
    String(text.map { $0.isNewline || $0.asciiValue.map { $0 < 32 } == true ? " " : $0 })
  }
}
