import Foundation
import Geometry

/// Pictures of a walk on their way into an animated PNG, a strip and, where ffmpeg is present, an MP4.
struct WalkFilm {
  /// Pictures in a row of the strip.
  static let stripLength = 8

  private var animation: AnimatedPNG
  private let framesPerSecond: Int
  private let frameCount: Int
  private var strip: [Image] = []
  /// Where the pictures of an MP4 are collected; nil without ffmpeg.
  private let encoder: FilmEncoder?

  init(frameCount: Int, framesPerSecond: Int, encoder: FilmEncoder?) {
    (self.frameCount, self.framesPerSecond, self.encoder) = (frameCount, framesPerSecond, encoder)
    animation = AnimatedPNG(framesPerSecond: framesPerSecond)
  }

  /// The frames that stand in the strip.
  static func stripFrames(of count: Int) -> [Int] {
    let shown = min(count, stripLength)
    return (0..<shown).map { shown == 1 ? 0 : $0 * (count - 1) / (shown - 1) }
  }

  /// Adds the next picture; returns its PNG bytes.
  mutating func append(_ image: Image, label: String) throws -> Data {
    let index = animation.frameCount
    try animation.append(image)
    let png = try image.pngData()
    try encoder?.append(png, number: index)
    if Self.stripFrames(of: frameCount).contains(index) {
      var labelled = image
      let style = TextStyle(size: 14, color: .ink)
      style.draw(style.fitted(label, width: image.width - 12), x: 6, y: 4, on: &labelled)
      strip.append(labelled)
    }
    return png
  }

  /// Writes `animation.png` and `strip.png`; returns the MP4's name or why there is none.
  func write(to folder: OutputFolder, caption: String) throws -> (movie: String?, remark: String?) {
    try folder.write(try animation.data(), as: "animation.png")
    var sheet = ContactSheet([strip].flatMap { $0 }, columnCount: Self.stripLength)
    sheet.caption = caption
    try folder.write(try sheet.image().pngData(), as: "strip.png")
    guard let encoder else {
      return (nil, "no ffmpeg on PATH, so there is no animation.mp4; animation.png plays in every browser")
    }
    return try encoder.write("animation.mp4", to: folder, framesPerSecond: framesPerSecond)
  }
}

/// The ffmpeg program, which makes an MP4 of pictures in a folder of its own.
final class FilmEncoder {
  private let program: URL
  private let folder: URL

  private static let timeLimit = DispatchTimeInterval.seconds(600)

  /// Nil if there is no ffmpeg in the folders of `searchPath`, or on PATH.
  init?(searchPath: String?) throws {
    let path = searchPath ?? ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin"
    let folders = path.split(separator: ":")
    let files = folders.map { URL(fileURLWithPath: String($0)).appendingPathComponent("ffmpeg") }
    guard let found = files.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else { return nil }
    program = found
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("formcast-film-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    // A temporary folder that cannot be removed is the system's to clean.
    do { try FileManager.default.removeItem(at: folder) } catch { return }
  }

  /// Keeps a picture for the film.
  func append(_ png: Data, number: Int) throws {
    try png.write(to: folder.appendingPathComponent(String(format: "%05d.png", number)))
  }

  /// Makes the film; a program that fails is told about and fails nothing else.
  func write(
    _ name: String, to target: OutputFolder, framesPerSecond: Int
  ) throws -> (movie: String?, remark: String?) {
    let process = Process()
    process.executableURL = program
    process.currentDirectoryURL = folder
    // Chroma is halved along both sides, which must be even.
    process.arguments = [
      "-nostdin", "-loglevel", "error", "-y", "-framerate", "\(framesPerSecond)", "-i", "%05d.png", "-vf",
      "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-c:v", "libx264", "-crf", "19", "-pix_fmt", "yuv420p", "-movflags",
      "+faststart",
      "film.mp4",
    ]
    let messages = folder.appendingPathComponent("messages.txt")
    try Data().write(to: messages)
    let output = try FileHandle(forWritingTo: messages)
    defer { output.closeFile() }
    (process.standardInput, process.standardOutput, process.standardError) = (FileHandle.nullDevice, output, output)
    let done = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in done.signal() }
    do { try process.run() } catch {
      return (nil, "\(program.path) cannot be started, so there is no \(name)")
    }
    guard done.wait(timeout: .now() + Self.timeLimit) == .success else {
      process.terminate()
      return (nil, "ffmpeg did not end within ten minutes, so there is no \(name)")
    }
    let film = folder.appendingPathComponent("film.mp4")
    guard process.terminationStatus == 0, FileManager.default.fileExists(atPath: film.path) else {
      let text = String(decoding: try Data(contentsOf: messages).suffix(400), as: UTF8.self)
      let line = text.split(separator: "\n").last.map(String.init) ?? "status \(process.terminationStatus)"
      return (nil, "ffmpeg made no \(name): \(line)")
    }
    try target.write(try Data(contentsOf: film), as: name)
    return (name, nil)
  }
}
