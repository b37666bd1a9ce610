import Foundation
import Runs
import Testing

@Suite struct RunDirectoryTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func create(_ name: String = "run", existing: RunDirectory.Existing = .refuse) throws -> RunDirectory {
    let environment = RunEnvironment(
      recipe: "convlstm", seed: 3, version: "0.1.0", commit: "abc", engine: .init(libtorch: "2.9", threadCount: 2))
    return try RunDirectory.create(
      at: folder.file(name), configuration: Sample(), environment: environment, existing: existing)
  }

  @Test func `a created run has its files and can be opened`() throws {
    _ = try create("deep/er/run")
    let run = try RunDirectory.open(at: folder.file("deep/er/run"))
    #expect(try folder.names("deep/er/run") == ["checkpoints", "config.yaml", "environment.json", "plots", "samples"])
    #expect(try run.readConfiguration(Sample.self) == Sample())
    let environment = try run.readEnvironment()
    #expect(environment.seed == 3 && environment.engine.libtorch == "2.9" && environment.formatVersion == 1)
    #expect(!(try String(contentsOf: run.environment, encoding: .utf8)).contains(folder.url.path))
  }

  @Test func `a folder with something in it is refused, an empty one is not`() throws {
    try FileManager.default.createDirectory(at: folder.file("empty"), withIntermediateDirectories: true)
    _ = try create("empty")
    #expect(message { _ = try create("empty") }?.contains("is not empty") == true)
    try AtomicFile.write("x", to: folder.file("plain"))
    #expect(message { _ = try create("plain") }?.contains("is a file") == true)
  }

  @Test func `replacing a run leaves alone what the run did not make`() throws {
    let run = try create()
    try run.checkpoints.save(step: 5, epoch: 1) { try Data([1]).write(to: $0.appendingPathComponent("w")) }
    let bus = try EventBus.files(of: run)
    try AtomicFile.write("stl", to: run.samples.appendingPathComponent("ours.stl"))
    try AtomicFile.write("mine", to: run.samples.appendingPathComponent("mine.stl"))
    try AtomicFile.write("mine", to: run.url.appendingPathComponent("notes.txt"))
    try AtomicFile.write("mine", to: run.url.appendingPathComponent("checkpoints/best.pt"))
    try AtomicFile.write("outside", to: folder.file("outside"))
    for path in ["samples/ours.stl", "samples/../../outside", "/etc/passwd", "config.yaml"] {
      try bus.send(.sample(.init(step: 5, path: path)))
    }
    let again = try create(existing: .replaceRun)
    #expect(try again.checkpoints.all().isEmpty && EventLog(url: again.events).read().isEmpty)
    #expect(try folder.names("run/samples") == ["mine.stl"])
    #expect(try folder.names("run/checkpoints") == ["best.pt"])
    #expect(try folder.names("run").contains("notes.txt") && folder.names().contains("outside"))
  }

  @Test func `a file of another that has one of our names is never replaced`() throws {
    try FileManager.default.createDirectory(at: folder.file("run"), withIntermediateDirectories: true)
    try AtomicFile.write("mine: 1", to: folder.file("run/config.yaml"))
    #expect(message { _ = try create(existing: .replaceRun) }?.contains("config.yaml that is not of a run") == true)
    #expect(try String(contentsOf: folder.file("run/config.yaml"), encoding: .utf8) == "mine: 1")
  }

  @Test func `another folder is not opened, and the message says why`() throws {
    func problem(_ name: String) -> String { message { _ = try RunDirectory.open(at: folder.file(name)) } ?? "opened" }
    #expect(problem("none").contains("no such run"))
    try AtomicFile.write("x", to: folder.file("file"))
    #expect(problem("file").contains("is a file"))
    try FileManager.default.createDirectory(at: folder.file("other"), withIntermediateDirectories: true)
    #expect(problem("other").contains("no environment.json"))
    for text in ["", "{", "[]", "{\"format\": 3}", "{\"format\": \"else\"}", "{\"format\": \"formcast-run\"}"] {
      try AtomicFile.write(text, to: folder.file("other/environment.json"))
      #expect(problem("other").contains("is not a run"), "\(text)")
    }
    let run = try create()
    var environment = try run.readEnvironment()
    environment.formatVersion = 99
    try run.write(environment)
    #expect(problem("run").contains("later version"))
  }

  @Test func `two writers cannot hold a run at once`() throws {
    let run = try create()
    var first: RunLock? = try run.lock()
    #expect(message { _ = try run.lock() }?.contains("another process") == true)
    #expect(message { _ = try create(existing: .replaceRun) }?.contains("another process") == true)
    withExtendedLifetime(first) {}
    first = nil
    #expect(message { _ = try run.lock() } == nil)
  }

  @Test func `locking tidies what a killed writer left, and nothing else`() throws {
    let run = try create()
    let left = ".config.yaml.formcast-tmp-0123456789abcdef"
    let kept = [".config.yaml.formcast-tmp-", ".x.formcast-tmp-0123456789abcdeg", "y.formcast-tmp-0123456789abcdef"]
    for name in [left] + kept { try Data([1]).write(to: run.url.appendingPathComponent(name)) }
    let torn = run.checkpoints.directory.appendingPathComponent(".step-000000009.formcast-tmp-00000000000000ff")
    try FileManager.default.createDirectory(at: torn, withIntermediateDirectories: true)
    try Data([1]).write(to: torn.appendingPathComponent("weights"))
    let lock = try run.lock()
    try withExtendedLifetime(lock) {
      let names = try folder.names("run")
      #expect(!names.contains(left) && kept.allSatisfy(names.contains))
      #expect(try folder.names("run/checkpoints").isEmpty)
    }
  }

  @Test func `an atomic write that fails leaves the old content and no litter`() throws {
    let file = folder.file("value")
    try AtomicFile.write("old", to: file)
    #expect(message { try AtomicFile.write("x", to: folder.file("no/where")) }?.contains("no such file") == true)
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try AtomicFile.makeDirectory(at: folder.file("made")) { directory in
        try Data([1]).write(to: directory.appendingPathComponent("part"))
        throw Stop()
      }
    }
    #expect(message { try AtomicFile.makeDirectory(at: file) { _ in } }?.contains("exists already") == true)
    #expect(try folder.names() == ["value"])
    try AtomicFile.write("new", to: file)
    #expect(try String(contentsOf: file, encoding: .utf8) == "new")
  }
}

