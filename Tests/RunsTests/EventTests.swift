import Foundation
import Runs
import Testing

@Suite struct EventTests {
  let folder: TemporaryFolder
  let url: URL

  init() throws {
    folder = try TemporaryFolder()
    url = folder.file("events.jsonl")
  }

  static let all: [TrainingEvent] = [
    .runStarted(.init(recipe: "convlstm", stepCount: 10, parameterCount: 761_889)),
    .step(.init(step: 1, epoch: 1, batch: 1, metrics: ["bce": 0.1 + 0.2, "mse": .nan], seconds: 0.5)),
    .warning(.init(text: "slow\ndisk")),
    .evaluation(.init(step: 1, metrics: ["jaccard": .infinity], seconds: 1)),
    .checkpointSaved(.init(step: 1, name: "step-000000001")),
    .sample(.init(step: 1, path: "samples/a.stl")),
    .step(.init(step: 2, epoch: 1, batch: 2, metrics: ["bce": 1e-300], seconds: 0.5)),
    .warning(.init(text: "after the second step")),
    .evaluation(.init(step: 2, metrics: [:], seconds: 1)),
    .finished(.init(step: 2, reason: .interrupted, seconds: 3)),
  ]

  private func write(_ events: [TrainingEvent], durability: EventFileSink.Durability = .onRequest) throws {
    let sink = try EventFileSink(url, durability: durability)
    for (index, event) in events.enumerated() { try sink.receive(TimedEvent(event, time: 1000 + Double(index))) }
    try sink.synchronize()
  }

  private func append(_ bytes: [UInt8]) throws {
    try Data(contentsOf: url).appending(bytes).write(to: url)
  }

  @Test func `events come back as they were sent, one flat object a line`() throws {
    try write(Self.all, durability: .everyEvent)
    let read = try EventLog(url: url).read()
    // NaN is unequal to itself: compare what is written.
    #expect(try read.map { try JSONOutput.line($0.event) } == Self.all.map { try JSONOutput.line($0) })
    #expect(read.map(\.time) == (0..<10).map { 1000 + Double($0) })
    let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 10)
    #expect(
      lines[1]
        == #"{"batch":1,"epoch":1,"event":"step","metrics":{"bce":0.30000000000000004,"mse":"nan"},"seconds":0.5,"step":1,"time":1001}"#
    )
  }

  @Test(arguments: [
    "{\"event\":\"st", "{", "{\"event\":\"finished\",\"step\":3,\"reason\":\"completed\",\"seconds\":1,\"time\":1}",
    "\0\0\0", "\0\0\n", "garbage\n",
  ])
  func `a torn last line is ignored in reading and cut off in writing`(tail: String) throws {
    try write(Array(Self.all.prefix(2)))
    try append(Array(tail.utf8))
    #expect(try EventLog(url: url).read().count == 2)
    try write([Self.all[6]])
    #expect(try EventLog(url: url).read().map(\.event.step) == [0, 1, 2])
  }

  @Test func `a file torn anywhere gives a prefix of the events`() throws {
    try write(Self.all)
    let whole = try Data(contentsOf: url)
    let events = try EventLog(url: url).read().map { try JSONOutput.line($0) }
    for count in stride(from: 0, to: whole.count, by: 3) {
      try whole.prefix(count).write(to: url)
      let read = try EventLog(url: url).read().map { try JSONOutput.line($0) }
      let lineCount = whole.prefix(count).filter { $0 == 10 }.count
      #expect(read == Array(events.prefix(lineCount)))
    }
  }

  @Test func `damage in the middle is an error with its line`() throws {
    try write(Array(Self.all.prefix(1)))
    try append(Array("nonsense\n".utf8))
    try append(try Data(contentsOf: url).prefix(while: { $0 != 10 }) + [10])
    #expect(message { _ = try EventLog(url: url).read() }?.contains("line 2: not an event") == true)
  }

  @Test func `rewinding drops what came after the step, byte for byte`() throws {
    try write(Self.all)
    let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
    try append(Array("{\"torn".utf8))
    try EventLog(url: url).rewind(to: 1)
    #expect(try String(contentsOf: url, encoding: .utf8) == lines.prefix(6).joined(separator: "\n") + "\n")
    try EventLog(url: url).rewind(to: 0)
    #expect(try EventLog(url: url).read().count == 1)
    try EventLog(url: folder.file("none")).rewind(to: 0)
    #expect(try folder.names() == ["events.jsonl"])
  }

  @Test func `a rewound and continued run has the events of an uninterrupted one`() throws {
    let steps = (1...6).map {
      TrainingEvent.step(.init(step: $0, epoch: 1, batch: $0, metrics: ["bce": 1 / Double($0)], seconds: 0))
    }
    try write(Array(steps.prefix(5)) + [.finished(.init(step: 5, reason: .interrupted, seconds: 1))])
    try EventLog(url: url).rewind(to: 3)
    try write([.resumed(.init(step: 3))] + steps[3...])
    let events = try EventLog(url: url).read().map(\.event)
    #expect(events.filter { if case .step = $0 { true } else { false } } == steps)
  }

  @Test func `the bus hands each event to every sink in order, with one time`() throws {
    let first = EventCollector(), second = EventCollector()
    let bus = EventBus([first]).adding(second)
    for event in Self.all.dropFirst(2) where event.step != nil { try bus.send(event) }
    #expect(first.events == second.events && first.events.count == 6)
  }

  @Test func `a full disk is an error, not a shorter file`() throws {
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    let sink = try LogFileSink(URL(fileURLWithPath: "/dev/full"))
    #expect(message { try sink.receive(TimedEvent(Self.all[0])) }?.contains("no space left") == true)
  }

  @Test func `the log has a line per event that people can read`() throws {
    let sink = try LogFileSink(folder.file("log.txt"))
    for event in Self.all { try sink.receive(TimedEvent(event, time: 0)) }
    let lines = try String(contentsOf: folder.file("log.txt"), encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 10)
    #expect(lines[0] == "1970-01-01T00:00:00Z  start convlstm, 10 steps, 761889 parameters")
    #expect(lines[1] == "1970-01-01T00:00:00Z  epoch 1  batch 1  iteration 1  0.500 s  bce 0.30000  mse nan")
    #expect(lines[2].hasSuffix("warning: slow disk"))
    #expect(lines[9].hasSuffix("finished (interrupted) at iteration 2 after 3.0 s"))
  }
}

extension Data {
  fileprivate func appending(_ bytes: some Sequence<UInt8>) -> Data { self + Data(bytes) }
}
