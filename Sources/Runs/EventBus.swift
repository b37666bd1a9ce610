import Synchronization

/// A consumer of a run's events.
public protocol EventSink: Sendable {
  /// Takes one event; called in order.
  func receive(_ event: TimedEvent) throws
  /// Brings everything received to where it survives a crash; called before a checkpoint is published and at the end.
  func synchronize() throws
}

extension EventSink {
  /// Nothing to bring to safety.
  public func synchronize() throws {}
}

/// Hands each event of a run to all its sinks, in order.
public struct EventBus: Sendable {
  private let sinks: [any EventSink]

  /// A bus to these sinks.
  public init(_ sinks: [any EventSink] = []) { self.sinks = sinks }

  /// The files of a run: `events.jsonl`, `log.txt` and the TensorBoard file; the caller holds the run's lock.
  public static func files(of run: RunDirectory) throws -> EventBus {
    EventBus([
      try EventFileSink(run.events), try LogFileSink(run.log), try TensorBoardSink(run),
    ])
  }

  /// The same bus with one more sink.
  public func adding(_ sink: any EventSink) -> EventBus { EventBus(sinks + [sink]) }

  /// Hands `event` to every sink, with one and the same time.
  ///
  /// *Throws*: the first sink's error, such as a full disk.
  public func send(_ event: TrainingEvent) throws {
    let timed = TimedEvent(event)
    for sink in sinks { try sink.receive(timed) }
  }

  /// Brings everything sent to where it survives a crash.
  public func synchronize() throws {
    for sink in sinks { try sink.synchronize() }
  }
}

/// Keeps the events in memory; for tests and for callers that want them at the end.
public final class EventCollector: EventSink {
  private let storage = Mutex<[TimedEvent]>([])

  /// An empty collector.
  public init() {}

  /// What was received so far.
  public var events: [TimedEvent] { storage.withLock { $0 } }

  /// Keeps `event`.
  public func receive(_ event: TimedEvent) { storage.withLock { $0.append(event) } }
}
