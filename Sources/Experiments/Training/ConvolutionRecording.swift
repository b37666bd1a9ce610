import NN
import Runs
import Synchronization

/// Keeps `convolutions.json` of a run: how its convolutions were computed, so that a session that goes on computes them alike.
///
/// Written after the first step and whenever something is new, as the first evaluation is.
final class ConvolutionRecording: EventSink {
  private let run: RunDirectory
  private let planner: ConvolutionPlanner
  private let mark: Int
  /// Choices of earlier sessions; those that this one did not need yet stay on record.
  private let earlier: [ConvolutionChoice]
  private let written: Mutex<ConvolutionRecord?>

  /// Starts to listen to the planner, and tells it what an earlier session of the run did.
  ///
  /// *Throws*: `RunError` if the run's file is damaged or of a later version.
  init(of run: RunDirectory, planner: ConvolutionPlanner = .shared) throws {
    (self.run, self.planner) = (run, planner)
    let earlier = try run.readConvolutions(ConvolutionRecord.self)
    if let earlier {
      guard earlier.isUnderstood else {
        throw RunError("\(run.convolutions.path) was written by another version of Formcast; use that version")
      }
    }
    // Another run's are not this one's.
    planner.forgetPresets()
    planner.preset(earlier?.choices ?? [])
    self.earlier = earlier?.choices ?? []
    mark = planner.mark
    written = Mutex(nil)
  }

  func receive(_ event: TimedEvent) throws {
    switch event.event {
    case .step, .evaluation: try write()
    default: break
    }
  }

  private func write() throws {
    var record = planner.record(since: mark)
    let calls = Set(record.choices.map(\.call))
    record.choices += earlier.filter { !calls.contains($0.call) }
    let current = record
    try written.withLock { written in
      guard current != written else { return }
      try run.write(convolutions: current)
      written = current
    }
  }
}
