import Synchronization

/// Shows a run in the terminal: a progress meter over its steps with the losses beside it, and a line for each other event.
public final class TerminalSink: EventSink {
  private let options: ProgressMeter.Options
  private let console = ConsoleLine()
  private let total: Int?
  private let meter = Mutex<ProgressMeter?>(nil)

  /// Shows a run of `stepCount` steps; nil where only time limits it.
  public init(stepCount: Int?, options: ProgressMeter.Options = .init(unit: "steps")) {
    (total, self.options) = (stepCount, options)
  }

  /// Shows `event`.
  public func receive(_ event: TimedEvent) {
    switch event.event {
    case .step(let step):
      // The meter begins with the first step, so that loading does not spoil the rate.
      current(before: step.step).update(
        to: step.step, note: "epoch \(step.epoch)  \(ConsoleLine.metrics(step.metrics))")
    case .finished(let end):
      current(before: end.step).finish(console.text(for: event.event))
    default: show(console.text(for: event.event))
    }
  }

  private func current(before step: Int) -> ProgressMeter {
    meter.withLock { meter in
      if let meter { return meter }
      var options = options
      options.initialCount = max(0, step - 1)
      let fresh = ProgressMeter("train", total: total, options: options)
      meter = fresh
      return fresh
    }
  }

  private func show(_ line: String) {
    let meter = meter.withLock { $0 }
    if let meter {
      meter.message(line)
    } else if options.mode != .quiet {
      options.output.write(line + "\n")
    }
  }
}
