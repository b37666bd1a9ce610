import Foundation
import Testing

@Suite(.serialized)
struct StudyCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    // Waiting threads that spin would take the processor from other tests.
    setenv("OMP_WAIT_POLICY", "PASSIVE", 1)
    folder = try TemporaryFolder()
    let series = folder.file("series")
    _ = try CommandRunner.succeed(
      ["data", "cavities", series, "--count", "12", "--grid", "32", "--pool", "4", "--seed", "3", "--quiet"])
    _ = try CommandRunner.succeed(
      ["data", "split", series, folder.file("data"), "--ratios", "0.6,0.2,0.2", "--quiet"])
  }

  private func arguments(steps: Int) -> [String] {
    let settings = [
      "model.filters=[4]", "model.kernelSizes=[3]", "model.outputKernelSize=3", "training.steps=\(steps)",
      "training.checkpointInterval=1", "training.validationInterval=0", "training.samples=0",
    ]
    return ["study", "--data", folder.file("data"), "--out", folder.file("study"), "--only", "convlstm-t20"]
      + settings.flatMap { ["--set", $0] }
  }

  @Test("Ctrl-C saves and says how to go on; the same command goes on and ends with one object")
  func interruption() throws {
    let arguments = arguments(steps: 120)
    let process = Process()
    process.executableURL = CommandRunner.binary
    process.arguments = arguments + ["--json"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try Self.runInterruptible(process)
    let checkpoints = folder.file("study/runs/convlstm-t20/checkpoints")
    let deadline = Date().addingTimeInterval(60)
    // A second step's checkpoint: training is under way.
    while process.isRunning, Date() < deadline, !contents(checkpoints).contains(where: { $0 >= "step-000000002" }) {
      usleep(5000)
    }
    process.interrupt()
    process.waitUntilExit()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    #expect(text.contains("the same command again goes on"), "\(text)")
    let stopped = try object(text)
    let step = try #require((stopped["progress"] as? [String: Int])?["convlstm-t20"])
    #expect(stopped["complete"] as? Bool == false && step >= 2 && step < 120)
    #expect(contents(folder.file("study")).contains("study.json"))

    let finished = try CommandRunner.succeed(arguments + ["--json", "--quiet"]).object()
    #expect(finished["complete"] as? Bool == true)
    let models = try #require(finished["models"] as? [[String: Any]])
    #expect(models.count == 1 && models[0]["name"] as? String == "convlstm-t20" && models[0]["steps"] as? Int == 120)
    let events = try String(contentsOfFile: folder.file("study/runs/convlstm-t20/environment.json"), encoding: .utf8)
    #expect(events.contains("\"step\" : \(step)"))
    let other = try CommandRunner.run(arguments + ["--seed", "9"])
    #expect(other.status == 1 && other.errorLines.count == 1 && other.errors.contains("--seed"), "\(other.errors)")
  }

  @Test("An estimate writes nothing; wrong usage leaves with 64")
  func estimate() throws {
    let before = try folder.contents
    let arguments = arguments(steps: 50).filter { $0 != "--out" && $0 != folder.file("study") }
    let outcome = try CommandRunner.succeed(arguments + ["--estimate", "--json"])
    #expect(outcome.output.contains("convlstm-t20"))
    let models = try #require(try outcome.object()["models"] as? [[String: Any]])
    #expect(models.count == 1 && (models[0]["secondsPerStep"] as? Double).map { $0 > 0 } == true)
    #expect(try folder.contents == before)
    for wrong in [
      ["--minutes", "0"], ["--limit", "-1"], ["--scale", "huge"], ["--estimate", "--force"], ["--part", "x"],
    ] {
      let outcome = try CommandRunner.run(self.arguments(steps: 1) + wrong)
      #expect(outcome.status == 64, "\(wrong): \(outcome.errors)")
    }
    #expect(try CommandRunner.run(["study", "--data", folder.file("data")]).status == 64)
    #expect(try folder.contents == before)
  }

  /// Starts a process that a signal reaches: the threads of tests block signals, and children would inherit that.
  private static func runInterruptible(_ process: Process) throws {
    var (signals, before) = (sigset_t(), sigset_t())
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &signals, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try process.run()
  }

  private func contents(_ path: String) -> [String] {
    do { return try FileManager.default.contentsOfDirectory(atPath: path) } catch { return [] }
  }

  private func object(_ text: String) throws -> [String: Any] {
    let line = try #require(text.split(separator: "\n").last)
    return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }
}
