import Foundation

/// The gnuplot program, run once for each figure in a folder of its own, so that any number may run at the same time.
enum Gnuplot {
  struct Pictures {
    var svg: String
    var png: Data
  }

  private static let timeLimit = DispatchTimeInterval.seconds(120)

  static func draw(_ script: GnuplotScript) throws -> Pictures {
    let program = try locate()
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("formcast-plot-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { remove(folder) }
    let width = Int(script.size.width), height = Int(script.size.height)
    let font = "font '\(FigureStyle.fontName),\(FigureStyle.fontSize)' background '\(FigureStyle.background)'"
    let svg = "svg noenhanced size \(width),\(height) dynamic \(font)"
    let png = "pngcairo noenhanced size \(2 * width),\(2 * height) fontscale 1.5 linewidth 2 pointscale 2 \(font)"
    let text = ([Self.preamble] + script.data).joined(separator: "\n") + "\n"
    let source =
      text + script.text(terminal: svg, output: "figure.svg")
      + script.text(terminal: png, output: "figure.png", replacesRareCharacters: true)
    try Data(source.utf8).write(to: folder.appendingPathComponent("figure.gp"))
    try run(program, in: folder)
    do {
      return Pictures(
        svg: try String(contentsOf: folder.appendingPathComponent("figure.svg"), encoding: .utf8),
        png: try Data(contentsOf: folder.appendingPathComponent("figure.png")))
    } catch {
      throw PlotError("gnuplot made no picture; its terminals svg and pngcairo are needed (package gnuplot-nox)")
    }
  }

  /// Invalid numbers are gaps; numbers are written the same in every language.
  private static let preamble = "set encoding utf8\nset decimalsign '.'\nset datafile missing 'NaN'"

  /// The program's path.
  ///
  /// *Throws*: `PlotError` if there is none on PATH.
  static func locate(searchPath: String? = ProcessInfo.processInfo.environment["PATH"]) throws -> URL {
    let folders = (searchPath ?? "/usr/local/bin:/usr/bin").split(separator: ":")
    for folder in folders {
      let file = URL(fileURLWithPath: String(folder)).appendingPathComponent("gnuplot")
      if FileManager.default.isExecutableFile(atPath: file.path) { return file }
    }
    throw PlotError("figures need the program gnuplot, which is not on PATH: install it (apt-get install gnuplot-nox)")
  }

  private static func run(_ program: URL, in folder: URL) throws {
    let messages = folder.appendingPathComponent("messages.txt")
    try Data().write(to: messages)
    let output = try FileHandle(forWritingTo: messages)
    defer { output.closeFile() }
    let process = Process()
    process.executableURL = program
    process.arguments = ["-d", "figure.gp"]
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    environment["LC_ALL"] = "C.UTF-8"
    for name in environment.keys where name.hasPrefix("GNUPLOT") || name == "GNUTERM" { environment[name] = nil }
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    let done = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in done.signal() }
    do {
      try process.run()
    } catch {
      throw PlotError("cannot start \(program.path): \(error.localizedDescription)")
    }
    guard done.wait(timeout: .now() + timeLimit) == .success else {
      process.terminate()
      throw PlotError("gnuplot did not end within two minutes; the figure is left out")
    }
    guard process.terminationStatus == 0 else {
      let text = String(decoding: try Data(contentsOf: messages).suffix(2000), as: UTF8.self)
      let line = text.split(separator: "\n").last.map(String.init) ?? "status \(process.terminationStatus)"
      throw PlotError("gnuplot could not draw the figure: \(line.trimmingCharacters(in: .whitespaces))")
    }
  }

  private static func remove(_ folder: URL) {
    // A temporary folder that cannot be removed is the system's to clean.
    do { try FileManager.default.removeItem(at: folder) } catch { return }
  }
}