@Suite struct RunFilesTests {
  @Test func `a resumed run's files hold nothing of what was dropped`() throws {
    let folder = try TemporaryFolder()
    let environment = RunEnvironment(recipe: "convlstm", seed: 1, version: "0.1.0")
    let run = try RunDirectory.create(at: folder.file("run"), configuration: Sample(), environment: environment)
    func train(_ steps: ClosedRange<Int>) throws {
      let lock = try run.lock()
      let bus = try EventBus.files(of: run)
      for step in steps {
        try bus.send(.step(.init(step: step, epoch: 1, batch: step, metrics: ["bce": 1 / Double(step)], seconds: 0)))
        if step % 2 == 0 {
          try bus.synchronize()
          try run.checkpoints.save(step: step, epoch: 1) { try Data([1]).write(to: $0.appendingPathComponent("w")) }
          try bus.send(.checkpointSaved(.init(step: step, name: "step")))
        }
      }
      try bus.synchronize()
      withExtendedLifetime(lock) {}
    }
    try train(1...5)
    let before = try #require(try run.tensorBoardFiles().first)
    let longer = try Data(contentsOf: before).count
    let latest = try #require(try run.checkpoints.latest())
    #expect(latest.step == 4)
    try run.rewind(to: 2)
    #expect(try run.checkpoints.all().map(\.step) == [2])
    #expect(try EventLog(url: run.events).read().compactMap(\.event.step) == [1, 2, 2])
    try train(3...5)
    let files = try run.tensorBoardFiles()
    #expect(files.count == 1)
    #expect(try Data(contentsOf: files[0]).count == longer)
    #expect(try EventLog(url: run.events).read().compactMap(\.event.step) == [1, 2, 2, 3, 4, 4, 5])
  }
}
