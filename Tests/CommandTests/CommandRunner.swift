import Foundation
import Testing

/// Runs the built command as its users do.
struct CommandRunner {
  /// What a run left behind.
  struct Outcome {
    var status: Int32
    var output: String
    var errors: String

    /// Lines of standard error.
    var errorLines: [Substring] { errors.split(separator: "\n") }

    /// The object that `--json` puts on the last line of standard output.
    func object() throws -> [String: Any] {
      let line = try #require(output.split(separator: "\n").last, "nothing on standard output; errors: \(errors)")
      return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// `FORMCAST_BINARY`, or what the build left.
  static let binary: URL = {
    if let path = ProcessInfo.processInfo.environment["FORMCAST_BINARY"] { return URL(fileURLWithPath: path) }
    return root.appendingPathComponent(".build/release/formcast")
  }()

  /// Runs a command line in a folder; a run of more than `timeout` seconds is ended and reported.
  static func run(_ arguments: [String], in folder: String? = nil, timeout: Double = 120) throws -> Outcome {
    let place = try TemporaryFolder()
    let process = Process()
    process.executableURL = binary
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    let (output, errors) = (place.file("output"), place.file("errors"))
    for path in [output, errors] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
    process.standardInput = FileHandle.nullDevice
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    try process.run()
    if ended.wait(timeout: .now() + timeout) == .timedOut {
      kill(process.processIdentifier, SIGKILL)
      ended.wait()
      Issue.record("formcast \(arguments.joined(separator: " ")) took more than \(timeout) s")
    }
    #expect(process.terminationReason == .exit, "formcast \(arguments.joined(separator: " ")) was ended by a signal")
    return Outcome(
      status: process.terminationStatus, output: try String(contentsOfFile: output, encoding: .utf8),
      errors: try String(contentsOfFile: errors, encoding: .utf8))
  }

  /// Runs a command line that must succeed.
  static func succeed(_ arguments: [String]) throws -> Outcome {
    let outcome = try run(arguments)
    try #require(outcome.status == 0, "formcast \(arguments.joined(separator: " ")): \(outcome.errors)")
    return outcome
  }
}

/// A folder that vanishes with the test.
final class TemporaryFolder {
  let path = NSTemporaryDirectory() + "formcast-command-\(UUID().uuidString)"

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
  deinit {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      Issue.record("\(path) stays behind: \(error)")
    }
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  func write(_ bytes: some Sequence<UInt8>, _ name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  /// Everything below, hidden files too.
  var contents: [String] {
    get throws { try FileManager.default.subpathsOfDirectory(atPath: path).sorted() }
  }
}

/// Small files that the other tests use too.
enum Fixtures {
  static func file(_ name: String) -> String {
    CommandRunner.root.appendingPathComponent("Tests/Fixtures/\(name)").path
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(fileURLWithPath: file(name))))
  }
}
