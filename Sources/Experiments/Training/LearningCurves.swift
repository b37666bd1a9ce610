import Runs

/// Keeps the loss histories and the learning curves in a run's `plots/` up to date: drawn at each evaluation and at the end.
struct LearningCurves: EventSink {
  private let run: RunDirectory

  init(of run: RunDirectory) { self.run = run }

  /// A picture that cannot be drawn does not end a training run; the last one, at the end, says why.
  func receive(_ event: TimedEvent) {
    if case .evaluation = event.event { try? write() }
  }

  /// The loss histories as text and the learning curves as a figure, from all the run's events.
  func write() throws {
    let events = try EventLog(url: run.events).read()
    try LossHistory(.steps, of: events).write(to: run.plots.appending(path: "training_losses.txt"))
    try LossHistory(.evaluations, of: events).write(to: run.plots.appending(path: "validation_losses.txt"))
    _ = try ForecastFigures.learning(events.map(\.event))?.write(to: run.plots.appending(path: "learning"))
  }
}
