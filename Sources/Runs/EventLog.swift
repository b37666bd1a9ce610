import Foundation

/// An event and when it happened.
public struct TimedEvent: Codable, Sendable, Equatable {
  /// Seconds since 1970, UTC.
  public var time: Double
  /// What happened.
  public var event: TrainingEvent

  private enum CodingKeys: String, CodingKey { case time }

  /// `event` at `time`, by default now.
  public init(_ event: TrainingEvent, time: Double = Date().timeIntervalSince1970) {
    (self.event, self.time) = (event, time)
  }

  /// Reads the flat object that ``encode(to:)`` writes.
  public init(from decoder: any Decoder) throws {
    time = try decoder.container(keyedBy: CodingKeys.self).decode(Double.self, forKey: .time)
    event = try TrainingEvent(from: decoder)
  }

  /// Writes the event's object with the time in it.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(time, forKey: .time)
    try event.encode(to: encoder)
  }
}

/// How numbers that JSON lacks are spelled in our files.
enum EventCoding {
  static let floatNamesForEncoding = JSONEncoder.NonConformingFloatEncodingStrategy.convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  static let floatNamesForDecoding = JSONDecoder.NonConformingFloatDecodingStrategy.convertFromString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")

  static func line(_ event: TimedEvent) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = floatNamesForEncoding
    var data = try encoder.encode(event)
    data.append(UInt8(ascii: "\n"))
    return data
  }
}

/// The file `events.jsonl`: one event a line, only ever appended to, except when a run is rewound.
///
/// A last line that a killed writer left half-written is no error: it is ignored in reading and cut off in writing.
public struct EventLog: Sendable, Equatable {
  /// The file.
  public let url: URL

  /// The log at `url`, which need not exist yet.
  public init(url: URL) { self.url = url }

  /// All complete events, in order; none if there is no file.
  ///
  /// *Throws*: `RunError` with the line number if a line other than the last is damaged.
  public func read() throws -> [TimedEvent] { try parse().map(\.event) }

  /// All events that can be read, skipping what cannot.
  func readLenient() throws -> [TimedEvent] {
    try lines().compactMap { line in try? Self.decoder.decode(TimedEvent.self, from: line) }
  }

  /// Drops the events after `step` and a torn last line, in one atomic replacement.
  ///
  /// An event without a step belongs to the last step before it.
  public func rewind(to step: Int) throws {
    guard FileManager.default.fileExists(atPath: url.path) else { return }
    var kept = Data()
    var current = 0
    for (line, record) in try parse() {
      current = record.event.step ?? current
      guard current <= step else { continue }
      // Ending and resuming are history, not training: an uninterrupted run has neither.
      switch record.event {
      case .resumed, .finished: continue
      default: kept.append(line + [UInt8(ascii: "\n")])
      }
    }
    try AtomicFile.write(kept, to: url)
  }

  /// Cuts off a last line that is not whole.
  func removeTornLine() throws {
    guard FileManager.default.fileExists(atPath: url.path) else { return }
    let newline = UInt8(ascii: "\n")
    let data = try RunDirectory.contents(of: url, limit: Self.limit)
    var end = data.lastIndex(of: newline).map { $0 + 1 } ?? data.startIndex
    if end > data.startIndex {
      let start = data[..<(end - 1)].lastIndex(of: newline).map { $0 + 1 } ?? data.startIndex
      do { _ = try Self.decoder.decode(TimedEvent.self, from: data[start..<(end - 1)]) } catch { end = start }
    }
    if end < data.endIndex { try AtomicFile.write(data[..<end], to: url) }
  }

  private static let limit = 1 << 31

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = EventCoding.floatNamesForDecoding
    return decoder
  }

  private func lines() throws -> [Data] {
    guard FileManager.default.fileExists(atPath: url.path) else { return [] }
    let data = try RunDirectory.contents(of: url, limit: Self.limit)
    // Without a newline at its end the last line is torn, even if it happens to parse.
    guard let end = data.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
    return data[data.startIndex..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  }

  private func parse() throws -> [(line: Data, event: TimedEvent)] {
    let lines = try lines()
    let decoder = Self.decoder
    var events: [(Data, TimedEvent)] = []
    events.reserveCapacity(lines.count)
    for (index, line) in lines.enumerated() where !line.isEmpty {
      do {
        events.append((line, try decoder.decode(TimedEvent.self, from: line)))
      } catch {
        // A crash of the whole machine can leave a last line of zeros; anywhere else it is damage.
        guard index == lines.count - 1 else {
          throw RunError("\(url.path), line \(index + 1): not an event; the file is damaged")
        }
      }
    }
    return events
  }
}
