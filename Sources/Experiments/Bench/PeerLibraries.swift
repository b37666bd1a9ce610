import Foundation
import Torch

/// The scripts of `scripts/peers`, each of which does one piece of work with another library and prints one JSON line.
///
/// They run in processes of their own, in the environment that `scripts/peers/setup` makes (`.peers` or `FORMCAST_PEERS`).
public struct PeerLibraries: Sendable {
  /// What a script told.
  struct Answer: Decodable {
    var peer: String
    var version: String?
    var seconds: Double?
    var forwardSeconds: Double?
    var windowsPerSecond: Double?
    var peakBytes: Double?
    var inside: Double?
    /// Other numbers, for the details of a line.
    var numbers: [String: Double]?
  }

  /// Which interpreter a script needs.
  enum Interpreter: String { case python, torch = "python-torch" }

  private let scripts: URL
  private let environment: URL

  /// The peers of a checkout; nil if the scripts are not there.
  ///
  /// Looks for the checkout above the program's own file and above the current folder.
  public static func find() -> PeerLibraries? {
    let program = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    for start in [program.path, FileManager.default.currentDirectoryPath] {
      var folder = URL(filePath: start).standardizedFileURL
      while folder.path.count > 1 {
        let scripts = folder.appending(path: "scripts/peers")
        if FileManager.default.fileExists(atPath: scripts.appending(path: "common.py").path) {
          let chosen = ProcessInfo.processInfo.environment["FORMCAST_PEERS"].map { URL(filePath: $0) }
          return PeerLibraries(scripts: scripts, environment: chosen ?? folder.appending(path: ".peers"))
        }
        folder.deleteLastPathComponent()
      }
    }
    return nil
  }

  /// Whether the environment is installed.
  public var isInstalled: Bool { path(of: .python) != nil }

  /// Runs a script; nil if its interpreter is not installed.
  ///
  /// *Throws*: `ExperimentError` with the script's last words if it fails.
  func run(
    _ script: String, _ arguments: [String], by interpreter: Interpreter = .python, preloading library: String? = nil
  ) throws -> Answer? {
    guard let program = path(of: interpreter) else { return nil }
    let (process, output) = (Process(), Pipe())
    process.executableURL = program
    process.arguments = [scripts.appending(path: script).path, "--threads", "\(Runtime.threadCount)"] + arguments
    var variables = ProcessInfo.processInfo.environment
    // Our engine's libraries and its threads' way of waiting are not the peer's.
    (variables["LD_LIBRARY_PATH"], variables["GOMP_SPINCOUNT"]) = (nil, nil)
    if let library { variables["LD_PRELOAD"] = library }
    (process.environment, process.standardOutput) = (variables, output)
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0, let line = text.split(whereSeparator: \.isNewline).last else {
      throw ExperimentError("\(script) failed with status \(process.terminationStatus); run it by hand to see why")
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Answer.self, from: Data(line.utf8))
  }

  /// tcmalloc where Debian puts it: without it the PyTorch peer would be measured below its best.
  static var fastAllocator: String? {
    ["/usr/lib/x86_64-linux-gnu/libtcmalloc.so.4", "/usr/lib/aarch64-linux-gnu/libtcmalloc.so.4"]
      .first { FileManager.default.fileExists(atPath: $0) }
  }

  private func path(of interpreter: Interpreter) -> URL? {
    let file = environment.appending(path: "bin/\(interpreter.rawValue)")
    return FileManager.default.isExecutableFile(atPath: file.path) ? file : nil
  }
}

extension Benchmark.Options {
  /// Reports our number, then those of peers that do the same, with a remark on how they were measured.
  func report(_ own: BenchmarkResult, peers list: [Peer], remark: String? = nil) throws {
    try report(own)
    for peer in list {
      var line = try line(of: peer, beside: own)
      if line.value != nil, let remark { line.note = remark }
      try report(line)
    }
  }

  /// A peer's part in a comparison.
  struct Peer {
    /// What it is called if it is absent.
    var name: String
    /// Its script, run with the right sizes.
    var run: (PeerLibraries) throws -> PeerLibraries.Answer?
    /// What of the answer is compared.
    var value: (PeerLibraries.Answer) -> Double?
    /// Whether less is better.
    var prefersLower = true
  }

  private func line(of peer: Peer, beside own: BenchmarkResult) throws -> BenchmarkResult {
    var line = own
    (line.value, line.ratio, line.peer, line.details, line.note) = (nil, nil, peer.name, [:], nil)
    guard let answer = try peers.flatMap(peer.run), let value = peer.value(answer) else {
      line.note = "absent: scripts/peers/setup installs it"
      return line
    }
    line.value = value
    line.peer = [peer.name, answer.version].compactMap { $0 }.joined(separator: " ")
    if let bytes = answer.peakBytes { line.details["peakBytes"] = bytes }
    if let inside = answer.inside { line.details["inside"] = inside }
    line.details.merge(answer.numbers ?? [:]) { own, _ in own }
    line.ratio = own.value.map { peer.prefersLower ? value / $0 : $0 / value }
    return line
  }
}

/// A folder for a benchmark's data, removed afterwards.
final class BenchmarkFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "formcast-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    do {
      try FileManager.default.removeItem(at: url)
    } catch {
      FileHandle.standardError.write(Data("left behind: \(url.path)\n".utf8))
    }
  }
}
