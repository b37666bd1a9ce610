import Foundation
import Runs
import Synchronization
import Testing

@Suite struct ProgressTests {
  /// Collects what is written, under a clock that the test moves.
  final class Screen: Sendable {
    let text = Mutex("")
    let now = Mutex(0.0)
    var all: String { text.withLock { $0 } }
    var lines: [String] { all.split(separator: "\n").map(String.init) }

    func options(isTerminal: Bool, mode: ProgressMode = .automatic, columns: Int = 80) -> ProgressMeter.Options {
      let output = TextOutput(isTerminal: isTerminal, columnCount: { columns }) { [self] part in
        text.withLock { $0 += part }
      }
      var options = ProgressMeter.Options(mode: mode, unit: "steps", output: output)
      options.clock = { [self] in now.withLock { $0 } }
      return options
    }

    func tick(_ seconds: Double) { now.withLock { $0 += seconds } }

    /// What a terminal shows in the end, line by line.
    var shown: [String] {
      all.split(separator: "\n", omittingEmptySubsequences: false).map { line in
        var cells: [Character] = []
        var position = 0
        for character in line {
          if character == "\r" { position = 0; continue }
          if position < cells.count { cells[position] = character } else { cells.append(character) }
          position += 1
        }
        return String(cells).trimmingCharacters(in: .whitespaces)
      }
    }
  }

  @Test func `outside a terminal there are plain lines every few seconds`() {
    let screen = Screen()
    let meter = ProgressMeter("train", total: 100, options: screen.options(isTerminal: false))
    for _ in 0..<100 {
      screen.tick(0.25)
      meter.advance(note: "bce 0.1\nx")
    }
    meter.finish()
    meter.finish()
    #expect(screen.lines.count == 6)
    #expect(screen.lines[0] == "train: 20%, 20/100, 4.00 steps/s, 20 s left, bce 0.1 x")
    #expect(screen.lines[5] == "train: 100 steps in 25 s")
    #expect(!screen.all.contains("\r"))
  }

  @Test func `a terminal shows one bar that fits the line`() {
    let screen = Screen()
    let meter = ProgressMeter("sample", total: 1000, options: screen.options(isTerminal: true, columns: 60))
    for _ in 0..<500 {
      screen.tick(0.01)
      meter.advance()
    }
    #expect(screen.shown.count == 1 && screen.shown[0].count < 60)
    #expect(
      screen.shown[0].hasPrefix("sample  ███") && screen.shown[0].contains("50%") && screen.shown[0].contains("left"))
    meter.message("between")
    meter.finish("done")
    #expect(screen.shown == ["between", "sample: done", ""])
  }

  @Test func `quiet says nothing, short work only its end`() {
    let screen = Screen()
    let quiet = ProgressMeter("a", total: 2, options: screen.options(isTerminal: true, mode: .quiet))
    quiet.advance()
    quiet.message("no")
    quiet.finish()
    #expect(screen.all.isEmpty)
    let short = ProgressMeter("b", total: nil, options: screen.options(isTerminal: false))
    short.advance(by: 3)
    short.finish()
    #expect(screen.all == "b: 3 steps in 0.00 s\n")
  }

  @Test func `what was done before does not count for the rate`() {
    let screen = Screen()
    var options = screen.options(isTerminal: false)
    options.initialCount = 900
    let meter = ProgressMeter("train", total: 1000, options: options)
    screen.tick(10)
    meter.update(to: 910)
    #expect(screen.lines == ["train: 91%, 910/1000, 1.00 steps/s, 1 min 30 s left"])
  }

  @Test(arguments: [0, 1, 7]) func `odd totals do no harm`(total: Int) {
    let screen = Screen()
    let meter = ProgressMeter("x", total: total, options: screen.options(isTerminal: true, columns: 3))
    for _ in 0..<20 {
      screen.tick(1)
      meter.advance()
    }
    meter.finish()
    #expect(screen.all.contains("x: 20 steps"))
  }

  @Test func `many threads lose no count and tear no line`() {
    let screen = Screen()
    var options = screen.options(isTerminal: false)
    options.plainInterval = 0
    let meter = ProgressMeter("many", total: 4000, options: options)
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      for _ in 0..<1000 { meter.advance() }
    }
    meter.finish()
    #expect(screen.lines.last == "many: 4000 steps in 0.00 s")
    #expect(screen.lines.dropLast().allSatisfy { $0.hasPrefix("many: ") && $0.hasSuffix("/4000") })
  }

  @Test func `the terminal sink shows steps as progress and the rest as lines`() throws {
    let screen = Screen()
    let sink = TerminalSink(stepCount: 4, options: screen.options(isTerminal: false))
    sink.receive(TimedEvent(.runStarted(.init(recipe: "convlstm"))))
    sink.receive(TimedEvent(.step(.init(step: 1, epoch: 1, batch: 1, metrics: ["bce": 0.5], seconds: 1))))
    screen.tick(6)
    sink.receive(TimedEvent(.step(.init(step: 2, epoch: 1, batch: 2, metrics: ["bce": 0.25], seconds: 6))))
    sink.receive(TimedEvent(.evaluation(.init(step: 2, metrics: ["jaccard": 0.2], seconds: 1))))
    sink.receive(TimedEvent(.finished(.init(step: 2, reason: .timeLimit, seconds: 7))))
    #expect(
      screen.lines == [
        "start convlstm", "train: 50%, 2/4, 0.33 steps/s, 6.0 s left, epoch 1  bce 0.25000",
        "evaluation at iteration 2  jaccard 0.20000", "train: finished (timeLimit) at iteration 2 after 7.0 s",
      ])
  }

  @Test func `json output is one line with sorted keys and no invalid numbers`() throws {
    struct Result: Encodable {
      var zeta = 1, alpha = Double.nan, path = "a/b\nc"
    }
    #expect(try JSONOutput.line(Result()) == #"{"alpha":"nan","path":"a/b\nc","zeta":1}"#)
  }
}
