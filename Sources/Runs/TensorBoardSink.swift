import Foundation
import Records

/// Writes losses, evaluations and the learning rate to a TensorBoard file in the run's folder.
///
/// The file is made anew from `events.jsonl` each time that the run is opened for writing, so that a resumed run's curves hold
/// nothing of what was dropped.
public final class TensorBoardSink: EventSink {
  private let file: TensorBoardFile

  /// Writes for `run`, whose lock the caller holds.
  public init(_ run: RunDirectory) throws {
    let earlier = try run.tensorBoardFiles()
    file = try TensorBoardFile(directory: run.url.path)
    for event in try EventLog(url: run.events).read() { try receive(event) }
    try file.flush()
    for url in earlier { try FileManager.default.removeItem(at: url) }
  }

  /// Writes the event's numbers, if it has any.
  public func receive(_ event: TimedEvent) throws {
    let (step, scalars) = Self.scalars(of: event.event)
    guard !scalars.isEmpty else { return }
    try file.append(scalars: scalars, step: step, wallTime: Date(timeIntervalSince1970: event.time))
  }

  /// Hands everything to the operating system.
  public func synchronize() throws { try file.flush() }

  private static func scalars(of event: TrainingEvent) -> (step: Int, scalars: [(tag: String, value: Float)]) {
    switch event {
    case .step(let step):
      var scalars = tagged(step.metrics, "train")
      if let rate = step.learningRate { scalars.append(("train/learningRate", Float(rate))) }
      scalars.append(("train/secondsPerStep", Float(step.seconds)))
      return (step.step, scalars)
    case .evaluation(let evaluation): return (evaluation.step, tagged(evaluation.metrics, "validation"))
    default: return (0, [])
    }
  }

  private static func tagged(_ metrics: [String: Double], _ group: String) -> [(tag: String, value: Float)] {
    metrics.sorted { $0.key < $1.key }.map { ("\(group)/\($0.key)", Float($0.value)) }
  }
}
